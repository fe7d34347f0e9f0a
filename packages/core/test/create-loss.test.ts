import * as tf from "@tensorflow/tfjs-core";
import {
  defineComponent,
  definePlugin,
  type JsonObject,
  ndarray,
  openWorkbench,
  type Part,
  readConfig,
  type Target,
  trainRun,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { countClasses } from "../src/run/create-loss.ts";
import { classesConfig, labelsPlugin } from "./support/toy-labels.ts";
import { memoryStore, noFiles, silent, toyPlugin } from "./support/toy-plugin.ts";

const partOf = (...targets: Target[]): Part => ({
  size: targets.length,
  read: (i) => Promise.resolve({ target: targets[i]! } as Awaited<ReturnType<Part["read"]>>),
});

describe("the classes of a training part", () => {
  it("are counted by sample, or by labelled pixel", async () => {
    const classes = partOf(...[2, 0, 2].map((value) => ({ kind: "class" as const, value })));
    expect(await countClasses(classes, { kind: "class", classes: 4 })).toEqual([1, 0, 2, 0]);
    const mask = { ...ndarray(Int32Array.of(0, 1, 1, 255, -1, 2), [2, 3]), ignored: 2 };
    expect(await countClasses(partOf({ kind: "mask", value: mask }), { kind: "mask", classes: 3 })).toEqual([1, 2, 0]);
    expect(await countClasses(partOf({ kind: "none" }), { kind: "numbers", count: 1 })).toEqual([]);
  });

  it("are told to the loss before training, the training part alone", async () => {
    const told: (readonly number[])[] = [];
    const telling = defineComponent({
      kind: "loss",
      name: "telling",
      summary: "Remembers what it was told.",
      schema: z.strictObject({}),
      create: () => ({
        forTraining: ({ classCounts }) => {
          told.push(classCounts);
          return { compute: (output) => tf.mean(tf.square(output)) };
        },
        compute: () => {
          throw new Error("not the loss that was fitted");
        },
      }),
    });
    const plugin = definePlugin({ name: "telling", version: "1.0.0", core: ">=0.1.0 <1", components: [telling] });
    const bench = await openWorkbench({
      plugins: [toyPlugin, labelsPlugin, plugin],
      files: noFiles,
      logger: silent,
      seed: 1,
    });
    const given = readConfig({ ...classesConfig, loss: "telling" } as unknown as JsonObject);
    const { data, model } = await trainRun(bench, { given, store: memoryStore(), runId: "r", resume: false });
    const labels = data.split.train.map((i) => data.dataset.samples[i]!.class);
    expect(told).toEqual([[0, 1, 2].map((c) => labels.filter((l) => l === c).length)]);
    model.dispose();
    await bench.services.dispose();
  });
});

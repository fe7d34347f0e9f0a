import type { Callback } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { jsonl, jsonlSchema } from "../src/index.ts";
import { epochEnd, memoryStore, play, runEnd, runStart, silent, start, stepEnd, type MemoryStore } from "./support.ts";

const make = (store: MemoryStore, options: object = {}): Callback =>
  jsonl.create(jsonlSchema.parse(options), { artifacts: store, logger: silent }) as Callback;
const lines = (store: MemoryStore): Record<string, unknown>[] =>
  store
    .text("metrics.jsonl")
    .split("\n")
    .filter(Boolean)
    .map((l) => JSON.parse(l) as Record<string, unknown>);

describe("jsonl", () => {
  it("writes thinned steps, every epoch and the end, a JSON object a line", async () => {
    const store = memoryStore();
    const log = make(store, { every: 4 });
    await start(log, runStart());
    await play(log, 0, 20);
    await log.runEnd!(runEnd());
    const all = lines(store);
    expect(all.filter((l) => l["event"] === "step").map((l) => l["step"])).toEqual([0, 4, 8, 12, 16]);
    expect(all.filter((l) => l["event"] === "epoch").map((l) => l["epoch"])).toEqual([0, 1, 2, 3]);
    expect(all[1]).toEqual({ event: "step", ...stepEnd(4) });
    const { examples: _, ...epoch } = epochEnd(0);
    expect(all[2]).toEqual({ event: "epoch", ...epoch });
    expect(all.at(-1)).toEqual({ event: "end", ...runEnd() });
    expect(store.text("metrics.jsonl").endsWith("\n")).toBe(true);
  });

  it("writes no steps with every: 0", async () => {
    const store = memoryStore();
    const log = make(store, { every: 0 });
    await start(log, runStart());
    await play(log, 0, 5);
    expect(lines(store).map((l) => l["event"])).toEqual(["epoch"]);
  });

  it("keeps what JSON has no number for", async () => {
    const store = memoryStore();
    const log = make(store, { every: 1 });
    await start(log, runStart());
    await log.stepEnd!({ ...stepEnd(0), loss: NaN, gradientNorm: -Infinity }, { stop: () => undefined });
    await log.runEnd!(runEnd("failed"));
    expect(lines(store)[0]).toMatchObject({ loss: "NaN", gradientNorm: "-Infinity" });
  });

  it.each([
    ["from the end of an epoch", 10],
    ["from the middle of an epoch", 13],
    ["from the start", 0],
  ])("resumed %s, has the lines of an uninterrupted run", async (_, at) => {
    const whole = memoryStore();
    const log = make(whole, { every: 1 });
    await start(log, runStart());
    await play(log, 0, 20);
    await log.runEnd!(runEnd());

    const store = memoryStore();
    const first = make(store, { every: 1 });
    await start(first, runStart());
    await play(first, 0, 17);
    await first.runEnd!(runEnd("interrupted"));
    await store.append("metrics.jsonl", '{"event":"step","epo'); // what a crash leaves
    const second = make(store, { every: 1 });
    await start(second, runStart({ firstEpoch: Math.floor(at / 5), firstStep: at }));
    await play(second, at, 20);
    await second.runEnd!(runEnd());
    expect(store.text("metrics.jsonl")).toBe(whole.text("metrics.jsonl"));
  });

  it("leaves foreign lines before the cut alone", async () => {
    const store = memoryStore();
    await store.write(
      "metrics.jsonl",
      'not json\nnull\n{"event":"note","step":99}\n{"event":"step","step":7}\n{"event":"step","step":8}\n',
    );
    await start(make(store), runStart({ firstEpoch: 1, firstStep: 8 }));
    expect(store.text("metrics.jsonl")).toBe('not json\nnull\n{"event":"note","step":99}\n{"event":"step","step":7}\n');
  });

  it("refuses a file name that leaves the run's folder", () => {
    expect(jsonlSchema.safeParse({ file: "../x.jsonl" }).success).toBe(false);
    expect(jsonlSchema.safeParse({ evry: 3 }).success).toBe(false);
  });
});

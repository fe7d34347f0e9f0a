import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type Model, type ModelSpec, rng, sizeOf } from "@spectrai/core";
import { type ParameterScope, summary } from "@spectrai/nn";
import { describe, expect, test } from "vitest";
import { resnet, type ResNetDepth, resnetNetwork, resnetSchema } from "../src/index.ts";
import { whyTooSmall } from "../src/resnet-network.ts";

/** Values of all trainable parameters of a network for images of 3 channels and 1000 classes, without making any. */
function countParameters(depth: ResNetDepth): number {
  const variable = tf.variable(tf.scalar(0));
  let count = 0;
  const scope: ParameterScope = {
    path: "",
    parameters: [],
    at: () => scope,
    parameter: (_, shape) => ((count += sizeOf(shape)), variable),
    buffer: () => variable,
    dispose: () => {},
  };
  const options = { ...resnetSchema.parse({}), dimension: 2, depth, width: 64, channels: 3, outputs: 1000 } as const;
  resnetNetwork(scope, options);
  variable.dispose();
  return count;
}

const spectra = (points: number, output: ModelSpec["output"] = { kind: "class", classes: 2 }): ModelSpec => ({
  task: "classification",
  data: "spectrum",
  input: [points],
  output,
});
const volumes: ModelSpec = { ...spectra(0), data: "cube", input: [4, 4, 8] };
const build = async (options: Record<string, unknown>, spec: ModelSpec): Promise<Model> =>
  (await resnet.create(resnetSchema.parse(options), {})).build(spec, rng("test"));
const widthOf = async (options: Record<string, unknown>, spec: ModelSpec): Promise<number> => {
  const model = await build(options, spec);
  const width = model.parameters.find((p) => p.name === "conv1.body.0.weight")!.variable.shape.at(-1)!;
  model.dispose();
  return width;
};

// As published by torchvision.
test.each<[ResNetDepth, number]>([
  [18, 11_689_512],
  [34, 21_797_672],
  [50, 25_557_032],
  [101, 44_549_160],
  [152, 60_192_808],
])("ResNet-%i has %i parameters", (depth, published) => expect(countParameters(depth)).toBe(published));

test("the presets' widths are the paper's 64, and 16 or 8; the option width wins", async () => {
  expect(await widthOf({}, spectra(40))).toBe(64);
  expect(await widthOf({ preset: "small" }, spectra(40))).toBe(16);
  expect(await widthOf({ preset: "small", dimension: 3 }, volumes)).toBe(8);
  expect(await widthOf({ preset: "small", width: 5 }, spectra(40))).toBe(5);
});

test("a PReLU has one slope for the whole network", async () => {
  const model = await build({ width: 2, activation: "prelu" }, spectra(40));
  expect(summary(model).parameters.filter((p) => p.shape.join() === "1" && p.trainable)).toEqual([
    { name: "act.weight", shape: [1], count: 1, trainable: true },
  ]);
  model.dispose();
});

describe("under instance norm", () => {
  /** Points left at the end, step by step. */
  const left = (points: number, stemStride: number, stemPool: boolean): number => {
    let n = Math.floor((points - 1) / stemStride) + 1;
    if (stemPool) n = Math.floor((n - 1) / 2) + 1;
    for (let stage = 2; stage <= 4; stage++) n = Math.floor((n - 1) / 2) + 1;
    return n;
  };

  test("samples of which one point is left are too small", () => {
    for (const stemStride of [1, 2])
      for (const stemPool of [false, true])
        for (let n = 1; n < 80; n++) {
          const options = { stemStride, stemPool };
          const what = `${n} points, stride ${stemStride}, pool ${stemPool}`;
          const enough = left(n, stemStride, stemPool) >= 2;
          expect(whyTooSmall([n], { ...options, norm: "instance" }) === undefined, what).toBe(enough);
          expect(whyTooSmall([n, 200], { ...options, norm: "instance" }), what).toBeUndefined();
          expect(whyTooSmall([n], { ...options, norm: "batch" }), what).toBeUndefined();
        }
  });

  test("they are refused when the model is made, or when they come where sizes vary", async () => {
    const sentence = (sizes: string): string =>
      `model: resnet shortens its input 32 times and leaves one point of [${sizes}], which norm instance makes 0; use larger samples, another norm, stemStride 1 or stemPool false.`;
    const options = { width: 2, norm: "instance" };
    await expect(build(options, spectra(32))).rejects.toMatchObject({
      code: "SPECTRAI_TASK_UNSUITABLE",
      message: sentence("32"),
    });
    const model = await build(options, { ...volumes, input: [0, 0, 3] });
    const context = { training: false, seed: 0, update: () => {} };
    const run = (h: number, w: number): tf.Tensor => tf.tidy(() => model.apply(tf.ones([1, h, w, 3]), context));
    expect(run(32, 33).shape).toEqual([1, 2]);
    expect(() => run(32, 8)).toThrow(sentence("32, 8"));
    model.dispose();
  });
});

test("tasks that want an output a point are refused", async () => {
  await expect(build({}, { ...volumes, output: { kind: "mask", classes: 3 } })).rejects.toThrow(
    "model: resnet gives classes or numbers for a whole sample and cannot give a mask; use unet.",
  );
});

test("the head and nothing else depends on the number of classes", async () => {
  const [two, five] = [
    await build({ width: 2 }, spectra(50)),
    await build({ width: 2 }, spectra(50, { kind: "class", classes: 5 })),
  ];
  const differing = two.parameters
    .filter((p, i) => p.variable.shape.join() !== five.parameters[i]!.variable.shape.join())
    .map((p) => p.name);
  expect(differing).toEqual(["fc.weight", "fc.bias"]);
  expect(two.head).toEqual(["fc"]);
  two.dispose();
  five.dispose();
});

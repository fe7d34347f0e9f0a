import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type Model, type ModelSpec, rng, sizeOf } from "@spectrai/core";
import { type Dimension, type ParameterScope } from "@spectrai/nn";
import { describe, expect, test } from "vitest";
import { whyTooSmall } from "../src/densenet-network.ts";
import { densenet, densenetNetwork, densenetSchema } from "../src/index.ts";
import { layoutOf } from "../src/options.ts";

/** Values of all trainable parameters, without making any. */
function countParameters(
  options: Record<string, unknown>,
  dimension: Dimension,
  channels: number,
  outputs: number,
): number {
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
  const parsed = densenetSchema.parse(options);
  densenetNetwork(scope, { ...parsed, ...layoutOf(parsed), dimension, channels, outputs });
  variable.dispose();
  return count;
}

const spectra = (points: number, output: ModelSpec["output"] = { kind: "class", classes: 2 }): ModelSpec => ({
  task: "classification",
  data: "spectrum",
  input: [points],
  output,
});
const build = async (options: Record<string, unknown>, spec: ModelSpec): Promise<Model> =>
  (await densenet.create(densenetSchema.parse(options), {})).build(spec, rng("test"));

describe("number of parameters", () => {
  // As published by torchvision, for images of 3 channels and 1000 classes.
  test.each([
    [121, 7_978_856],
    [161, 28_681_000],
    [169, 14_149_480],
    [201, 20_013_928],
  ])("DenseNet-%i has %i", (depth, published) => expect(countParameters({ depth }, 2, 3, 1000)).toBe(published));

  test("a network without options is DenseNet-121", () => expect(countParameters({}, 2, 3, 1000)).toBe(7_978_856));

  test("the small preset has a fortieth or less for spectra", () => {
    const [full, small] = [countParameters({}, 1, 1, 3), countParameters({ preset: "small" }, 1, 1, 3)];
    expect(small).toBeLessThan(full / 40);
    expect(small).toBeGreaterThan(10_000);
  });
});

describe("layout", () => {
  const layout = (options: Record<string, unknown>): unknown => layoutOf(densenetSchema.parse(options));
  test("takes what is said first, then the depth, then the preset", () => {
    expect(layout({ depth: 161 })).toEqual({ blocks: [6, 12, 36, 24], growth: 48, width: 96 });
    expect(layout({ preset: "small" })).toEqual({ blocks: [3, 6, 6, 4], growth: 12, width: 24 });
    expect(layout({ preset: "small", depth: 169 })).toEqual({ blocks: [6, 12, 32, 32], growth: 32, width: 64 });
    expect(layout({ preset: "small", blocks: [1, 2], width: 7 })).toEqual({ blocks: [1, 2], growth: 12, width: 7 });
    expect(layout({ depth: 201, growth: 8 })).toEqual({ blocks: [6, 12, 48, 32], growth: 8, width: 16 });
  });
});

describe("samples that are too small", () => {
  /** Points left at the end, step by step. */
  const left = (points: number, stemStride: number, stemPool: boolean, blocks: number): number => {
    let n = Math.floor((points - 1) / stemStride) + 1;
    if (stemPool) n = Math.floor((n - 1) / 2) + 1;
    for (let i = 1; i < blocks; i++) n = Math.floor(n / 2);
    return n;
  };

  test("are those of which no point is left, or one under instance norm", () => {
    for (const stemStride of [1, 2])
      for (const stemPool of [false, true])
        for (const blocks of [1, 2, 3, 4])
          for (let n = 1; n < 80; n++) {
            const options = { stemStride, stemPool, blocks: Array.from({ length: blocks }, () => 1) };
            const rest = left(n, stemStride, stemPool, blocks);
            const what = `${n} points, stride ${stemStride}, pool ${stemPool}, ${blocks} blocks`;
            expect(whyTooSmall([n], { ...options, norm: "batch" }) === undefined, what).toBe(rest >= 1);
            expect(whyTooSmall([n], { ...options, norm: "instance" }) === undefined, what).toBe(rest >= 2);
          }
  });

  test("are refused when the model is made", async () => {
    await expect(build({ preset: "small" }, spectra(28))).rejects.toMatchObject({
      code: "SPECTRAI_TASK_UNSUITABLE",
      message:
        "model: densenet shortens its input 32 times and needs at least 29 points in each dimension, but got [28]; use larger samples, stemStride 1, stemPool false or fewer blocks.",
    });
    await expect(build({ preset: "small", norm: "instance" }, spectra(60))).rejects.toThrow(
      "leaves one point of [60], which norm instance makes 0",
    );
  });

  test("are refused when they come, where sizes vary; the least goes through", async () => {
    const spec: ModelSpec = { ...spectra(0), data: "cube", input: [0, 0, 2] };
    const model = await build({ blocks: [1, 1, 1, 1], growth: 2 }, spec);
    const context = { training: false, seed: 0, update: () => {} };
    const run = (h: number, w: number): number[] =>
      tf.tidy(() => [...model.apply(tf.ones([1, h, w, 2]), context).dataSync()]);
    expect(run(29, 31)).toHaveLength(2);
    expect(() => run(28, 64)).toThrow("needs at least 29 points in each dimension, but got [28, 64]");
    model.dispose();
  });
});

test("tasks that want an output a point are refused", async () => {
  await expect(build({}, spectra(100, { kind: "spectral", shape: [100] }))).rejects.toThrow(
    "model: densenet gives classes or numbers for a whole sample and cannot give a spectrum; use unet.",
  );
});

test("the head and nothing else depends on the number of classes", async () => {
  const options = { blocks: [1, 1], growth: 2 };
  const [two, five] = [
    await build(options, spectra(50)),
    await build(options, spectra(50, { kind: "class", classes: 5 })),
  ];
  const differing = two.parameters
    .filter((p, i) => p.variable.shape.join() !== five.parameters[i]!.variable.shape.join())
    .map((p) => p.name);
  expect(differing).toEqual(["classifier.weight", "classifier.bias"]);
  expect(two.head).toEqual(["classifier"]);
  two.dispose();
  five.dispose();
});

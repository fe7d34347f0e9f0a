import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type ForwardContext, type Model, type ModelSpec, rng } from "@spectrai/core";
import { parameterScope, primeFactors, summary } from "@spectrai/nn";
import { beforeAll, describe, expect, test } from "vitest";
import {
  deeperResunet,
  deeperResunetSchema,
  resunet,
  resunetSchema,
  unet,
  unetNetwork,
  unetSchema,
} from "../src/index.ts";

beforeAll(() => tf.ready());
const evaluation: ForwardContext = { training: false, seed: 0, update: () => {} };
const denoise = (points: number): ModelSpec => ({
  task: "denoising",
  data: "spectrum",
  input: [points],
  output: { kind: "spectral", shape: [points] },
});
const cubes = (input: readonly number[], rest: Partial<ModelSpec> = {}): ModelSpec => ({
  task: "denoising",
  data: "cube",
  input,
  output: { kind: "spectral", shape: input },
  ...rest,
});

const buildUNet = async (options: object, spec: ModelSpec, seed = 1): Promise<Model> =>
  (await unet.create(unetSchema.parse(options), {})).build(spec, rng("unet", seed));
const buildResUNet = async (options: object, spec: ModelSpec, seed = 1): Promise<Model> =>
  (await resunet.create(resunetSchema.parse(options), {})).build(spec, rng("unet", seed));
const buildDeeper = async (options: object, spec: ModelSpec): Promise<Model> =>
  (await deeperResunet.create(deeperResunetSchema.parse(options), {})).build(spec, rng("deeper"));

describe("sizes", () => {
  const count = (model: Model): number => {
    const { trainable } = summary(model);
    model.dispose();
    return trainable;
  };
  test("are the published ones", async () => {
    // The reference's 1-D ResUNet with ReLU.
    expect(count(await buildResUNet({}, denoise(500)))).toBe(2_855_617);
    // DeepeR's: 2.08 million at 500 points.
    expect(count(await buildDeeper({}, denoise(500)))).toBe(2_081_767);
    // The reference's 2-D UNet for 8 bands and 5 classes: 135,909 less 67,680 in residual convolutions that it makes and never uses.
    expect(count(await buildUNet({}, cubes([0, 0, 8], { output: { kind: "mask", classes: 5 } })))).toBe(
      135_909 - 67_680,
    );
  });

  test("follow width, depth and filters", async () => {
    const widths = async (options: object): Promise<number[]> => {
      const model = await buildUNet({ norm: "none", ...options }, denoise(64));
      const found = model.parameters
        .filter((p) => /^(inc|down_blocks\.\d\.maxpool_conv\.1)\.final_conv\.body\.0\.bias$/.test(p.name))
        .map((p) => p.variable.size);
      model.dispose();
      return found;
    };
    expect(await widths({ width: 3, depth: 4 })).toEqual([3, 6, 12, 24, 24]);
    expect(await widths({ width: 5, depth: 1 })).toEqual([5, 5]);
    expect(await widths({ width: 5, depth: 1, filters: [2, 7, 3] })).toEqual([2, 7, 3]);
  });

  test("scales are taken apart into primes", () => {
    expect([primeFactors(1), primeFactors(4), primeFactors(12), primeFactors(7)]).toEqual([[], [2, 2], [2, 2, 3], [7]]);
  });
});

describe("the receptive field", () => {
  /** How far apart the first and last inputs are that change the middle output of a network of random, nonlinear layers. */
  const measured = (model: Model, shape: readonly number[], axis: number): number => {
    const x = tf.randomNormal([1, ...shape], 0, 1, "float32", 3);
    const pick = tf.tidy(() => {
      const y = model.apply(x, evaluation);
      const at = y.shape.map((n) => n >> 1);
      const one = tf.buffer(y.shape);
      one.set(1, ...at.map((n, i) => (i === y.rank - 1 && y.rank > 2 ? 0 : n)));
      return one.toTensor();
    });
    const gradient = tf.tidy(() =>
      tf.abs(tf.grad((at: tf.Tensor) => tf.sum(tf.mul(model.apply(at, evaluation), pick)))(x)),
    );
    const other = gradient.shape.map((_, i) => i).filter((i) => i !== axis);
    const reached = [...tf.tidy(() => tf.sum(gradient, other).dataSync())].map((v) => v > 0);
    tf.dispose([x, pick, gradient]);
    return reached.lastIndexOf(true) - reached.indexOf(true) + 1;
  };

  test.each([
    ["depth 2", { depth: 2, width: 4, activation: "gelu", norm: "none" }, denoise(150), [150], 1],
    [
      "linear up-sampling",
      { depth: 2, width: 4, activation: "gelu", norm: "none", upsampling: "linear" },
      denoise(150),
      [150],
      1,
    ],
    ["an odd length", { depth: 3, width: 2, activation: "gelu", norm: "batch" }, denoise(301), [301], 1],
    ["an image", { depth: 1, activation: "gelu", norm: "none" }, cubes([41, 6, 4]), [41, 6, 4], 1],
    [
      "super-resolution",
      { depth: 1, activation: "gelu", norm: "none" },
      cubes([31, 4, 4], { output: { kind: "spectral", shape: [62, 8, 4] }, scale: 2 }),
      [31, 4, 4],
      1,
    ],
  ] as const)("bounds what one output depends on: %s", async (_, options, spec, shape, axis) => {
    const model = await buildUNet(options, spec);
    const field = model.receptiveField![0]!;
    const found = measured(model, shape, axis);
    expect(found).toBeLessThanOrEqual(field);
    // Not a wild over-estimate: within the shifts of an odd length and of even poolings.
    expect(found).toBeGreaterThan(0.6 * field);
    model.dispose();
  });

  test("is not stated where everything depends on everything", async () => {
    for (const [options, spec] of [
      [{ width: 2, norm: "instance" }, denoise(16)],
      [{ width: 2 }, { ...denoise(16), output: { kind: "class", classes: 2 } }],
    ] as const) {
      const model = await buildUNet(options, spec as ModelSpec);
      expect(model.receptiveField).toBeUndefined();
      model.dispose();
    }
  });
});

describe("3-D", () => {
  test("takes band, row and column for the volume's axes", async () => {
    const options = {
      activation: "relu",
      norm: "none",
      groups: 1,
      dropout: 0,
      upsampling: "auto",
    } as const;
    const model = await buildUNet({ ...options, dimension: 3, width: 4, depth: 1 }, cubes([4, 3, 6]));
    const scope = parameterScope(rng("unet", 1));
    const network = unetNetwork(scope, {
      ...options,
      residual: false,
      dimension: 3,
      channels: 1,
      filters: [4, 4],
      tail: { kind: "spectral", channels: 1, activated: true },
    });
    const volume = tf.randomNormal([1, 6, 4, 3, 1], 0, 1, "float32", 7);
    const expected = tf.tidy(() => tf.squeeze(network(volume, evaluation), [4]).arraySync()) as number[][][][];
    const found = tf.tidy(() =>
      model.apply(tf.transpose(tf.squeeze(volume, [4]), [0, 2, 3, 1]), evaluation).arraySync(),
    ) as number[][][][];
    for (let band = 0; band < 6; band++)
      for (let row = 0; row < 4; row++)
        for (let column = 0; column < 3; column++)
          expect(found[0]![row]![column]![band]).toBe(expected[0]![band]![row]![column]);
    volume.dispose();
    model.dispose();
    scope.dispose();
  });
});

describe("a rectified output", () => {
  test("is alive at the start, whatever the seed", async () => {
    for (let seed = 0; seed < 12; seed++)
      for (const [build, spec, shape] of [
        [buildResUNet, denoise(32), [2, 32]],
        [buildResUNet, cubes([8, 8, 5]), [2, 8, 8, 5]],
      ] as const) {
        const model = await build({ width: spec.data === "cube" ? 5 : 8 }, spec, seed);
        const share = tf.tidy(
          () =>
            tf
              .mean(
                tf.cast(
                  tf.greater(model.apply(tf.randomUniform([...shape], 0, 1, "float32", seed), evaluation), 0),
                  "float32",
                ),
              )
              .dataSync()[0]!,
        );
        expect(share).toBeGreaterThan(0.9);
        model.dispose();
      }
  });

  test("is not negative; a linear one may be", async () => {
    const least = async (options: object): Promise<number> => {
      const model = await buildResUNet({ width: 4, ...options }, denoise(32));
      const value = tf.tidy(
        () => tf.min(model.apply(tf.randomNormal([8, 32], 0, 5, "float32", 1), evaluation)).dataSync()[0]!,
      );
      model.dispose();
      return value;
    };
    expect(await least({})).toBeGreaterThanOrEqual(0);
    expect(await least({ outputActivation: "none" })).toBeLessThan(0);
  });
});

describe("what cannot be", () => {
  const wrong: readonly (readonly [string, object, ModelSpec])[] = [
    ["labels the pixels of cubes", {}, { ...denoise(16), output: { kind: "mask", classes: 2 } }],
    ["the input has 16 and the target 20; resample", {}, { ...denoise(16), output: { kind: "spectral", shape: [20] } }],
    ["needs at least 8 points in each dimension, but one has 7", {}, denoise(7)],
    ["needs at least 16 points", { depth: 4 }, cubes([32, 15, 3])],
    [
      "with dimension 2 only; it was asked for a factor of 2 with dimension 3",
      { dimension: 3 },
      cubes([8, 8, 8], { output: { kind: "spectral", shape: [16, 16, 8] }, scale: 2 }),
    ],
    [
      "turns 8 pixels into 8, but the target has 16",
      {},
      cubes([8, 8, 8], { output: { kind: "spectral", shape: [16, 16, 8] } }),
    ],
  ];
  test.each(wrong)("%s", async (message, options, spec) => {
    await expect(buildUNet(options, spec)).rejects.toMatchObject({
      code: "SPECTRAI_TASK_UNSUITABLE",
      message: expect.stringContaining(message) as string,
    });
  });

  test("a sample that turns out too small", async () => {
    const model = await buildUNet({ width: 2 }, cubes([0, 0, 3]));
    const before = tf.memory().numTensors;
    expect(() => tf.tidy(() => model.apply(tf.zeros([1, 4, 9, 3]), evaluation))).toThrow(
      "needs at least 8 points in each dimension, and got a tensor [1, 4, 9, 3]",
    );
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test("DeepeR's network on anything but spectra of one length", async () => {
    await expect(buildDeeper({}, cubes([8, 8, 8]))).rejects.toMatchObject({ code: "SPECTRAI_TASK_UNSUITABLE" });
    await expect(buildDeeper({}, { ...denoise(9), output: { kind: "spectral", shape: [8] } })).rejects.toThrow(
      "[9] → [8]",
    );
  });
});

test("DeepeR's parameters have the names of the published code", async () => {
  const model = await buildDeeper({ width: 2, convolutions: 2, batchNorm: true }, denoise(8));
  const names = model.parameters.map((p) => p.name);
  for (const name of [
    "conv1.0.body.0.weight",
    "conv1.0.body.1.weight",
    "conv1.0.body.2.running_mean",
    "conv1.1.body.3.weight",
    "conv1.1.body.5.bias",
    "conv3.2.body.0.bias",
    "conv6.0.body.1.weight",
    "linear7.body.4.weight",
    "linear7.body.5.weight",
  ])
    expect(names).toContain(name);
  model.dispose();
});

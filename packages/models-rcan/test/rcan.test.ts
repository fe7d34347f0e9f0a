import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type ForwardContext, type Model, type ModelSpec, ndarray, rng } from "@spectrai/core";
import { interpolate, loadTorchState, parameterScope } from "@spectrai/nn";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, test } from "vitest";
import { rcan, rcanNetwork, rcanSchema } from "../src/index.ts";

const finer = (scale: number, input: readonly number[] = [4, 3, 6]): ModelSpec => ({
  task: "super-resolution",
  data: "cube",
  input,
  output: { kind: "spectral", shape: input.map((n, i) => (i === 2 ? n : n * scale)) },
  scale,
});
const build = async (options: object, spec: ModelSpec): Promise<Model> =>
  (await rcan.create(rcanSchema.parse(options), {})).build(spec, rng("rcan"));
const evaluation: ForwardContext = { training: false, seed: 0, update: () => {} };
const shapes = (model: Model): Record<string, readonly number[]> =>
  Object.fromEntries(model.parameters.map((p) => [p.name, p.variable.shape]));

describe("presets", () => {
  test("small raises the resolution of each band last, at 32 channels in 2 groups of 2 blocks", async () => {
    const model = await build({}, finer(2));
    const found = shapes(model);
    expect(found["head.0.weight"]).toEqual([3, 3, 1, 32]);
    expect(found["tail.0.0.weight"]).toEqual([3, 3, 32, 128]);
    expect(found["tail.1.weight"]).toEqual([3, 3, 32, 1]);
    expect(found["body.1.body.2.weight"]).toEqual([3, 3, 32, 32]);
    expect(found["body.2.weight"]).toEqual([3, 3, 32, 32]);
    expect(Object.keys(found).filter((n) => n.endsWith("conv_du.0.weight"))).toHaveLength(4);
    model.dispose();
  });

  test("full raises it first, at half the bands in 18 groups of 16 blocks", async () => {
    const model = await build({ preset: "full" }, finer(4, [2, 2, 7]));
    const found = shapes(model);
    expect(found["head1.0.2.weight"]).toEqual([3, 3, 7, 28]);
    expect(found["head2.0.weight"]).toEqual([3, 3, 7, 3]);
    expect(found["body.17.body.16.weight"]).toEqual([3, 3, 3, 3]);
    expect(found["tail.1.weight"]).toEqual([3, 3, 3, 7]);
    expect(Object.keys(found).filter((n) => n.endsWith("chan_attn.2.bias"))).toHaveLength(18 * 16);
    model.dispose();
  });

  test("each option overrides its own", async () => {
    const model = await build(
      {
        preset: "full",
        upsampling: "last",
        width: 10,
        groups: 1,
        blocks: 2,
        reduction: 5,
        upsamplerNorm: "batch",
        bands: "together",
      },
      finer(6),
    );
    expect(shapes(model)).toMatchObject({
      "head.0.weight": [3, 3, 6, 10],
      "body.0.body.1.body.3.conv_du.0.weight": [10, 2],
      "body.0.body.2.weight": [3, 3, 10, 10],
      "body.1.weight": [3, 3, 10, 10],
      "tail.0.0.weight": [3, 3, 10, 40],
      "tail.0.2.running_mean": [10],
      "tail.0.3.weight": [3, 3, 10, 90],
      "tail.0.5.weight": [10],
      "tail.1.weight": [3, 3, 10, 6],
    });
    model.dispose();
  });
});

test("each band is an image of its own", async () => {
  const alone = await build({ width: 6, groups: 1, blocks: 1, reduction: 2 }, finer(2, [4, 3, 1]));
  const several = await build({ width: 6, groups: 1, blocks: 1, reduction: 2 }, finer(2, [4, 3, 5]));
  expect(shapes(several)).toEqual(shapes(alone));
  const x = tf.randomNormal([2, 4, 3, 5], 0, 1, "float32", 3);
  const y = several.apply(x, evaluation);
  expect(y.shape).toEqual([2, 8, 6, 5]);
  for (let b = 0; b < 5; b++) {
    const band = alone.apply(tf.slice(x, [0, 0, 0, b], [-1, -1, -1, 1]), evaluation);
    expectAllClose([...tf.slice(y, [0, 0, 0, b], [-1, -1, -1, 1]).dataSync()], band.dataSync(), {
      rtol: 1e-5,
      atol: 1e-6,
    });
  }
  alone.dispose();
  several.dispose();
});

describe("the input on the fine grid", () => {
  const silenced = async (options: object): Promise<number[]> => {
    const model = await build({ width: 4, groups: 1, blocks: 1, ...options }, finer(2));
    for (const { name, variable } of model.parameters)
      if (name.startsWith("tail.1")) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
    const x = tf.randomNormal([1, 4, 3, 6], 0, 1, "float32", 2);
    const y = [...tf.tidy(() => model.apply(x, evaluation).dataSync())];
    x.dispose();
    model.dispose();
    return y;
  };
  test("is its linear interpolation where the resolution is raised last", async () => {
    const expected = tf.tidy(() =>
      interpolate(tf.randomNormal([1, 4, 3, 6], 0, 1, "float32", 2), [8, 6], false).dataSync(),
    );
    expectAllClose(await silenced({}), expected, { rtol: 1e-6 });
  });
  test("is what the up-sampler gives where it is raised first", async () => {
    expect((await silenced({ upsampling: "first" })).some((v) => v !== 0)).toBe(true);
  });
  test("is nearly all of the output at the start where the resolution is raised last", async () => {
    const away = async (options: object): Promise<number> => {
      const model = await build(options, finer(2));
      const x = tf.randomNormal([1, 4, 3, 6], 0, 1, "float32", 2);
      const distance = tf.tidy(
        () => tf.norm(tf.sub(model.apply(x, evaluation), interpolate(x, [8, 6], false))).dataSync()[0]!,
      );
      const size = tf.tidy(() => tf.norm(interpolate(x, [8, 6], false)).dataSync()[0]!);
      tf.dispose(x);
      model.dispose();
      return distance / size;
    };
    expect(await away({})).toBeLessThan(0.1);
    expect(await away({ inputSkip: false })).toBeGreaterThan(0.9);
  });
  test("is left out without inputSkip", async () => {
    for (const upsampling of ["first", "last"])
      expect((await silenced({ bands: "together", upsampling, inputSkip: false })).every((v) => v === 0)).toBe(true);
  });
});

test("takes 1×1 convolutions of the published code into its attention", () => {
  const options = { channels: 3, scale: 2, width: 6, groups: 1, blocks: 1, reduction: 2, inputSkip: false } as const;
  const scope = parameterScope(rng("published"));
  rcanNetwork(scope, { ...options, upsampling: "last", upsamplerNorm: "none" });
  const published: Record<string, readonly number[]> = {
    "head.0.weight": [6, 3, 3, 3],
    "head.0.bias": [6],
    "body.0.body.0.body.0.weight": [6, 6, 3, 3],
    "body.0.body.0.body.0.bias": [6],
    "body.0.body.0.body.2.weight": [6, 6, 3, 3],
    "body.0.body.0.body.2.bias": [6],
    "body.0.body.0.body.3.conv_du.0.weight": [3, 6, 1, 1],
    "body.0.body.0.body.3.conv_du.0.bias": [3],
    "body.0.body.0.body.3.conv_du.2.weight": [6, 3, 1, 1],
    "body.0.body.0.body.3.conv_du.2.bias": [6],
    "body.0.body.1.weight": [6, 6, 3, 3],
    "body.0.body.1.bias": [6],
    "body.1.weight": [6, 6, 3, 3],
    "body.1.bias": [6],
    "tail.0.0.weight": [24, 6, 3, 3],
    "tail.0.0.bias": [24],
    "tail.1.weight": [3, 6, 3, 3],
    "tail.1.bias": [3],
  };
  const state = Object.fromEntries(
    Object.entries(published).map(([name, shape]) => [
      name,
      ndarray(
        Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => i),
        shape,
      ),
    ]),
  );
  loadTorchState(scope.parameters, state);
  const squeezing = scope.parameters.find((p) => p.name.endsWith("conv_du.0.weight"))!.variable;
  expect(squeezing.shape).toEqual([6, 3]);
  expect([...squeezing.dataSync()].slice(0, 6)).toEqual([0, 6, 12, 1, 7, 13]);
  scope.dispose();
});

describe("what cannot be", () => {
  test.each([
    ["does nothing else; use unet", { ...finer(2), output: { kind: "class", classes: 2 } }],
    [
      "does nothing else; use unet",
      { ...finer(2), data: "spectrum", input: [6], output: { kind: "spectral", shape: [12] } },
    ],
    ["was asked for a factor of 1; use resunet on one grid", { ...finer(1), scale: 1 }],
    ["was asked for a factor of 1.5", { ...finer(2), scale: 1.5 }],
    ["the input has 6 and the target 5", { ...finer(2), output: { kind: "spectral", shape: [8, 6, 5] } }],
    ["turns 3 pixels into 6, but the target has 7", { ...finer(2), output: { kind: "spectral", shape: [8, 7, 6] } }],
  ] as const)("%s", async (message, spec) => {
    await expect(build({}, spec)).rejects.toMatchObject({
      code: "SPECTRAI_TASK_UNSUITABLE",
      message: expect.stringContaining(message) as string,
    });
  });
});

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type ForwardContext, type Model, type ModelSpec, rng } from "@spectrai/core";
import { parameterScope } from "@spectrai/nn";
import { describe, expect, test } from "vitest";
import { segnet, segnetNetwork, segnetSchema } from "../src/index.ts";

const cube = (input: readonly number[]): ModelSpec => ({
  task: "segmentation",
  data: "cube",
  input,
  output: { kind: "mask", classes: 3 },
});
const build = async (options: object, spec: ModelSpec): Promise<Model> =>
  (await segnet.create(segnetSchema.parse(options), {})).build(spec, rng("segnet"));
const evaluation: ForwardContext = { training: false, seed: 0, update: () => {} };
const count = (model: Model): number =>
  model.parameters.filter((p) => p.trainable).reduce((n, p) => n + p.variable.size, 0);

describe("receptive field", () => {
  test.each([
    ["one level", { depth: 1, width: 4, norm: "none" }, [31, 4, 3]],
    ["two levels", { depth: 2, width: 4, norm: "batch" }, [61, 4, 3]],
    ["three levels, an odd size", { depth: 3, width: 4, norm: "none", dropout: 0 }, [171, 8, 3]],
    ["3-D", { dimension: 3, depth: 1, width: 4, norm: "none" }, [37, 4, 2]],
  ] as const)("bounds what one output depends on: %s", async (_, options, shape) => {
    const model = await build(options, cube(shape));
    const [rows, columns] = model.receptiveField!;
    expect(columns).toBe(rows);
    const x = tf.randomNormal([1, ...shape], 0, 1, "float32", 5);
    const at = shape[0] >> 1;
    const reached = tf.tidy(() =>
      tf
        .sum(
          tf.abs(
            tf.grad((from: tf.Tensor) => tf.sum(tf.slice(model.apply(from, evaluation), [0, at, 2, 0], [1, 1, 1, 3])))(
              x,
            ),
          ),
          [0, 2, 3],
        )
        .dataSync(),
    );
    const touched = [...reached.keys()].filter((i) => reached[i]! > 0);
    const found = touched.at(-1)! - touched[0]! + 1;
    expect(found).toBeLessThanOrEqual(rows!);
    // Not a wild over-estimate: a ReLU that is off, and a pooling's other values, hide some of the field.
    expect(found).toBeGreaterThan(0.6 * rows!);
    x.dispose();
    model.dispose();
  });

  test("is not stated where a norm sees the whole sample", async () => {
    const model = await build({ depth: 1, width: 4, norm: "group" }, cube([8, 8, 3]));
    expect(model.receptiveField).toBeUndefined();
    model.dispose();
  });
});

describe("options", () => {
  test("preset, width and filters", async () => {
    const size = async (options: object): Promise<number> => {
      const model = await build({ depth: 2, ...options }, cube([8, 8, 4]));
      const found = count(model);
      model.dispose();
      return found;
    };
    expect(await size({})).toBe(await size({ width: 64 }));
    expect(await size({ preset: "small" })).toBe(await size({ width: 16 }));
    expect(await size({ dimension: 3 })).toBe(await size({ dimension: 3, width: 16 }));
    expect(await size({ dimension: 3, preset: "small" })).toBe(await size({ dimension: 3, filters: [8, 16] }));
    expect(await size({ depth: 1 })).toBeLessThan(await size({}));
  });

  test("dropout changes training and nothing else", async () => {
    const spec = cube([8, 8, 4]);
    const models = [
      await build({ depth: 3, width: 4, dropout: 0 }, spec),
      await build({ depth: 3, width: 4, dropout: 0.5 }, spec),
    ];
    const x = tf.randomNormal([2, 8, 8, 4], 0, 1, "float32", 5);
    const run = (training: boolean): number[][] =>
      models.map((m) => [...tf.tidy(() => m.apply(x, { ...evaluation, training }).dataSync())]);
    const [plain, dropped] = run(true);
    expect(dropped).not.toEqual(plain);
    const [a, b] = run(false);
    expect(b).toEqual(a);
    x.dispose();
    for (const m of models) m.dispose();
  });
});

test("3-D takes band, row and column for the volume's axes, and classifies bands and features together", async () => {
  const options = { dimension: 3, filters: [2, 3], norm: "none", dropout: 0, narrowing: "first" } as const;
  const model = await build(options, cube([4, 5, 6]));
  const scope = parameterScope(rng("segnet"));
  const network = segnetNetwork(scope, { ...options, channels: 1, classes: 3, bands: 6 });
  const volume = tf.randomNormal([1, 6, 4, 5, 1], 0, 1, "float32", 7);
  const [expected, found] = tf.tidy(() => [
    network(volume, evaluation).arraySync(),
    model.apply(tf.transpose(tf.squeeze(volume, [4]), [0, 2, 3, 1]), evaluation).arraySync(),
  ]) as unknown as [number[][][][], number[][][][]];
  expect(found).toEqual(expected);
  expect(model.parameters.find((p) => p.name === "classifier.0.weight")!.variable.shape).toEqual([3, 3, 12, 6]);
  volume.dispose();
  model.dispose();
  scope.dispose();
});

test("names its head", async () => {
  for (const [options, head] of [
    [{ depth: 1, width: 4 }, "classifier"],
    [{ dimension: 3, depth: 1, width: 4 }, "classifier.1"],
  ] as const) {
    const spec = cube([8, 8, 4]);
    const [model, other] = [
      await build(options, spec),
      await build(options, { ...spec, output: { kind: "mask", classes: 7 } }),
    ];
    const changed = model.parameters.filter((p, i) => p.variable.size !== other.parameters[i]!.variable.size);
    expect(changed.map((p) => p.name)).toEqual([`${head}.weight`, `${head}.bias`]);
    expect(model.head).toEqual([head]);
    model.dispose();
    other.dispose();
  }
});

describe("what cannot be", () => {
  test.each([
    ["labels the pixels of cubes", {}, { ...cube([64, 64, 3]), output: { kind: "class", classes: 2 } }],
    ["labels the pixels of cubes", {}, { ...cube([64]), data: "spectrum" }],
    ["needs at least 32 points in each dimension, but one has 20", {}, cube([64, 20, 3])],
    ["needs at least 4 points in each dimension, but one has 3", { dimension: 3, depth: 2 }, cube([64, 64, 3])],
  ] as const)("%s", async (message, options, spec) => {
    await expect(build(options, spec as ModelSpec)).rejects.toMatchObject({
      code: "SPECTRAI_TASK_UNSUITABLE",
      message: expect.stringContaining(message) as string,
    });
  });

  test("a sample that turns out too small", async () => {
    const model = await build({ depth: 3, width: 2 }, cube([0, 0, 3]));
    const before = tf.memory().numTensors;
    expect(() => tf.tidy(() => model.apply(tf.zeros([1, 4, 9, 3]), evaluation))).toThrow(
      "A SegNet of 3 levels needs at least 8 points in each dimension, and got a tensor [1, 4, 9, 3]; use larger samples or a smaller depth.",
    );
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

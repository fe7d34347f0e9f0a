import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type ForwardContext, type Model, type ModelSpec, rng } from "@spectrai/core";
import { choleskySolve, matrix } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { spectralSpatial, spectralSpatialSchema, subspaceDenoiser, subspaceDenoiserSchema } from "../src/index.ts";
import { localMean } from "../src/local-mean.ts";
import { softmaxRegression } from "../src/softmax-regression.ts";
import { weightedScores } from "../src/weighted-scores.ts";

beforeAll(() => tf.ready());
const evaluation: ForwardContext = { training: false, seed: 0, update: () => {} };
const bands = 8;

/** Mixtures of two spectra, `[1, rows, columns, bands]`, with the share of the first. */
function mixtures(rows: number, columns: number): { readonly cube: Float32Array; readonly share: Float64Array } {
  const random = rng("mixtures", rows);
  const share = Float64Array.from({ length: rows * columns }, () => random.next());
  const cube = new Float32Array(rows * columns * bands);
  for (const [i, a] of share.entries())
    for (let b = 0; b < bands; b++)
      cube[i * bands + b] = a * (1 + Math.sin(b)) + (1 - a) * (2 - b / bands) + 0.01 * random.normal();
  return { cube, share };
}
const spec = (task: string, output: ModelSpec["output"]): ModelSpec => ({
  task,
  data: "cube",
  input: [0, 0, bands],
  output,
});

describe("the denoiser's start", () => {
  const build = async (): Promise<Model> => {
    const options = subspaceDenoiserSchema.parse({ components: 2, line: 5, window: 5 });
    return (await subspaceDenoiser.create(options, {})).build(
      spec("denoising", { kind: "spectral", shape: [0, 0, bands] }),
      rng("start"),
    );
  };

  test("takes dead lines, impulses and a noisy band out before the first step", async () => {
    const [rows, columns] = [20, 18];
    const { cube } = mixtures(rows, columns);
    const random = rng("faults");
    const noisy = cube.map((v, i) => {
      const [band, column] = [i % bands, Math.floor(i / bands) % columns];
      if (band === 1 && column === 4) return 0;
      if (band === 5 && random.chance(0.2)) return random.chance(0.5) ? 2 : 0;
      return v + (band === 3 ? 0.4 : 0.02) * random.normal();
    });
    const model = await build();
    const [clean, x] = [cube, noisy].map((data) => tf.tensor4d(data, [1, rows, columns, bands]));
    await model.prepare!({ input: x!, target: clean!, groups: ["one"] });
    const y = tf.tidy(() => model.apply(x!, evaluation).dataSync());
    const error = (values: ArrayLike<number>): number => cube.reduce((s, v, i) => s + (v - values[i]!) ** 2, 0);
    expect(error(y)).toBeLessThan(error(noisy) / 50);
    tf.dispose([clean!, x!]);
    model.dispose();
  });

  test("keeps the axes of another model that it goes on from", async () => {
    const model = await build();
    const axes = model.parameters.find((p) => p.name === "axes")!.variable;
    const before = axes.dataSync().slice();
    const { cube } = mixtures(4, 4);
    const clean = tf.tensor4d(cube, [1, 4, 4, bands]);
    await model.prepare!({ input: clean, target: clean, groups: ["one"], kept: () => true });
    expect(axes.dataSync()).toEqual(before);
    clean.dispose();
    model.dispose();
  });
});

test("weighted scores solve their normal equations", () => {
  const [pixels, components] = [5, 3];
  const random = rng("scores");
  const v = Float64Array.from({ length: pixels * bands }, () => random.normal());
  const w = Float64Array.from({ length: pixels * bands }, () => Math.exp(2 * random.normal()));
  const u = Float64Array.from({ length: components * bands }, () => random.normal());
  const expected: number[] = [];
  for (let p = 0; p < pixels; p++) {
    const system = matrix(components, components, new Float64Array(components ** 2));
    const right = matrix(1, components, new Float64Array(components));
    for (let i = 0; i < components; i++)
      for (let b = 0; b < bands; b++) {
        const weighted = u[i * bands + b]! * w[p * bands + b]!;
        right.data[i]! += weighted * v[p * bands + b]!;
        for (let j = 0; j < components; j++) system.data[i * components + j]! += weighted * u[j * bands + b]!;
      }
    expected.push(...choleskySolve(system, 1, right).data);
  }
  const found = tf.tidy(() =>
    weightedScores(
      tf.tensor2d(Float32Array.from(v), [pixels, bands]),
      tf.tensor2d(Float32Array.from(w), [pixels, bands]),
      tf.tensor2d(Float32Array.from(u), [components, bands]),
    ).dataSync(),
  );
  // Three steps of conjugate gradients in float32 on systems whose condition is up to a few hundred.
  expectAllClose(found, expected, { rtol: 1e-3, atol: 1e-4 });
});

test("a local mean counts the pixels that are in the image", () => {
  const [rows, columns] = [4, 5];
  const random = rng("mean");
  const data = Float32Array.from({ length: rows * columns * 2 }, () => random.normal());
  const expected: number[] = [];
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      for (let k = 0; k < 2; k++) {
        let [sum, count] = [0, 0];
        for (let i = Math.max(0, r - 2); i <= Math.min(rows - 1, r + 2); i++)
          for (let j = Math.max(0, c - 1); j <= Math.min(columns - 1, c + 1); j++) {
            sum += data[(i * columns + j) * 2 + k]!;
            count++;
          }
        expected.push(sum / count);
      }
  const found = tf.tidy(() => localMean(tf.tensor4d(data, [1, rows, columns, 2]), 5, 3).dataSync());
  expectAllClose(found, expected, { rtol: 1e-5, atol: 1e-6 });
});

describe("the classifier's start", () => {
  test("softmax regression ends where its gradient is 0, and passes over what has no label", () => {
    const random = rng("softmax");
    const [rows, features, classes, ridge] = [200, 3, 3, 0.05];
    const x = matrix(
      rows,
      features,
      Float64Array.from({ length: rows * features }, () => random.normal()),
    );
    const labels = Int32Array.from({ length: rows }, (_, i) => (i % 10 === 0 ? 255 : random.integer(classes)));
    const { data: w } = softmaxRegression(x, labels, classes, ridge);
    const slope = w.map((v) => ridge * v);
    const counted = labels.filter((l) => l < classes).length;
    for (let i = 0; i < rows; i++) {
      if (labels[i]! >= classes) continue;
      const logits = Array.from({ length: classes }, (_, k) =>
        Array.from({ length: features }, (_unused, f) => x.data[i * features + f]! * w[f * classes + k]!).reduce(
          (a, b) => a + b,
        ),
      );
      const sum = logits.reduce((s, l) => s + Math.exp(l), 0);
      for (let f = 0; f < features; f++)
        for (let k = 0; k < classes; k++)
          slope[f * classes + k]! +=
            ((Math.exp(logits[k]!) / sum - (labels[i] === k ? 1 : 0)) * x.data[i * features + f]!) / counted;
    }
    expectAllClose(slope, new Float64Array(slope.length), { atol: 1e-6 });
    expect(w.some((v) => Math.abs(v) > 1e-3)).toBe(true);
  });

  test("tells the pixels by their spectrum before the first step", async () => {
    const [rows, columns] = [16, 15];
    const { cube, share } = mixtures(rows, columns);
    const labels = Int32Array.from(share, (a) => (a > 0.5 ? 1 : 0));
    const model = (await spectralSpatial.create(spectralSpatialSchema.parse({}), {})).build(
      spec("segmentation", { kind: "mask", classes: 2 }),
      rng("start"),
    );
    const input = tf.tensor4d(cube, [1, rows, columns, bands]);
    const target = tf.tensor3d(labels, [1, rows, columns], "int32");
    await model.prepare!({ input, target, groups: ["one"] });
    const found = tf.tidy(() => tf.argMax(model.apply(input, evaluation), 3).dataSync());
    const right = [...labels].filter((l, i) => l === found[i]).length / labels.length;
    expect(right).toBeGreaterThan(0.97);
    tf.dispose([input, target]);
    model.dispose();
  });
});

describe("what cannot be", () => {
  test.each([
    [subspaceDenoiser, subspaceDenoiserSchema, spec("segmentation", { kind: "mask", classes: 2 }), "does nothing else"],
    [
      spectralSpatial,
      spectralSpatialSchema,
      spec("classification", { kind: "class", classes: 2 }),
      "labels the pixels",
    ],
  ] as const)("%#", async (component, schema, wrong, message) => {
    const build = async (): Promise<Model> =>
      (await component.create(schema.parse({}) as never, {})).build(wrong, rng("wrong"));
    await expect(build()).rejects.toMatchObject({
      code: "SPECTRAI_TASK_UNSUITABLE",
      message: expect.stringContaining(message) as string,
    });
  });
});

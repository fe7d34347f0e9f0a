import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type Model, type ModelSpec, rng } from "@spectrai/core";
import { type Matrix, matrix } from "@spectrai/linalg";
import { parameterScope } from "@spectrai/nn";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { solveStack } from "../src/closed-form/solve-stack.ts";
import { logitScale } from "../src/closed-form/temperature.ts";
import { rocketStack, rocketStackSchema } from "../src/index.ts";
import { miniRocket } from "../src/mini-rocket.ts";
import { view, type ViewName, viewSize } from "../src/views.ts";
import { randomMatrix } from "./slow.ts";

beforeAll(() => tf.ready());

const evaluation = { training: false, seed: 0, update: () => undefined };
const points = 30;
const seed = (): ReturnType<typeof rng> => rng("rocket-stack");

async function build(given: object, output: ModelSpec["output"], length = points): Promise<Model> {
  const architecture = await rocketStack.create(rocketStackSchema.parse(given), {} as never);
  return architecture.build({ task: "any", data: "spectrum", input: [length], output }, seed());
}
const apply = (model: Model, x: tf.Tensor): number[] => [
  ...tf.tidy(() => model.apply(x, evaluation).dataSync<"float32">()),
];
const parameters = (model: Model): number[] => model.parameters.flatMap((p) => [...p.variable.dataSync<"float32">()]);

const n = 24;
const classCount = 3;
const labels = Array.from({ length: n }, (_, i) => i % classCount);
const groups = Array.from({ length: n }, (_, i) => `g${Math.floor(i / 6)}`);
/** A band whose place follows the class, on noise that is shared within a group. */
const spectra = (() => {
  const noise = randomMatrix(n, points, "noise");
  const shared = randomMatrix(4, points, "shared");
  const data = noise.data.map((v, at) => {
    const [i, k] = [Math.floor(at / points), at % points];
    return (
      2 +
      0.3 * v +
      0.5 * shared.data[Math.floor(i / 6) * points + k]! +
      2 * Math.exp(-(((k - 8 - 6 * labels[i]!) / 2) ** 2))
    );
  });
  return tf.tensor2d(Float32Array.from(data), [n, points]);
})();
const numbers = (() => {
  const noise = randomMatrix(n, 2, "numbers");
  const x = spectra.dataSync();
  return tf.tensor2d(
    Float32Array.from(noise.data.map((v, at) => 0.1 * v + 3 * x[Math.floor(at / 2) * points + 8 * (at % 2)]!)),
    [n, 2],
  );
})();
const toMatrix = (x: tf.Tensor): Matrix => matrix(x.shape[0]!, x.shape[1]!, Float64Array.from(x.dataSync()));

const views = ["raw", "snv-scaled", "derivative"] as const;

/** What the model is made of, by hand: features of every branch, the stack on them, and its sum. */
async function explicitly(x: tf.Tensor, targets: Matrix, shared: boolean, fresh: tf.Tensor): Promise<number[][]> {
  const featureMaps: { readonly scaled: boolean; of(x: tf.Tensor): tf.Tensor }[] = views.map((name) => ({
    scaled: name.endsWith("-scaled"),
    of: (t) => view(name.replace("-scaled", "") as ViewName, t),
  }));
  for (const of of ["snv", "derivative"] as const) {
    const rocket = miniRocket(parameterScope(seed()), viewSize(of, points), 300);
    await rocket.start(view(of, x), seed().child("thresholds", of));
    featureMaps.push({ scaled: true, of: (t) => rocket.features(view(of, t)) });
  }
  const solved = await solveStack(
    featureMaps.map(({ scaled, of }) => ({ scaled, features: async () => toMatrix(of(x)) })),
    targets,
    groups,
    { shared, most: 1500 },
  );
  const factor = shared ? logitScale(solved.heldOut, labels) : 1;
  const features = featureMaps.map(({ of }) => toMatrix(of(fresh)));
  return Array.from({ length: fresh.shape[0]! }, (_, i) =>
    Array.from({ length: targets.columns }, (__, m) => {
      let sum = solved.intercept[m]!;
      solved.views.forEach(({ mean, inverseScale, weights }, v) => {
        for (let k = 0; k < mean.length; k++)
          sum +=
            (features[v]!.data[i * mean.length + k]! - mean[k]!) *
            inverseScale[k]! *
            weights.data[k * targets.columns + m]!;
      });
      return sum * factor;
    }),
  );
}

describe("rocket-stack after it has seen the training part", () => {
  const fresh = tf.tensor2d(Float32Array.from(randomMatrix(5, points, "fresh").data.map((v) => v + 2)), [5, points]);

  it("gives numbers as its closed form says", async () => {
    const model = await build({ views, features: 300 }, { kind: "numbers", count: 2 });
    await model.prepare!({ input: spectra, target: numbers, groups });
    const expected = await explicitly(spectra, toMatrix(numbers), false, fresh);
    // Weights and sums over hundreds of features in float32.
    expectAllClose(apply(model, fresh), expected.flat(), { rtol: 1e-4 });
    model.dispose();
  });

  it("gives logits of classes as its closed form says: scores of ±1 times the likeliest factor", async () => {
    const model = await build({ views, features: 300 }, { kind: "class", classes: classCount });
    const target = tf.tensor1d(labels, "int32");
    await model.prepare!({ input: spectra, target, groups });
    const wanted = matrix(n, classCount, new Float64Array(n * classCount).fill(-1));
    labels.forEach((label, i) => (wanted.data[i * classCount + label] = 1));
    const expected = await explicitly(spectra, wanted, true, fresh);
    expectAllClose(apply(model, fresh), expected.flat(), { rtol: 1e-4 });
    const logits = apply(model, spectra);
    const right = labels.filter((label, i) => {
      const own = logits.slice(i * classCount, (i + 1) * classCount);
      return own.indexOf(Math.max(...own)) === label;
    });
    expect(right.length / n).toBeGreaterThan(0.9);
    model.dispose();
  });

  it("is another where samples of one group are held out together, and the same from one seed", async () => {
    const solved = async (named: readonly string[]): Promise<number[]> => {
      const model = await build({ features: 200 }, { kind: "numbers", count: 2 });
      await model.prepare!({ input: spectra, target: numbers, groups: named });
      const values = parameters(model);
      model.dispose();
      return values;
    };
    const byGroup = await solved(groups);
    expect(await solved(groups)).toEqual(byGroup);
    expect(await solved(groups.map((_, i) => `s${i}`))).not.toEqual(byGroup);
  });

  it("leaves no tensor behind", async () => {
    const model = await build({ features: 200 }, { kind: "numbers", count: 2 });
    const before = tf.memory().numTensors;
    await model.prepare!({ input: spectra, target: numbers, groups });
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it("gives finite numbers where spectra are constant, or all the same", async () => {
    const row = tf.slice(spectra, [0, 0], [1, points]);
    for (const input of [
      tf.fill([n, points], 3),
      tf.zeros([n, points]),
      tf.tile(row, [n, 1]),
      tf.concat([tf.slice(spectra, [0, 0], [n - 2, points]), tf.fill([2, points], 1)]),
    ])
      for (const [output, target] of [
        [{ kind: "numbers", count: 2 }, numbers],
        [{ kind: "class", classes: classCount }, tf.tensor1d(labels, "int32")],
      ] as const) {
        const model = await build({ features: 200 }, output);
        await model.prepare!({ input, target, groups });
        expect(parameters(model).every(Number.isFinite)).toBe(true);
        for (const seen of [input, spectra]) expect(apply(model, seen).every(Number.isFinite)).toBe(true);
        model.dispose();
      }
  });

  it("predicts the mean from spectra that say nothing", async () => {
    const model = await build({ features: 200 }, { kind: "numbers", count: 2 });
    const input = tf.fill([n, points], 3);
    await model.prepare!({ input, target: numbers, groups });
    const mean = tf.tidy(() => [...tf.mean(numbers, 0).dataSync<"float32">()]);
    expectAllClose(apply(model, tf.fill([1, points], 3)), mean, { rtol: 1e-5 });
    model.dispose();
  });

  it("works with a class that the training part lacks", async () => {
    const model = await build({ features: 200 }, { kind: "class", classes: classCount + 1 });
    await model.prepare!({ input: spectra, target: tf.tensor1d(labels, "int32"), groups });
    const logits = apply(model, spectra);
    for (let i = 0; i < n; i++) {
      const own = logits.slice(i * 4, i * 4 + 4);
      expect(own.indexOf(Math.max(...own))).not.toBe(3);
    }
    model.dispose();
  });
});

describe("rocket-stack refuses", () => {
  it("spectra that are shorter than its kernels, saying so", async () => {
    await expect(build({}, { kind: "numbers", count: 1 }, 8)).rejects.toThrow(
      /kernels of 9 points, and the spectra have 8/,
    );
  });
  it("to be built from nothing", async () => {
    await expect(build({ views: [], features: 0 }, { kind: "numbers", count: 1 })).rejects.toMatchObject({
      code: "SPECTRAI_CONFIG_INVALID",
    });
  });
  it("other tasks and cubes", async () => {
    const architecture = await rocketStack.create(rocketStackSchema.parse({}), {} as never);
    for (const spec of [
      { task: "denoising", data: "spectrum", input: [30], output: { kind: "spectral", shape: [30] } },
      { task: "classification", data: "cube", input: [4, 4, 30], output: { kind: "class", classes: 2 } },
    ] as const)
      expect(() => architecture.build(spec, seed())).toThrow(
        expect.objectContaining({ code: "SPECTRAI_TASK_UNSUITABLE" }),
      );
  });
});

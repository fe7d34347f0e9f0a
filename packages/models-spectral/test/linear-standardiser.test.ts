import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type Model, rng } from "@spectrai/core";
import { type Matrix, matrix, transpose } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { blocksOf } from "../src/closed-form/held-out.ts";
import { ridgeView } from "../src/closed-form/ridge-view.ts";
import { stackingWeights } from "../src/closed-form/stacking.ts";
import { windowRidge } from "../src/closed-form/window-ridge.ts";
import { linearStandardiser, linearStandardiserSchema } from "../src/index.ts";
import { centred, means, randomMatrix, slowMultiply } from "./slow.ts";

beforeAll(() => tf.ready());

const evaluation = { training: false, seed: 0, update: () => undefined };
const options = (given: object): never => linearStandardiserSchema.parse(given) as never;

async function build(given: object, points: number, outPoints: number): Promise<Model> {
  const architecture = await linearStandardiser.create(options(given), {} as never);
  return architecture.build(
    { task: "calibration", data: "spectrum", input: [points], output: { kind: "spectral", shape: [outPoints] } },
    rng("standardiser"),
  );
}
const tensor = (a: Matrix): tf.Tensor2D => tf.tensor2d(Float32Array.from(a.data), [a.rows, a.columns]);
/** As float32 has it. */
const rounded = (a: Matrix): Matrix => matrix(a.rows, a.columns, Float64Array.from(Float32Array.from(a.data)));

const n = 16;
const points = 12;
const groups = Array.from({ length: n }, (_, i) => `g${i % 9}`);
const x = rounded(
  matrix(
    n,
    points,
    randomMatrix(n, points, "x").data.map((v) => v + 2),
  ),
);
/** Another instrument: neighbours mix, and an offset. */
const secondOf = (a: Matrix, outPoints: number): Matrix => {
  const noise = randomMatrix(a.rows, outPoints, "second");
  return matrix(
    a.rows,
    outPoints,
    noise.data.map((v, at) => {
      const [i, j] = [Math.floor(at / outPoints), at % outPoints];
      const k = Math.round((j * (points - 1)) / Math.max(1, outPoints - 1));
      return 1 + 0.05 * v + 0.8 * a.data[i * points + k]! + 0.3 * a.data[i * points + Math.max(0, k - 1)]!;
    }),
  );
};

describe("linear-standardiser", () => {
  it.each([
    [{}, 12],
    [{ windows: [3], averages: [], whole: false }, 12],
    [{ windows: [1, 3], averages: [5], whole: true }, 7],
  ])("%j is the stacked map once it has seen the training part, to %i points", async (given, outPoints) => {
    const y = rounded(secondOf(x, outPoints));
    const model = await build(given, points, outPoints);
    const [input, target] = [tensor(x), tensor(y)];
    await model.prepare!({ input, target, groups });

    const { windows, averages, whole } = linearStandardiserSchema.parse(given);
    const [xc, t, blocks] = [centred(x), transpose(centred(y)), blocksOf(groups)];
    const fits = [
      ...windows.map((w) => windowRidge(xc, t, blocks, (w - 1) / 2, false)),
      ...averages.map((w) => windowRidge(xc, t, blocks, (w - 1) / 2, true)),
      ...(whole ? [ridgeView(xc, t, blocks, true)] : []),
    ];
    const shares = stackingWeights(
      fits.map((f) => f.heldOut),
      t,
      true,
    );
    const stacked = matrix(outPoints, points);
    fits.forEach((f, v) => f.weights.data.forEach((w, at) => (stacked.data[at]! += shares.data[v]! * w)));
    const fresh = randomMatrix(5, points, "fresh");
    const [mean, offset] = [means(x), means(y)];
    const moved = matrix(
      5,
      points,
      fresh.data.map((v, at) => v - mean[at % points]!),
    );
    const expected = slowMultiply(moved, transpose(stacked)).data.map((v, at) => v + offset[at % outPoints]!);
    const predicted = tf.tidy(() => model.apply(tensor(fresh), evaluation).dataSync());
    // Weights and products in float32.
    expectAllClose(predicted, expected, { rtol: 2e-6 });
    tf.dispose([input, target]);
    model.dispose();
  });

  it("keeps samples of one group together when it weighs the regressions", async () => {
    const y = secondOf(x, points);
    const [input, target] = [tensor(x), tensor(y)];
    const weights = async (named: readonly string[]): Promise<number[]> => {
      const model = await build({}, points, points);
      await model.prepare!({ input, target, groups: named });
      const values = [...model.parameters.find((p) => p.name === "weight")!.variable.dataSync()];
      model.dispose();
      return values;
    };
    expect(await weights(groups)).not.toEqual(await weights(groups.map((_, i) => `s${i}`)));
    expect((await weights(groups.map(() => "one"))).every(Number.isFinite)).toBe(true);
    tf.dispose([input, target]);
  });

  it("gives finite numbers for spectra that are constant or all alike, and leaves no tensor behind", async () => {
    const model = await build({}, points, points);
    const before = tf.memory().numTensors;
    for (const input of [tf.fill([n, points], 2), tf.tile(tf.reshape(tf.range(0, n), [n, 1]), [1, points])] as const) {
      await model.prepare!({ input, target: input, groups });
      const out = tf.tidy(() => model.apply(input, evaluation).dataSync());
      // Each is predicted as it is: by its mean, or along the one direction.
      expectAllClose(out, input.dataSync(), { rtol: 1e-4 });
      input.dispose();
    }
    // What the second input was made of.
    expect(tf.memory().numTensors - before).toBe(2);
    model.dispose();
  });

  it("makes points from the whole spectrum of more samples than are solved for at once, too", async () => {
    const many = 1600;
    const seen = randomMatrix(many, 3, "many");
    const model = await build({ windows: [], averages: [] }, 3, 3);
    const input = tensor(seen);
    const target = tf.add(tf.mul(input, 2), 1);
    await model.prepare!({ input, target, groups: Array.from({ length: many }, (_, i) => `s${i}`) });
    const out = tf.tidy(() => model.apply(input, evaluation).dataSync());
    expectAllClose(out, target.dataSync(), { rtol: 1e-4 });
    tf.dispose([input, target]);
    model.dispose();
  }, 120_000);

  it("refuses a single sample, which leaves none to be held out", async () => {
    const model = await build({}, points, points);
    const input = tf.zeros([1, points]);
    await expect(model.prepare!({ input, target: input, groups: ["g"] })).rejects.toMatchObject({
      code: "SPECTRAI_DATA_SPLIT",
    });
    model.dispose();
  });

  it("refuses to be built from nothing, and for other tasks", async () => {
    await expect(build({ windows: [], averages: [], whole: false }, 5, 5)).rejects.toMatchObject({
      code: "SPECTRAI_CONFIG_INVALID",
    });
    const architecture = await linearStandardiser.create(options({}), {} as never);
    for (const spec of [
      { task: "classification", data: "spectrum", input: [5], output: { kind: "class", classes: 2 } },
      { task: "calibration", data: "cube", input: [4, 4, 5], output: { kind: "spectral", shape: [4, 4, 5] } },
    ] as const)
      expect(() => architecture.build(spec, rng("x"))).toThrow(
        expect.objectContaining({ code: "SPECTRAI_TASK_UNSUITABLE" }),
      );
    expect(linearStandardiserSchema.safeParse({ windows: [4] }).error?.issues[0]?.message).toBe("must be odd");
  });
});

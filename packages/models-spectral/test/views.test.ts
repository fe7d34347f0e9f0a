import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { savitzkyGolay, snv as snvTransform } from "@spectrai/preprocess";
import { registerGradients, rng, spectralArray } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { derivativeWeights, halfWindow, snv, view, viewNames, viewSize } from "../src/views.ts";

beforeAll(async () => {
  await tf.ready();
  registerGradients();
});

const points = 60;
const random = rng("views");
const rows = Array.from({ length: 3 }, (_, r) =>
  Float32Array.from({ length: points }, (__, k) => 3 + r + Math.sin(k / (4 + r)) + 0.2 * random.normal()),
);
const input = (): tf.Tensor2D =>
  tf.tensor2d(
    rows.map((r) => [...r]),
    [3, points],
  );

describe("snv", () => {
  it("is that of the preprocessing, which divides by L − 1 instead of L", async () => {
    const transform = await snvTransform.create({}, {} as never);
    const expected = rows.flatMap((r) => [...transform.apply(spectralArray(r, [points])).data]);
    const factor = Math.sqrt(points / (points - 1));
    const found = tf.tidy(() => snv(input()).dataSync());
    expectAllClose(
      found,
      expected.map((v) => v * factor),
      { rtol: 1e-6 },
    );
  });

  it.each([1e-15, 1e-6, 1e15, 1e30])("does not mind the unit, %d", (unit) => {
    const found = tf.tidy(() => snv(tf.mul(input(), unit)).dataSync());
    expectAllClose(
      found,
      tf.tidy(() => snv(input()).dataSync()),
      { rtol: 1e-5 },
    );
  });

  it.each([0, 0.1, -7, 1e20])("makes nothing of a spectrum of equal values, %d", (value) => {
    const found = tf.tidy(() => snv(tf.fill([2, 50], value)).dataSync());
    // The mean's rounding, 1e-7 at most, over the least deviation, 1e-6.
    for (const v of found) expect(Math.abs(v)).toBeLessThan(0.2);
  });

  it("has a gradient that is finite, of spectra of equal values too", () => {
    for (const x of [input(), tf.fill([2, 20], 3), tf.zeros([1, 20])])
      expect(
        tf
          .tidy(() => tf.grad((t: tf.Tensor) => tf.sum(tf.square(snv(t))))(x))
          .dataSync()
          .every(Number.isFinite),
      ).toBe(true);
  });
});

describe("derivatives", () => {
  it.each([1, 2] as const)("have Savitzky and Golay's weights, of length 1 (order %i)", async (order) => {
    for (const m of [1, 3, 7]) {
      const window = 2 * m + 1;
      const transform = await savitzkyGolay.create({ window, order: 2, derivative: order, per: "point" }, {} as never);
      // What a point in the middle gets from each of its neighbours.
      const expected = Array.from({ length: window }, (_, i) => {
        const impulse = new Float64Array(4 * m + 1);
        impulse[m + i] = 1;
        return transform.apply(spectralArray(impulse, [impulse.length])).data[2 * m]!;
      });
      const length = Math.hypot(...expected);
      expectAllClose(
        derivativeWeights(order, m),
        expected.map((v) => v / length),
        { rtol: 1e-6 },
      );
    }
  });

  it.each([
    ["derivative", 1],
    ["second-derivative", 2],
  ] as const)("%s is the weighted sum over each window of the spectrum after snv", (name, order) => {
    const m = halfWindow(points);
    expect(m).toBe(7);
    const after = tf.tidy(() => snv(input()).arraySync() as number[][]);
    const weights = derivativeWeights(order, m);
    const expected = after.flatMap((r) =>
      Array.from({ length: points - 2 * m }, (_, k) => weights.reduce((s, w, i) => s + w * r[k + i]!, 0)),
    );
    expectAllClose(
      tf.tidy(() => view(name, input()).dataSync()),
      expected,
      { rtol: 1e-5 },
    );
  });

  it("follow a parabola", () => {
    const x = tf.tensor2d([Array.from({ length: 31 }, (_, k) => (k - 15) ** 2)]);
    const [first, second] = (["derivative", "second-derivative"] as const).map(
      (name) => tf.tidy(() => view(name, x).arraySync() as number[][])[0]!,
    );
    const middle = (first!.length - 1) / 2;
    first!.forEach((v, k) => expect(v / first![first!.length - 1]!).toBeCloseTo((k - middle) / middle, 4));
    second!.forEach((v) => expect(v / second![0]!).toBeCloseTo(1, 4));
    expect(second![0]).toBeGreaterThan(0);
    expect(first!.at(-1)).toBeGreaterThan(0);
  });
});

it.each([9, 10, 25, 43, 500])("the views of %i points have as many points as they say", (n) => {
  for (const name of viewNames) {
    const shape = tf.tidy(() => view(name, tf.randomNormal([2, n], 0, 1, "float32", 1)).shape);
    expect(shape, name).toEqual([2, viewSize(name, n)]);
  }
});

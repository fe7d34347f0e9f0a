import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { onednnBackend } from "../src/index.ts";

beforeAll(async () => {
  const chosen = await onednnBackend.create({ threads: 2, precision: "f32" }, {});
  await chosen.init();
});

const specials = [NaN, Infinity, -Infinity, 0, -0, 1e-45, -1e-45, 1.1e-38, -1.1e-38, 3.4e38, -3.4e38, 1, -1];

/** Values of every magnitude and both signs, and evenly spaced ones in the range where functions bend. */
function values(): Float32Array {
  const list = [...specials];
  for (let e = -44.5; e < 38.5; e += 0.011) list.push(10 ** e, -(10 ** e));
  for (let x = -110; x < 110; x += 0.0173) list.push(x);
  for (let x = -1.5; x < 1.5; x += 0.00037) list.push(x);
  return Float32Array.from(list);
}

const erf = (x: number): number => {
  const a = Math.abs(x);
  // The power series below 3, the continued fraction of the complement above.
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 200; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return Math.sign(x) * sum * (2 / Math.sqrt(Math.PI));
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
  const rest = Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction);
  return Math.sign(x) * (1 - (a > 27 ? 0 : rest));
};

const exact: readonly [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number][] = [
  ["exp", tf.exp, Math.exp],
  ["expm1", tf.expm1, Math.expm1],
  ["log", tf.log, Math.log],
  ["log1p", tf.log1p, Math.log1p],
  ["tanh", tf.tanh, Math.tanh],
  ["sigmoid", tf.sigmoid, (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))],
  ["softplus", tf.softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  ["elu", tf.elu, (x) => (x >= 0 ? x : Math.expm1(x))],
  ["selu", tf.selu, (x) => 1.0507009873554805 * (x >= 0 ? x : 1.6732632423543772 * Math.expm1(x))],
  ["erf", tf.erf, erf],
  ["sqrt", tf.sqrt, Math.sqrt],
  ["rsqrt", tf.rsqrt, (x) => 1 / Math.sqrt(x)],
  ["reciprocal", tf.reciprocal, (x) => 1 / x],
  ["square", tf.square, (x) => x * x],
  ["abs", tf.abs, Math.abs],
  ["neg", tf.neg, (x) => -x],
  ["floor", tf.floor, Math.floor],
  ["ceil", tf.ceil, Math.ceil],
  ["round", tf.round, (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))],
];

describe("functions of single values", () => {
  for (const [name, op, f] of exact)
    it(`${name} is within 2.4e-7 of double precision, and treats special values alike`, () => {
      const x = values();
      const y = tf.tidy(() => op(tf.tensor1d(x)).dataSync());
      let worst = 0;
      let where = 0;
      x.forEach((v, i) => {
        const wanted = Math.fround(f(v));
        if (Number.isNaN(wanted) || !Number.isFinite(wanted) || wanted === 0)
          // Results that round to 0 or infinity may be off by one step.
          if (Number.isNaN(wanted) || !Number.isFinite(v) || v === 0) {
            expect([v, y[i]! + 0]).toEqual([v, wanted + 0]);
            return;
          }
        // Two steps of single precision, or of the smallest numbers.
        const error = Math.abs(y[i]! - f(v)) / Math.max(Math.abs(f(v)), 1.2e-38);
        if (y[i] !== wanted && !(error <= worst)) [worst, where] = [error, v];
      });
      expect(worst, `at ${where}`).toBeLessThan(2.4e-7);
    });
});

import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, expect, it } from "vitest";
import { run } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

const selu = [1.0507009873554805, 1.7580993408473768] as const;
/** erf by its series, or by its continued fraction where that converges. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 3) {
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / 2 / (a + fraction);
    return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * (a + fraction)));
  }
  let [term, sum] = [x, x];
  for (let k = 1; k < 60; k++) {
    term *= (-x * x) / k;
    sum += term / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** A kernel, the same in float64, the range of numbers, and the error allowed relative to the largest or absolutely. */
type Case = readonly [string, (x: number) => number, number, number, { rtol?: number; atol?: number }, object?];
const cases: readonly Case[] = [
  ["Sin", Math.sin, -8, 8, { atol: 3e-7 }],
  ["Sin", Math.sin, -1e4, 1e4, { atol: 5e-7 }],
  ["Sin", Math.sin, -1e5, 1e5, { atol: 2e-6 }],
  ["Cos", Math.cos, -8, 8, { atol: 3e-7 }],
  ["Cos", Math.cos, -1e4, 1e4, { atol: 5e-7 }],
  ["Tan", Math.tan, -1.5, 1.5, { rtol: 1e-6 }],
  ["Tan", Math.tan, 1.7, 4.6, { rtol: 1e-6 }],
  ["Asin", Math.asin, -1, 1, { atol: 4e-7 }],
  ["Acos", Math.acos, -1, 1, { atol: 5e-7 }],
  ["Atan", Math.atan, -20, 20, { atol: 3e-7 }],
  ["Exp", Math.exp, -20, 5, { rtol: 2e-6 }],
  ["Expm1", Math.expm1, -3, 2, { rtol: 1e-6 }],
  ["Expm1", Math.expm1, -0.01, 0.01, { rtol: 5e-7 }],
  ["Log", Math.log, 1e-3, 50, { rtol: 1e-6 }],
  ["Log1p", Math.log1p, -0.9, 50, { rtol: 1e-6 }],
  ["Log1p", Math.log1p, -1e-3, 1e-3, { rtol: 1e-6 }],
  ["Sqrt", Math.sqrt, 0, 9, { rtol: 5e-7 }],
  ["Rsqrt", (x) => 1 / Math.sqrt(x), 0.01, 9, { rtol: 5e-7 }],
  ["Reciprocal", (x) => 1 / x, 0.1, 9, { rtol: 5e-7 }],
  ["Square", (x) => x * x, -3, 3, { rtol: 2e-7 }],
  ["Abs", Math.abs, -3, 3, {}],
  ["Neg", (x) => -x, -3, 3, {}],
  ["Sign", Math.sign, -3, 3, {}],
  ["Step", (x) => (Number.isNaN(x) ? NaN : x > 0 ? 1 : Math.fround(0.3)), -3, 3, {}, { alpha: 0.3 }],
  ["Relu", (x) => Math.max(0, x), -3, 3, {}],
  ["Relu6", (x) => Math.min(6, Math.max(0, x)), -3, 9, {}],
  ["LeakyRelu", (x) => (x < 0 ? 0.1 * x : x), -3, 3, { rtol: 2e-7 }, { alpha: 0.1 }],
  ["ClipByValue", (x) => Math.min(2, Math.max(-1, x)), -3, 3, {}, { clipValueMin: -1, clipValueMax: 2 }],
  ["Elu", (x) => (x < 0 ? Math.expm1(x) : x), -5, 2, { rtol: 5e-7 }],
  ["Selu", (x) => (x < 0 ? selu[1] * Math.expm1(x) : selu[0] * x), -5, 2, { rtol: 5e-7 }],
  ["Sigmoid", (x) => 1 / (1 + Math.exp(-x)), -20, 20, { atol: 5e-7 }],
  ["Softplus", (x) => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x))), -20, 20, { rtol: 5e-7 }],
  ["Softplus", (x) => Math.log1p(Math.exp(x)), -20, -10, { rtol: 2e-6 }],
  ["Sinh", Math.sinh, -6, 6, { rtol: 2e-6 }],
  ["Sinh", Math.sinh, -0.4, 0.4, { rtol: 5e-7 }],
  ["Cosh", Math.cosh, -6, 6, { rtol: 2e-6 }],
  ["Tanh", Math.tanh, -9, 9, { atol: 5e-7 }],
  ["Erf", erf, -4, 4, { atol: 6e-7 }],
];

/** What each makes of NaN, ∞, −∞, 0 and −0; what is left out passes NaN on and is tried with the numbers above. */
const special = [NaN, Infinity, -Infinity, 0, -0, 1.2e-38, -1e38, 80, 100, -100];
const specials: Readonly<Record<string, (x: number) => number>> = Object.fromEntries(
  cases
    .filter(([name]) => !["Sin", "Cos", "Tan"].includes(name))
    .map(([name, f]) => [name, name === "Asin" || name === "Acos" ? (x) => (Math.abs(x) > 1 ? NaN : f(x)) : f]),
);

describeWebGpu("functions of single values", () => {
  beforeAll(async () => {
    await (await backendOf()).init();
  });

  // Four divides one of the numbers of elements, which takes another way through the shader.
  it.each(cases.flatMap((one) => [1036, 1037].map((n) => [one[0], n, one] as const)))(
    "%s, case %#: of %i elements",
    async (name, n, [, f, low, high, tolerance, attributes]) => {
      const r = rng("unary", name);
      const x = Float32Array.from({ length: n }, () => r.uniform(low, high));
      const input = tf.tensor1d(x);
      const [y] = run(name, { x: input }, attributes);
      const values = Array.from(x, f);
      expectAllClose(await y!.data(), values, tolerance);
      tf.dispose([input, y!]);
    },
  );

  it.each(Object.keys(specials))("%s of what is no number, infinities, zeros and extremes", async (name) => {
    const attributes = cases.find((one) => one[0] === name)![5];
    const input = tf.tensor1d(special);
    const [y] = run(name, { x: input }, attributes);
    const values = Array.from(await y!.data());
    // As tfjs's, the sign of NaN is 0.
    const wanted = special.map((x) => (name === "Sign" && Number.isNaN(x) ? 0 : specials[name]!(x)));
    values.forEach((v, i) => {
      const w = Math.fround(wanted[i]!);
      const message = `${name} of ${special[i]}: ${v}, not ${w}`;
      if (!Number.isFinite(w)) expect(v, message).toBe(w);
      else expect(Math.abs(v - w), message).toBeLessThanOrEqual(2e-6 * Math.abs(w) + 1e-6);
    });
    tf.dispose([input, y!]);
  });

  it.each(["Sin", "Cos", "Tan"])("%s of infinities and what is no number is none", async (name) => {
    const input = tf.tensor1d([NaN, Infinity, -Infinity]);
    const [y] = run(name, { x: input });
    expect([...(await y!.data())]).toEqual([NaN, NaN, NaN]);
    tf.dispose([input, y!]);
  });

  it.each([1036, 1037])("the angles of %i pairs", async (n) => {
    const r = rng("unary", "pairs");
    const [y, x] = [0, 1].map(() => Float32Array.from({ length: n }, () => r.uniform(-1, 1) * 10 ** r.uniform(-6, 3)));
    const [a, b] = [tf.tensor1d(y!), tf.tensor1d(x!)];
    const angles = tf.atan2(a, b);
    const wanted = Array.from(y!, (v, i) => Math.atan2(v, x![i]!));
    // Small angles, too, keep their digits.
    (await angles.data()).forEach((v, i) => expect(Math.abs(v / wanted[i]! - 1)).toBeLessThan(1e-6));
    tf.dispose([a, b, angles]);
  });

  it("the angles of zeros, infinities and what is no number", async () => {
    const some = [0, -0, 1, -2, Infinity, -Infinity, NaN];
    const pairs = some.flatMap((y) => some.map((x) => [y, x] as const));
    const [a, b] = [0, 1].map((k) => tf.tensor1d(pairs.map((pair) => pair[k]!)));
    const angles = await tf.atan2(a!, b!).data();
    pairs.forEach(([y, x], i) => {
      const wanted = Math.atan2(y, x);
      const message = `${angles[i]}, not ${wanted}, for ${y} and ${x}`;
      if (Number.isNaN(wanted)) expect(angles[i], message).toBeNaN();
      else expect(Math.abs(angles[i]! - wanted), message).toBeLessThan(1e-6);
    });
  });

  it("leaves integers what they are", async () => {
    const x = tf.tensor1d([-3, 0, 5], "int32");
    const results = [tf.abs(x), tf.neg(x), tf.sign(x), tf.square(x)];
    expect(results.map((t) => t.dtype)).toEqual(["int32", "int32", "int32", "int32"]);
    expect(await Promise.all(results.map(async (t) => [...(await t.data())]))).toEqual([
      [3, 0, 5],
      [3, 0, -5],
      [-1, 0, 1],
      [9, 0, 25],
    ]);
    tf.dispose([x, results]);
  });
});

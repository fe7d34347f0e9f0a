import * as tf from "@tensorflow/tfjs-core";
import type { RandomInput } from "../random-tensor.ts";
import { type BackendCase, flags, forward, integers, positive, smooth, unit } from "./case.ts";

/** Sizes around the widths of vectors, a long one, and none at all. */
const lengths: readonly (readonly number[])[] = [[1], [7], [3, 5, 4], [2, 1037], [0], [2, 0, 3]];

const unary: readonly [string, (x: tf.Tensor) => tf.Tensor, ((...shape: number[]) => RandomInput)?][] = [
  ["abs", tf.abs],
  ["neg", tf.neg],
  ["sign", tf.sign],
  ["square", tf.square],
  ["sqrt", tf.sqrt, positive],
  ["rsqrt", tf.rsqrt, positive],
  ["reciprocal", tf.reciprocal, positive],
  ["exp", tf.exp],
  ["expm1", tf.expm1],
  ["log", tf.log, positive],
  ["log1p", tf.log1p, positive],
  ["relu", tf.relu],
  ["relu6", (x) => tf.relu6(tf.mul(x, 4))],
  ["leakyRelu", (x) => tf.leakyRelu(x, 0.1)],
  ["elu", tf.elu],
  ["selu", tf.selu],
  ["sigmoid", tf.sigmoid],
  ["tanh", (x) => tf.tanh(tf.mul(x, 3))],
  ["erf", tf.erf],
  ["softplus", (x) => tf.softplus(tf.mul(x, 4))],
  ["sin", tf.sin],
  ["cos", tf.cos],
  ["tan", tf.tan, unit],
  ["asin", tf.asin, unit],
  ["acos", tf.acos, unit],
  ["atan", tf.atan],
  ["sinh", tf.sinh],
  ["cosh", tf.cosh],
  ["step", (x) => tf.step(x, 0.25)],
  ["floor", tf.floor],
  ["ceil", tf.ceil],
  ["round", tf.round],
  ["clip", (x) => tf.clipByValue(x, -0.5, 0.75)],
];

const binary: readonly [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, ((...shape: number[]) => RandomInput)?][] = [
  ["add", tf.add],
  ["sub", tf.sub],
  ["mul", tf.mul],
  ["div", tf.div, positive],
  ["pow", tf.pow, positive],
  ["maximum", tf.maximum],
  ["minimum", tf.minimum],
  ["squaredDifference", tf.squaredDifference],
  ["atan2", tf.atan2],
];

/** Operations whose gradient core does not register. */
const withoutGradient = new Set(["relu6", "selu", "tan", "asin", "acos", "atan", "sinh", "cosh", "atan2"]);

/** What no training should meet, and every backend must pass on alike, so that it is noticed. */
const special = [NaN, Infinity, -Infinity, 0, -0, 1e-38, -1e38, 88, 100, -100];
const specialOps: readonly [string, (x: tf.Tensor) => tf.Tensor][] = [
  ["relu", tf.relu],
  ["abs", tf.abs],
  ["exp", tf.exp],
  ["log", tf.log],
  ["sqrt", tf.sqrt],
  ["tanh", tf.tanh],
  ["sigmoid", tf.sigmoid],
  ["erf", tf.erf],
  ["sign", tf.sign],
  ["leakyRelu", (x) => tf.leakyRelu(x, 0.1)],
  ["maximum", (x) => tf.maximum(x, 1)],
  ["minimum", (x) => tf.minimum(x, 1)],
  ["add", (x) => tf.add(x, 1)],
  ["mul", (x) => tf.mul(x, 0)],
  ["div", (x) => tf.div(1, x)],
  ["greater", (x) => tf.cast(tf.greater(x, 0), "float32")],
  ["sum", (x) => tf.sum(tf.reshape(tf.tile(x, [2]), [2, -1]), 0)],
  ["matMul", (x) => tf.matMul(tf.reshape(x, [-1, 1]), tf.ones([1, 9]))],
];

/** Shapes of two sides, equal and broadcast in every way. */
const pairs: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [3, 5],
    [3, 5],
  ],
  [[2, 3, 9], [9]],
  [[2, 3, 9], []],
  [[9], [2, 3, 9]],
  [
    [2, 3, 9],
    [2, 1, 9],
  ],
  [
    [2, 1, 5],
    [1, 4, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 1, 5],
  ],
  [
    [0, 3],
    [1, 3],
  ],
];

const comparisons: readonly [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor][] = [
  ["greater", tf.greater],
  ["greaterEqual", tf.greaterEqual],
  ["less", tf.less],
  ["lessEqual", tf.lessEqual],
  ["equal", tf.equal],
  ["notEqual", tf.notEqual],
];

/** Functions of single values, of pairs with broadcasting, and comparisons. */
export const elementwiseCases = (): BackendCase[] => [
  ...unary.flatMap(([name, op, input]) =>
    lengths.map((shape) =>
      (withoutGradient.has(name) ? forward : smooth)(`${name} [${shape}]`, [input ? input(...shape) : shape], (x) =>
        op(x!),
      ),
    ),
  ),
  ...binary.flatMap(([name, op, input]) =>
    pairs.map(([a, b]) =>
      (withoutGradient.has(name) ? forward : smooth)(
        `${name} [${a}] [${b}]`,
        [input ? input(...a) : a, input ? input(...b) : b],
        (x, y) => op(x!, y!),
      ),
    ),
  ),
  ...comparisons.flatMap(([name, op]) =>
    pairs.map(([a, b]) =>
      forward(
        `${name} [${a}] [${b}]`,
        [integers(3, ...a), integers(3, ...b)].map((i) => ({ ...i, dtype: "float32" })),
        (x, y) => op(tf.round(x!), tf.round(y!)),
      ),
    ),
  ),
  forward("add int32", [integers(90, 3, 4), integers(90, 4)], (a, b) => tf.add(a!, b!)),
  forward("floorDiv int32", [integers(90, 3, 4), { ...integers(9, 4), low: 1 }], (a, b) => tf.floorDiv(a!, b!)),
  forward("mod", [positive(5, 4), positive(4)], (a, b) => tf.mod(a!, b!)),
  forward("logical and, or, not", [flags(3, 4), flags(3, 4)], (a, b) =>
    tf.logicalOr(tf.logicalAnd(a!, b!), tf.logicalNot(a!)),
  ),
  { ...smooth("where", [flags(3, 4), [3, 4], [3, 4]], (c, a, b) => tf.where(c!, a!, b!)), gradients: [1, 2] },
  forward("cast", [[3, 7]], (x) =>
    tf.add(tf.cast(tf.cast(tf.mul(x!, 10), "int32"), "float32"), tf.cast(tf.greater(x!, 0), "float32")),
  ),
  forward("isNaN, isFinite", [[5]], (x) => tf.logicalOr(tf.isNaN(tf.log(x!)), tf.isFinite(tf.div(1, tf.relu(x!))))),
  smooth("prelu, one slope a channel", [[2, 5, 3], [3]], (x, a) => tf.prelu(x!, a!)),
  smooth("prelu, one slope", [[2, 5, 3], [1]], (x, a) => tf.prelu(x!, a!)),
  smooth(
    "addN",
    [
      [3, 5],
      [3, 5],
      [3, 5],
    ],
    (a, b, c) => tf.addN([a!, b!, c!]),
  ),
];

/** What comes of NaN, infinities and zeros. WGSL leaves it to the graphics card, so that it is no question of parity. */
export const specialCases = (): BackendCase[] =>
  specialOps.map(([name, op]) =>
    forward(`${name} of NaN, infinities and zeros`, [], () => {
      const y = op(tf.tensor1d(special));
      const lost = tf.isNaN(y);
      return [lost, tf.clipByValue(tf.where(lost, tf.zerosLike(y), y), -1e30, 1e30)];
    }),
  );

import * as tf from "@tensorflow/tfjs-core";
import { type BackendCase, flags, forward, smooth, unit } from "./case.ts";

const reductions: readonly [string, (x: tf.Tensor, axis?: number | number[], keep?: boolean) => tf.Tensor, boolean][] =
  [
    ["sum", tf.sum, true],
    ["mean", tf.mean, true],
    ["max", tf.max, true],
    ["min", tf.min, true],
    ["prod", (x, axis, keep) => tf.prod(x, axis, keep), false],
  ];

/** Sums, means and extremes over any axes, and what normalizes along one. */
export const reductionCases = (): BackendCase[] => [
  ...reductions.flatMap(([name, op, gradient]) =>
    (
      [
        [[2, 3, 5], undefined],
        [[2, 3, 5], [2]],
        [
          [2, 3, 5],
          [0, 1],
        ],
        [
          [4, 37, 6],
          [0, 1],
        ],
        [[4, 37, 6], [1]],
        [
          [2, 3, 4, 5],
          [1, 2],
        ],
        [
          [2, 3, 4, 5],
          [0, 2, 3],
        ],
        [[300, 260], [0]],
      ] as const
    ).flatMap(([shape, axes]) =>
      [false, true].map((keep) => {
        const run = (x: tf.Tensor) => op(x, axes && [...axes], keep);
        const title = `${name} of [${shape}] over ${axes ? `[${axes}]` : "all"}${keep ? ", kept" : ""}`;
        // Products of many numbers are 0 or overflow.
        if (name === "prod" && shape[0] === 300) return forward(title, [unit(3, 4)], run);
        return gradient ? smooth(title, [shape], (x) => run(x!)) : forward(title, [unit(...shape)], (x) => run(x!));
      }),
    ),
  ),
  forward("sum of none", [[0, 3]], (x) => tf.sum(x!, 0)),
  forward("argMax, argMin", [[4, 9]], (x) => [tf.argMax(x!, 1), tf.argMin(x!, 0)]),
  forward("all, any", [flags(4, 9)], (x) => [tf.all(x!, 1), tf.any(x!, 0)]),
  forward("topk", [[4, 9]], (x) => {
    const { values, indices } = tf.topk(x!, 3);
    return [values, indices];
  }),
  smooth("cumsum", [[4, 9]], (x) => tf.cumsum(x!, 1, true, true)),
  smooth("softmax", [[5, 7]], (x) => tf.softmax(x!)),
  smooth("logSoftmax", [[2, 5, 7]], (x) => tf.logSoftmax(x!)),
  smooth("logSumExp", [[5, 7]], (x) => tf.logSumExp(x!, 1)),
];

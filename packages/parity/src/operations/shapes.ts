import * as tf from "@tensorflow/tfjs-core";
import { type BackendCase, forward, integers, positive, smooth } from "./case.ts";

type T4 = tf.Tensor4D;

/** Moving values about, and normalization. */
export const shapeCases = (): BackendCase[] => [
  smooth("reshape", [[2, 3, 4]], (x) => tf.reshape(x!, [6, 4])),
  ...[
    [1, 0, 2],
    [0, 2, 1],
    [2, 1, 0],
    [2, 0, 1],
  ].map((perm) => smooth(`transpose [${perm}]`, [[3, 5, 9]], (x) => tf.transpose(x!, perm))),
  smooth("transpose [0,2,3,1]", [[2, 3, 4, 5]], (x) => tf.transpose(x!, [0, 2, 3, 1])),
  smooth("transpose [0,1,4,2,3]", [[2, 3, 2, 4, 3]], (x) => tf.transpose(x!, [0, 1, 4, 2, 3])),
  smooth("transpose of six dimensions", [[2, 3, 2, 2, 2, 3]], (x) => tf.transpose(x!, [0, 1, 4, 2, 5, 3])),
  ...[0, 1, 2].map((axis) =>
    smooth(
      `concat along ${axis}`,
      [
        [2, 3, 5],
        [2, 3, 5],
      ],
      (a, b) => tf.concat([a!, b!], axis),
    ),
  ),
  smooth(
    "concat of unequal parts",
    [
      [2, 1, 5],
      [2, 4, 5],
      [2, 0, 5],
    ],
    (a, b, c) => tf.concat([a!, b!, c!], 1),
  ),
  smooth("slice", [[4, 6, 5]], (x) => tf.slice(x!, [1, 2, 0], [2, 3, 4])),
  forward("stridedSlice", [[6, 7]], (x) => tf.stridedSlice(x!, [1, 6], [6, 0], [2, -2])),
  smooth("split", [[4, 6]], (x) => tf.split(x!, [2, 3, 1], 1)),
  smooth("pad", [[2, 3, 4]], (x) =>
    tf.pad(x!, [
      [0, 0],
      [1, 2],
      [3, 0],
    ]),
  ),
  smooth("pad of five dimensions", [[2, 2, 3, 2, 2]], (x) =>
    tf.pad(x!, [
      [0, 0],
      [1, 2],
      [0, 1],
      [2, 0],
      [0, 0],
    ]),
  ),
  forward("mirrorPad", [[4, 5]], (x) => [
    tf.mirrorPad(
      x!,
      [
        [1, 2],
        [3, 1],
      ],
      "reflect",
    ),
    tf.mirrorPad(
      x!,
      [
        [1, 2],
        [3, 1],
      ],
      "symmetric",
    ),
  ]),
  smooth("tile", [[2, 3, 4]], (x) => tf.tile(x!, [2, 1, 3])),
  smooth("broadcastTo", [[1, 3, 1]], (x) => tf.broadcastTo(x!, [4, 3, 5])),
  smooth(
    "stack, unstack",
    [
      [3, 4],
      [3, 4],
    ],
    (a, b) => tf.unstack(tf.stack([a!, b!], 1), 2),
  ),
  { ...smooth("gather", [[7, 4], integers(7, 3, 2)], (x, i) => tf.gather(x!, i!)), gradients: [0] },
  forward("gather along the last axis", [[2, 3, 7], integers(7, 4)], (x, i) => tf.gather(x!, i!, 2)),
  smooth("reverse", [[3, 4, 5]], (x) => tf.reverse(x!, [0, 2])),
  forward("oneHot", [integers(5, 6)], (i) => tf.oneHot(i!, 5, 0.9, 0.1, "float32")),
  smooth("spaceToBatchND", [[1, 4, 6, 2]], (x) =>
    tf.spaceToBatchND(
      x!,
      [2, 3],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  ),
  smooth("batchToSpaceND", [[6, 2, 2, 2]], (x) =>
    tf.batchToSpaceND(
      x!,
      [2, 3],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  ),
  forward("depthToSpace", [[2, 3, 4, 8]], (x) => tf.depthToSpace(x as T4, 2)),
  forward("fill, range, linspace, eye", [[1]], () => [
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- of tensors, not of arrays
    tf.fill([2, 3], 7),
    tf.range(2, 9, 2),
    tf.linspace(0, 1, 5),
    tf.eye(3),
  ]),
  smooth("batchNorm", [[2, 5, 3], [3], positive(3), [3], [3]], (x, mean, variance, offset, scale) =>
    tf.batchNorm(x!, mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D, 1e-3),
  ),
  smooth("moments", [[4, 9, 3]], (x) => {
    const { mean, variance } = tf.moments(x!, [0, 1]);
    return [mean, variance];
  }),
  forward("unsortedSegmentSum", [[6, 3], integers(4, 6)], (x, i) => tf.unsortedSegmentSum(x!, i as tf.Tensor1D, 4)),
];

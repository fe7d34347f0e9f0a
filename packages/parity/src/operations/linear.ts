import * as tf from "@tensorflow/tfjs-core";
import { type BackendCase, forward, smooth } from "./case.ts";

type T4 = tf.Tensor4D;
type T5 = tf.Tensor5D;

const matrices: readonly [string, readonly number[], readonly number[], boolean, boolean][] = [
  ["plain", [5, 7], [7, 3], false, false],
  ["one row", [1, 70], [70, 33], false, false],
  ["one column", [33, 70], [70, 1], false, false],
  ["a transposed", [7, 5], [7, 3], true, false],
  ["b transposed", [5, 7], [3, 7], false, true],
  ["both transposed", [7, 5], [3, 7], true, true],
  ["batch", [4, 5, 7], [4, 7, 3], false, false],
  ["batch, b transposed", [2, 2, 5, 7], [2, 2, 3, 7], false, true],
  ["b shared", [4, 5, 7], [7, 3], false, false],
  ["a shared", [5, 7], [4, 7, 3], false, false],
  ["nothing inside", [5, 0], [0, 3], false, false],
  ["nothing outside", [0, 5], [5, 3], false, false],
  ["large", [130, 140], [140, 150], false, false],
];

/** Matrix products. */
export const productCases = (): BackendCase[] => [
  ...matrices.map(([name, a, b, ta, tb]) => smooth(`matMul, ${name}`, [a, b], (x, y) => tf.matMul(x!, y!, ta, tb))),
  ...(["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const).map((activation) =>
    forward(`fused matMul, ${activation}`, [[5, 7], [7, 9], [9]], (a, b, bias) =>
      tf.fused.matMul({
        a: a!,
        b: b!,
        bias: bias!,
        activation,
        leakyreluAlpha: 0.1,
        transposeA: false,
        transposeB: false,
      }),
    ),
  ),
];

type Padding = "same" | "valid" | [[number, number], [number, number], [number, number], [number, number]];
const images: readonly [string, readonly number[], readonly number[], number | [number, number], Padding, number?][] = [
  ["3×3 same", [2, 6, 7, 3], [3, 3, 3, 4], 1, "same"],
  ["1×3 same, a spectrum", [3, 1, 20, 4], [1, 3, 4, 5], 1, "same"],
  ["1×1", [2, 5, 4, 3], [1, 1, 3, 9], 1, "valid"],
  ["valid", [2, 6, 7, 3], [3, 2, 3, 4], 1, "valid"],
  ["even size", [2, 6, 7, 3], [4, 2, 3, 4], 1, "same"],
  ["one channel in, one out", [1, 9, 8, 1], [3, 3, 1, 1], 1, "same"],
  ["stride 2", [2, 7, 8, 3], [3, 3, 3, 4], 2, "same"],
  ["stride 2 and 3, ragged", [2, 8, 9, 3], [3, 3, 3, 4], [2, 3], "valid"],
  ["stride beyond the filter", [1, 9, 9, 2], [2, 2, 2, 3], 3, "valid"],
  [
    "7×7 stride 2 padded by 3",
    [1, 12, 13, 2],
    [7, 7, 2, 3],
    2,
    [
      [0, 0],
      [3, 3],
      [3, 3],
      [0, 0],
    ],
  ],
  [
    "padded by more than the filter reaches",
    [1, 5, 5, 2],
    [2, 2, 2, 3],
    1,
    [
      [0, 0],
      [2, 3],
      [2, 2],
      [0, 0],
    ],
  ],
  ["large", [4, 1, 150, 20], [1, 5, 20, 24], 1, "same"],
];

/** Convolutions of one, two and three dimensions. */
export const convolutionCases = (): BackendCase[] => [
  ...images.map(([name, x, f, stride, pad]) =>
    smooth(`conv2d, ${name}`, [x, f], (a, b) => tf.conv2d(a as T4, b as T4, stride, pad)),
  ),
  // tfjs has no gradient of a dilated convolution.
  forward(
    "conv2d, dilated by 2",
    [
      [2, 9, 8, 3],
      [3, 3, 3, 4],
    ],
    (a, b) => tf.conv2d(a as T4, b as T4, 1, "same", "NHWC", 2),
  ),
  forward(
    "conv2d, empty batch",
    [
      [0, 6, 7, 3],
      [3, 3, 3, 4],
    ],
    (a, b) => tf.conv2d(a as T4, b as T4, 1, "same"),
  ),
  smooth(
    "conv2dTranspose, stride 2",
    [
      [2, 4, 5, 3],
      [3, 3, 4, 3],
    ],
    (a, b) => tf.conv2dTranspose(a as T4, b as T4, [2, 8, 10, 4], 2, "same"),
  ),
  ...(["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const).map((activation) =>
    forward(`fused conv2d, ${activation}`, [[2, 6, 7, 3], [3, 3, 3, 9], [9]], (x, f, bias) =>
      tf.fused.conv2d({
        x: x as T4,
        filter: f as T4,
        bias: bias!,
        strides: 1,
        pad: "same",
        activation,
        leakyreluAlpha: 0.1,
      }),
    ),
  ),
  forward("fused conv2d, prelu", [[2, 6, 7, 3], [3, 3, 3, 9], [9], [9]], (x, f, bias, slope) =>
    tf.fused.conv2d({
      x: x as T4,
      filter: f as T4,
      bias: bias!,
      strides: 1,
      pad: "same",
      activation: "prelu",
      preluActivationWeights: slope!,
    }),
  ),
  ...(
    [
      [1, "same"],
      [2, "same"],
      [1, "valid"],
    ] as const
  ).map(([stride, pad]) =>
    smooth(
      `depthwiseConv2d, stride ${stride}, ${pad}`,
      [
        [2, 7, 8, 3],
        [3, 3, 3, 2],
      ],
      (a, b) => tf.depthwiseConv2d(a as T4, b as T4, stride, pad),
    ),
  ),
  ...(
    [
      [1, "same", 3],
      [2, "same", 3],
      [2, "valid", 2],
      [1, "valid", 1],
    ] as const
  ).map(([stride, pad, size]) =>
    smooth(
      `conv3d ${size}³, stride ${stride}, ${pad}`,
      [
        [2, 5, 6, 7, 3],
        [size, size, size, 3, 4],
      ],
      (a, b) => tf.conv3d(a as T5, b as T5, stride, pad),
    ),
  ),
];

import * as tf from "@tensorflow/tfjs-core";
import type { FusedKernel } from "@spectrai/core";

interface Described {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}
type Inputs = Readonly<Record<string, Described>>;

/** The attributes of all kernels together; each has some of them. */
interface Attributes extends Record<string, unknown> {
  readonly axis: number;
  readonly batchDims?: number;
  readonly begin: unknown;
  readonly size: unknown;
  readonly dim: number;
  readonly dtype: tf.DataType;
  readonly factor: number;
  readonly factors: readonly number[];
  readonly groups: number;
  readonly numOrSizeSplits: number | number[];
  readonly paddings: readonly (readonly [number, number])[];
  readonly crops: readonly (readonly [number, number])[];
  readonly blockShape: readonly number[];
  readonly perm: readonly number[];
  readonly reps: readonly number[];
  readonly shape: number[];
  readonly to: readonly number[];
}
type Rule = (inputs: Inputs, attributes: Attributes) => Described | Described[];

const first = (inputs: Inputs): Described => Object.values(inputs)[0]!;
const same: Rule = first;
const withShape = ({ dtype }: Described, shape: readonly number[]): Described => ({ shape, dtype });
const broadcast = (...shapes: (readonly number[])[]): number[] =>
  shapes.reduce<number[]>((a, b) => tf.broadcast_util.assertAndGetBroadcastShape(a, [...b]), []);

const binary: Rule = (inputs) => {
  const [a, b] = Object.values(inputs);
  return withShape(a!, broadcast(a!.shape, b!.shape));
};
const comparison: Rule = (inputs) => {
  const [a, b] = Object.values(inputs);
  return { shape: broadcast(a!.shape, b!.shape), dtype: "bool" };
};

export const reducedAxes = (attributes: Record<string, unknown>, shape: readonly number[]): number[] => {
  const axis = (attributes["axis"] ?? attributes["reductionIndices"]) as number | number[];
  return tf.util.parseAxisParam(axis, [...shape]);
};
const reduction: Rule = (inputs, attributes) => {
  const x = first(inputs);
  const axes = reducedAxes(attributes, x.shape);
  const shape = attributes["keepDims"]
    ? x.shape.map((d, i) => (axes.includes(i) ? 1 : d))
    : x.shape.filter((_, i) => !axes.includes(i));
  return withShape(x, shape);
};
const position: Rule = (inputs, attributes) => ({ ...(reduction(inputs, attributes) as Described), dtype: "int32" });

type Four = [number, number, number, number];
type Five = [number, number, number, number, number];
export const conv2dInfo = (
  x: readonly number[],
  filter: readonly number[],
  a: Record<string, unknown>,
  depthwise: boolean,
) =>
  tf.backend_util.computeConv2DInfo(
    [...x] as Four,
    [...filter] as Four,
    a["strides"] as [number, number],
    (a["dilations"] ?? 1) as number,
    a["pad"] as "same",
    a["dimRoundingMode"] as "floor",
    depthwise,
    "channelsLast",
  );
export const conv3dInfo = (x: readonly number[], filter: readonly number[], a: Record<string, unknown>) =>
  tf.backend_util.computeConv3DInfo(
    [...x] as Five,
    [...filter] as Five,
    a["strides"] as [number, number, number],
    (a["dilations"] ?? 1) as number,
    a["pad"] as "same",
  );
export const pool2dInfo = (x: readonly number[], a: Record<string, unknown>) =>
  tf.backend_util.computePool2DInfo(
    [...x] as Four,
    a["filterSize"] as [number, number],
    a["strides"] as [number, number],
    1,
    a["pad"] as "same",
    a["dimRoundingMode"] as "floor",
  );
export const pool3dInfo = (x: readonly number[], a: Record<string, unknown>) =>
  tf.backend_util.computePool3DInfo(
    [...x] as Five,
    a["filterSize"] as [number, number, number],
    a["strides"] as [number, number, number],
    1,
    a["pad"] as "same",
    a["dimRoundingMode"] as "floor",
    "NDHWC",
  );

const conv2d =
  (depthwise: boolean): Rule =>
  ({ x, filter }, a) =>
    withShape(x!, conv2dInfo(x!.shape, filter!.shape, a, depthwise).outShape);
const conv3d: Rule = ({ x, filter }, a) => withShape(x!, conv3dInfo(x!.shape, filter!.shape, a).outShape);

const matMul: Rule = ({ a, b }, { transposeA, transposeB }) => {
  const [rows, inner] = transposeA ? [a!.shape.at(-1)!, a!.shape.at(-2)!] : [a!.shape.at(-2)!, a!.shape.at(-1)!];
  const [inner2, columns] = transposeB ? [b!.shape.at(-1)!, b!.shape.at(-2)!] : [b!.shape.at(-2)!, b!.shape.at(-1)!];
  tf.util.assert(
    inner === inner2,
    () => `Products of [${a!.shape.join(", ")}] and [${b!.shape.join(", ")}] do not exist.`,
  );
  return withShape(a!, [...broadcast(a!.shape.slice(0, -2), b!.shape.slice(0, -2)), rows, columns]);
};

const padded: Rule = ({ x }, { paddings }) =>
  withShape(
    x!,
    x!.shape.map((d, i) => d + paddings[i]![0] + paddings[i]![1]),
  );

export const sliceParams = (shape: readonly number[], begin: unknown, size: unknown): [number[], number[]] =>
  tf.slice_util.parseSliceParams(
    { shape: [...shape], dtype: "float32", dataId: {} },
    begin as number[],
    size as number[],
  ) as [number[], number[]];

const joined: Rule = (inputs, { axis }) => {
  const parts = Object.values(inputs);
  const at = tf.util.parseAxisParam(axis, [...parts[0]!.shape])[0]!;
  return withShape(
    parts[0]!,
    parts[0]!.shape.map((d, i) => (i === at ? parts.reduce((n, p) => n + p.shape[at]!, 0) : d)),
  );
};

const inserted = (shape: readonly number[], at: number, d: number): number[] => [
  ...shape.slice(0, at),
  d,
  ...shape.slice(at),
];

/** Scale factors of a block; the first and last dimensions of a tensor are no part of it. */
const spatial = (shape: readonly number[], of: (d: number, i: number) => number): number[] =>
  shape.map((d, i) => (i === 0 || i === shape.length - 1 ? d : of(d, i - 1)));

const unary = [
  tf.Identity, tf.Relu, tf.Relu6, tf.LeakyRelu, tf.Elu, tf.Selu, tf.Sigmoid, tf.Tanh, tf.Softplus, tf.Erf, tf.Exp, tf.Expm1,
  tf.Log, tf.Log1p, tf.Sqrt, tf.Rsqrt, tf.Square, tf.Abs, tf.Neg, tf.Sign, tf.Floor, tf.Ceil, tf.Round, tf.Sin, tf.Cos,
  tf.Reciprocal, tf.Step, tf.ClipByValue, tf.LogicalNot, tf.Softmax, tf.LogSoftmax, tf.FusedBatchNorm, tf.Prelu, tf.Reverse,
  tf.ZerosLike, tf.OnesLike, tf.Cumsum,
]; // prettier-ignore
const arithmetic = [
  tf.Add, tf.Sub, tf.Multiply, tf.RealDiv, tf.Pow, tf.Maximum, tf.Minimum, tf.SquaredDifference, tf.FloorDiv, tf.Mod,
]; // prettier-ignore
const comparisons = [
  tf.Equal, tf.NotEqual, tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual, tf.LogicalAnd, tf.LogicalOr,
]; // prettier-ignore

/** Kernels beyond tfjs's own: those of core's list that say what ONNX says in one operation. */
const fused: Partial<Record<FusedKernel, Rule>> = {
  FusedConv3D: conv3d,
  InterpolateLinear: ({ x }, { to }) =>
    withShape(
      x!,
      spatial(x!.shape, (_, i) => to[i]!),
    ),
  RepeatPoints: ({ x }, { factors }) =>
    withShape(
      x!,
      spatial(x!.shape, (d, i) => d * factors[i]!),
    ),
  PixelShuffle: ({ x }, { factor }) => {
    const { shape } = x!;
    const channels = shape.at(-1)! / factor ** (shape.length - 2);
    return withShape(x!, [...spatial(shape, (d) => d * factor).slice(0, -1), channels]);
  },
  PositionMean: ({ x }) => withShape(x!, [x!.shape[0]!, x!.shape.at(-1)!]),
  Normalize: ({ x }, { acrossBatch, groups }) => {
    const moments = withShape(x!, [acrossBatch ? 1 : x!.shape[0]!, groups]);
    return [x!, moments, moments];
  },
  AddScaled: ({ y }) => y!,
};

/** The shape and type of what each kernel gives, from its inputs and attributes. A kernel that is not here has no ONNX form. */
export const shapeRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(unary.map((name) => [name, same])),
  ...Object.fromEntries(arithmetic.map((name) => [name, binary])),
  ...Object.fromEntries(comparisons.map((name) => [name, comparison])),
  ...Object.fromEntries([tf.Sum, tf.Mean, tf.Prod, tf.Max, tf.Min, tf.All, tf.Any].map((name) => [name, reduction])),
  [tf.ArgMax]: position,
  [tf.ArgMin]: position,
  [tf.AddN]: same,
  [tf.Cast]: ({ x }, { dtype }) => ({ shape: x!.shape, dtype }),
  [tf.Select]: ({ condition, t, e }) => withShape(t!, broadcast(condition!.shape, t!.shape, e!.shape)),
  [tf.Conv2D]: conv2d(false),
  [tf.FusedConv2D]: conv2d(false),
  [tf.DepthwiseConv2dNative]: conv2d(true),
  [tf.FusedDepthwiseConv2D]: conv2d(true),
  [tf.Conv3D]: conv3d,
  [tf.MaxPool]: ({ x }, a) => withShape(x!, pool2dInfo(x!.shape, a).outShape),
  [tf.AvgPool]: ({ x }, a) => withShape(x!, pool2dInfo(x!.shape, a).outShape),
  [tf.MaxPool3D]: ({ x }, a) => withShape(x!, pool3dInfo(x!.shape, a).outShape),
  [tf.AvgPool3D]: ({ x }, a) => withShape(x!, pool3dInfo(x!.shape, a).outShape),
  [tf.BatchMatMul]: matMul,
  [tf._FusedMatMul]: matMul,
  [tf.PadV2]: padded,
  [tf.MirrorPad]: padded,
  [tf.Slice]: ({ x }, { begin, size }) => withShape(x!, sliceParams(x!.shape, begin, size)[1]),
  [tf.Concat]: joined,
  [tf.Pack]: (inputs, { axis }) => {
    const parts = Object.values(inputs);
    return withShape(parts[0]!, inserted(parts[0]!.shape, axis, parts.length));
  },
  [tf.Unpack]: ({ value }, { axis }) =>
    Array.from({ length: value!.shape[axis]! }, () =>
      withShape(
        value!,
        value!.shape.filter((_, i) => i !== axis),
      ),
    ),
  [tf.SplitV]: ({ x }, { numOrSizeSplits, axis }) => {
    const at = tf.util.parseAxisParam(axis, [...x!.shape])[0]!;
    const sizes = tf.backend_util.prepareSplitSize({ ...x!, rank: x!.shape.length } as never, numOrSizeSplits, at);
    return sizes.map((n) =>
      withShape(
        x!,
        x!.shape.map((d, i) => (i === at ? n : d)),
      ),
    );
  },
  [tf.Transpose]: ({ x }, { perm }) =>
    withShape(
      x!,
      perm.map((i) => x!.shape[i]!),
    ),
  [tf.Reshape]: ({ x }, { shape }) =>
    withShape(x!, tf.util.inferFromImplicitShape(shape, tf.util.sizeFromShape([...x!.shape]))),
  [tf.ExpandDims]: ({ input }, { dim }) => {
    const rank = input!.shape.length;
    return withShape(input!, inserted(input!.shape, dim < 0 ? rank + 1 + dim : dim, 1));
  },
  [tf.Tile]: ({ x }, { reps }) =>
    withShape(
      x!,
      x!.shape.map((d, i) => d * reps[i]!),
    ),
  [tf.GatherV2]: ({ x, indices }, { axis, batchDims = 0 }) => {
    const at = tf.util.parseAxisParam(axis, [...x!.shape])[0]!;
    return withShape(x!, [...x!.shape.slice(0, at), ...indices!.shape.slice(batchDims), ...x!.shape.slice(at + 1)]);
  },
  [tf.SpaceToBatchND]: ({ x }, { blockShape, paddings }) => {
    const blocks = [...blockShape];
    return withShape(x!, [
      x!.shape[0]! * tf.util.sizeFromShape(blocks),
      ...x!.shape
        .slice(1)
        .map((d, i) => (i < blocks.length ? (d + paddings[i]![0] + paddings[i]![1]) / blocks[i]! : d)),
    ]);
  },
  [tf.BatchToSpaceND]: ({ x }, { blockShape, crops }) => {
    const blocks = [...blockShape];
    return withShape(x!, [
      x!.shape[0]! / tf.util.sizeFromShape(blocks),
      ...x!.shape.slice(1).map((d, i) => (i < blocks.length ? d * blocks[i]! - crops[i]![0] - crops[i]![1] : d)),
    ]);
  },
  ...fused,
};

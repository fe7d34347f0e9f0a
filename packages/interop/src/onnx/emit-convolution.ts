import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import { attribute, type Emit, isConstant } from "./emit.ts";
import { activate } from "./emit-elementwise.ts";
import { arrange, type Graph, numbersOf } from "./graph.ts";
import type { Operation } from "./merge.ts";
import type { OnnxAttribute } from "./onnx-format.ts";
import { conv2dInfo, conv3dInfo, pool2dInfo, pool3dInfo } from "./shape-rules.ts";
import { combine, isFixed, isUnit, type Size, Value } from "./value.ts";

/** A window's way over one spatial axis. */
interface Way {
  /** The axis of the value. */
  readonly axis: number;
  readonly window: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: Size;
  readonly after: Size;
}

/** Axes of one point that a window does not change are left out: a spectrum is an image of height 1 in tfjs. */
function usedWays(ways: readonly Way[], x: Value): Way[] {
  const used = ways.filter(
    (w) => !(isUnit(x.sizes[w.axis]!) && w.window === 1 && isUnit(combine((a, b) => a + b + 1, w.before, w.after))),
  );
  return used.length > 0 ? used : ways.slice(-1);
}

/** Attributes for the ways, and the tensor, padded before where no attribute says it. */
function windowed(
  graph: Graph,
  x: Value,
  order: readonly number[],
  ways: readonly Way[],
  filler: number,
): { readonly name: string; readonly attributes: Record<string, OnnxAttribute> } {
  const name = graph.as(x, order);
  const attributes: Record<string, OnnxAttribute> = { strides: ways.map((w) => w.stride) };
  const [before, after] = [ways.map((w) => w.before), ways.map((w) => w.after)];
  if ([...before, ...after].every(isFixed))
    return { name, attributes: { ...attributes, pads: [...before, ...after].map((s) => s[0]!) } };
  if (ways.every((w) => isSame(w, x))) return { name, attributes: { ...attributes, auto_pad: "SAME_UPPER" } };
  const zeros = [[0], [0]];
  const pads = graph.sizes([...zeros, ...before, ...zeros, ...after]);
  return { name: graph.node("Pad", [name, pads, graph.scalar(filler)]), attributes };
}

/** Whether the padding is what ONNX adds by itself to get ⌈points / stride⌉ points. */
const isSame = ({ axis, window, stride, dilation, before, after }: Way, x: Value): boolean =>
  x.sizes[axis]!.every((n, k) => {
    const total = Math.max((Math.ceil(n / stride) - 1) * stride + (window - 1) * dilation + 1 - n, 0);
    return before[k] === total >> 1 && after[k] === total - (total >> 1);
  });

const shapesOf = (value: Value): number[][] =>
  Array.from({ length: value.traces }, (_, k) => value.sizes.map((size) => size[k]!));

/** What tfjs says of each trace, axis by axis. */
function waysOf(spatial: readonly number[], window: readonly number[], of: readonly Steps[]): Way[] {
  return spatial.map((axis, i) => ({
    axis,
    window: window[i]!,
    stride: of[0]!.strides[i]!,
    dilation: of[0]!.dilations[i]!,
    before: of.map((s) => s.before[i]!),
    after: of.map((s) => s.after[i]!),
  }));
}

interface Steps {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}
const steps2d = (info: tf.backend_util.Conv2DInfo): Steps => ({
  strides: [info.strideHeight, info.strideWidth],
  dilations: [info.dilationHeight, info.dilationWidth],
  before: [info.padInfo.top, info.padInfo.left],
  after: [info.padInfo.bottom, info.padInfo.right],
});
const steps3d = (info: tf.backend_util.Conv3DInfo): Steps => ({
  strides: [info.strideDepth, info.strideHeight, info.strideWidth],
  dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
  before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
  after: [info.padInfo.back, info.padInfo.bottom, info.padInfo.right],
});

const convolution =
  (dimensions: 2 | 3, depthwise: boolean): Emit =>
  (operation, graph) => {
    const { x, filter, bias } = operation.inputs as { x: Value; filter: Value; bias?: Value };
    if (!isConstant(filter) || (bias && !isConstant(bias)))
      throw new SpectraiError(
        "SPECTRAI_EXPORT_UNSUPPORTED",
        "The network makes a convolution's kernel from its input, which has no ONNX form here; export another network.",
      );
    const dealt = x.layouts.length === 0 ? x.dealt : undefined;
    const kernel = filter.sizes.map((size) => size[0]!);
    const infos = shapesOf(x).map((shape, k) => {
      const a = operation.attributes[k]!;
      return dimensions === 2
        ? steps2d(conv2dInfo(shape, kernel, a, depthwise))
        : steps3d(conv3dInfo(shape, kernel, a));
    });
    const spatial = Array.from({ length: dimensions }, (_, i) => i + 1);
    let all = waysOf(spatial, kernel.slice(0, dimensions), infos);
    if (dealt)
      all = all.map((w, i) => ({
        ...w,
        dilation: dealt.blocks[i]!,
        before: combine((a, b) => a + b, dealt.pads[i]![0], w.before),
        after: combine((a, b) => a + b, dealt.pads[i]![1], w.after),
      }));
    const source = dealt?.of ?? x;
    const ways = usedWays(all, source);
    const axes = ways.map((w) => w.axis);
    const order = [0, source.rank - 1, ...axes];
    const { name, attributes } = windowed(graph, source, order, ways, 0);
    const weights = weightsOf(graph, filter, dimensions, axes, depthwise);
    const made = graph.node("Conv", [name, weights, ...(bias ? [graph.as(bias, [0])] : [])], {
      ...attributes,
      dilations: ways.map((w) => w.dilation),
      kernel_shape: ways.map((w) => w.window),
      group: depthwise ? kernel[dimensions]! : 1,
    });
    const result = activate(graph, made, operation);
    const out = operation.outputs[0]!;
    if (!dealt) return graph.set(out, result, order);
    const y = new Value(
      [source.sizes[0]!, ...all.map((w) => pointsAfter(source.sizes[w.axis]!, w)), out.sizes.at(-1)!],
      out.dtype,
    );
    graph.set(y, result, order);
    const none = out.sizes[0]!.map(() => 0);
    out.dealt = { of: y, blocks: dealt.blocks, pads: spatial.map(() => [none, none]) };
  };

const pointsAfter = (size: Size, { window, dilation, before, after }: Way): Size =>
  combine((n, a, b) => n + a + b - (window - 1) * dilation, size, before, after);

/** `[…kernel, in, out]` → `[out, in, …kernel]`; a depthwise `[…kernel, in, times]` → `[in · times, 1, …kernel]`. */
function weightsOf(
  graph: Graph,
  filter: Value,
  dimensions: number,
  axes: readonly number[],
  depthwise: boolean,
): string {
  const order = [dimensions + 1, dimensions, ...axes.map((axis) => axis - 1)];
  if (!depthwise) return graph.as(filter, order);
  const shape = filter.sizes.map((size) => size[0]!);
  const [inputs, times] = [shape[dimensions]!, shape[dimensions + 1]!];
  const { constant } = filter;
  const byChannel = [dimensions, dimensions + 1, ...axes.map((axis) => axis - 1)];
  return graph.initializer(
    constant!.parameter ?? "kernel",
    `depthwise ${constant!.key} ${byChannel.join(",")}`,
    () => ({
      dtype: "float32",
      dims: [inputs * times, 1, ...axes.map((axis) => shape[axis - 1]!)],
      data: arrange(numbersOf(filter), shape, byChannel, "float32"),
    }),
  );
}

const pooling =
  (op: "MaxPool" | "AveragePool", dimensions: 2 | 3): Emit =>
  (operation, graph) => {
    const { x } = operation.inputs as { x: Value };
    const infos = shapesOf(x).map((shape, k) => {
      const a = operation.attributes[k]!;
      return dimensions === 2 ? steps2d(pool2dInfo(shape, a)) : steps3d(pool3dInfo(shape, a));
    });
    const size = attribute<number | number[]>(operation, "filterSize");
    const window = typeof size === "number" ? Array.from({ length: dimensions }, () => size) : size;
    const ways = usedWays(
      waysOf(
        Array.from({ length: dimensions }, (_, i) => i + 1),
        window,
        infos,
      ),
      x,
    );
    const order = [0, x.rank - 1, ...ways.map((w) => w.axis)];
    if (
      op === "AveragePool" &&
      ways.some((w) => !isFixed(w.before) || !isFixed(w.after)) &&
      !ways.every((w) => isSame(w, x))
    )
      throw new SpectraiError(
        "SPECTRAI_EXPORT_UNSUPPORTED",
        "An average pooling whose padding follows the size has no ONNX form here; export another network.",
      );
    const { name, attributes } = windowed(graph, x, order, ways, -3.4e38);
    const result = graph.node(op, [name], {
      ...attributes,
      kernel_shape: ways.map((w) => w.window),
      // tfjs leaves what it pads out of the mean.
      ...(op === "AveragePool" ? { count_include_pad: 0 } : {}),
    });
    graph.set(operation.outputs[0]!, result, order);
  };

/** The first dealing back that follows says which points were only there to fill the last lot. */
const spaceToBatch: Emit = ({ inputs, outputs, ...operation }, _graph, following) => {
  const x = inputs["x"]!;
  const blocks = attribute<number[]>({ inputs, outputs, ...operation }, "blockShape");
  const back = following().find((op) => op.kernel === tf.BatchToSpaceND);
  const backBlocks = back?.attributes[0]?.["blockShape"];
  if (!back || x.rank !== blocks.length + 2 || JSON.stringify(backBlocks) !== JSON.stringify(blocks))
    throw notDilated();
  const pads = blocks.map((_, i): [Size, Size] => {
    const end = (list: Operation, name: string, which: 0 | 1): Size =>
      list.attributes.map((a) => (a![name] as number[][])[i]![which]!);
    const self = { inputs, outputs, ...operation };
    return [end(self, "paddings", 0), combine((a, b) => a - b, end(self, "paddings", 1), end(back, "crops", 1))];
  });
  outputs[0]!.dealt = { of: x, blocks, pads };
};

const batchToSpace: Emit = ({ inputs, outputs }, graph) => {
  const dealt = inputs["x"]!.dealt;
  const out = outputs[0]!;
  if (!dealt || !dealt.of.sizes.every((size, i) => size.every((v, k) => v === out.sizes[i]![k]))) throw notDilated();
  graph.place(dealt.of);
  for (const { name, order } of dealt.of.layouts) graph.set(out, name, order);
};

const notDilated = (): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_EXPORT_UNSUPPORTED",
    "The network deals points into a batch for something other than a dilated convolution of stride 1, which has no ONNX form here; export another network.",
  );

export const convolutionEmitters: Readonly<Record<string, Emit>> = {
  [tf.Conv2D]: convolution(2, false),
  [tf.FusedConv2D]: convolution(2, false),
  [tf.DepthwiseConv2dNative]: convolution(2, true),
  [tf.FusedDepthwiseConv2D]: convolution(2, true),
  [tf.Conv3D]: convolution(3, false),
  FusedConv3D: convolution(3, false),
  [tf.MaxPool]: pooling("MaxPool", 2),
  [tf.AvgPool]: pooling("AveragePool", 2),
  [tf.MaxPool3D]: pooling("MaxPool", 3),
  [tf.AvgPool3D]: pooling("AveragePool", 3),
  [tf.SpaceToBatchND]: spaceToBatch,
  [tf.BatchToSpaceND]: batchToSpace,
};

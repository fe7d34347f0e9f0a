import { SpectraiError } from "@spectrai/core";
import { attribute, type Emit, widened } from "./emit.ts";
import type { Graph } from "./graph.ts";
import type { Operation } from "./merge.ts";
import type { OnnxAttribute } from "./onnx-format.ts";
import { reduce } from "./emit-products.ts";
import { axesOf, channelsFirst, combine, isFixed, isUnit, type Size, Value } from "./value.ts";

/** Channels first, without spatial axes of one point (one is kept). */
function spatialOrder(x: Value, unchanged: (axis: number) => boolean): number[] {
  const spatial = axesOf(x).slice(1, -1);
  const used = spatial.filter((axis) => !(isUnit(x.sizes[axis]!) && unchanged(axis)));
  return [0, x.rank - 1, ...(used.length > 0 ? used : spatial.slice(-1))];
}

/** Resize: by factors where all sizes have them, otherwise to sizes. */
function resize(graph: Graph, x: Value, out: Value, attributes: Record<string, OnnxAttribute>): void {
  const order = spatialOrder(x, (axis) => isUnit(out.sizes[axis]!));
  const factors = order.map((axis) => combine((to, from) => to / from, out.sizes[axis]!, x.sizes[axis]!)).map((f) => f);
  const name = graph.as(x, order);
  const whole = factors.slice(2).every((f) => isFixed(f) && Number.isInteger(f[0]));
  const scales = (): string =>
    graph.initializer("scales", `scales ${factors.map((f) => f[0]).join(",")}`, () => ({
      dtype: "float32",
      dims: [order.length],
      data: Float32Array.from([1, 1, ...factors.slice(2).map((f) => f[0]!)]),
    }));
  const how = whole ? ["", scales()] : ["", "", graph.sizes(order.map((axis) => out.sizes[axis]!))];
  graph.set(out, graph.node("Resize", [name, ...how], attributes), order);
}

const interpolateLinear: Emit = ({ inputs, outputs, attributes }, graph) => {
  const alignCorners = attributes.find((a) => a !== undefined)!["alignCorners"] as boolean;
  resize(graph, inputs["x"]!, outputs[0]!, {
    mode: "linear",
    coordinate_transformation_mode: alignCorners ? "align_corners" : "half_pixel",
  });
};

const repeatPoints: Emit = ({ inputs, outputs }, graph) =>
  resize(graph, inputs["x"]!, outputs[0]!, {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });

/** `[N, C · fᵈ, …cells]` → `[N, C, f, …, f, …cells]` → each factor behind its cells. */
const pixelShuffle: Emit = (operation, graph) => {
  const x = operation.inputs["x"]!;
  const out = operation.outputs[0]!;
  const factor = attribute<number>(operation, "factor");
  const order = channelsFirst(x);
  const name = graph.as(x, order);
  if (x.rank === 4) {
    graph.set(out, graph.node("DepthToSpace", [name], { blocksize: factor, mode: "CRD" }), order);
    return;
  }
  const d = x.rank - 2;
  const [batch, channels] = [x.sizes[0]!, out.sizes.at(-1)!];
  const spatial = x.sizes.slice(1, -1);
  const f: Size = batch.map(() => factor);
  const dealt = graph.node("Reshape", [
    name,
    graph.shape([batch, channels, ...spatial.map(() => f), ...spatial], [batch]),
  ]);
  const perm = [0, 1, ...spatial.flatMap((_, i) => [2 + d + i, 2 + i])];
  const turned = graph.node("Transpose", [dealt], { perm });
  const shape = graph.shape(
    order.map((axis) => out.sizes[axis]!),
    [batch, channels],
  );
  graph.set(out, graph.node("Reshape", [turned, shape]), order);
};

/** Layer norm over channels, instance norm, or group norm by way of the latter. The moments beside it must not be used. */
const normalize: Emit = (operation, graph) => {
  const { x, scale, offset } = operation.inputs as { x: Value; scale: Value; offset: Value };
  const out = operation.outputs[0]!;
  const groups = attribute<number>(operation, "groups");
  const epsilon = { epsilon: { float: attribute<number>(operation, "eps") } };
  if (attribute<boolean>(operation, "acrossBatch"))
    throw new SpectraiError("SPECTRAI_INTERNAL", "A network normalizes by the batch's own statistics in evaluation.");
  const source = x.layouts.length === 0 && x.view && x.rank === 2 ? x.view : x;
  if (x.rank === 2 && groups === 1) {
    // Each row by itself: a layer norm over the last axis, also of what the rows were reshaped from.
    const order = axesOf(source);
    const last = source.rank - 1;
    const vectors = [scale, offset].map((v) => graph.as(v, [0]));
    const name = graph.node("LayerNormalization", [graph.as(source, order), ...vectors], { axis: last, ...epsilon });
    if (source === x) return graph.set(out, name, order);
    const y = new Value(source.sizes, out.dtype);
    graph.set(y, name, order);
    out.view = y;
    return;
  }
  if (x.rank === 2) return normalizeRows(graph, operation);
  const channels = x.sizes.at(-1)![0]!;
  const native = graph.native(x);
  const order = native[0] === 0 && native[1] === x.rank - 1 && native.length > 2 ? native : channelsFirst(x);
  const name = graph.as(x, order);
  const vectors = [scale, offset].map((v) => graph.as(v, [0]));
  if (groups === channels)
    return graph.set(out, graph.node("InstanceNormalization", [name, ...vectors], epsilon), order);
  const grouped = graph.node("Reshape", [name, graph.integers([0, groups, -1])]);
  const plain = (value: number): string =>
    graph.initializer("groups", `groups ${value} ${groups}`, () => ({
      dtype: "float32",
      dims: [groups],
      data: new Float32Array(groups).fill(value),
    }));
  const normal = graph.node("InstanceNormalization", [grouped, plain(1), plain(0)], epsilon);
  const back = graph.node("Reshape", [normal, graph.node("Shape", [name])]);
  const [by, plus] = [scale, offset].map((v) => graph.operand(widened(v, x.rank), order));
  graph.set(out, graph.node("Add", [graph.node("Mul", [back, by!]), plus!]), order);
};

/** Groups of channels of `[N, C]`, with no positions to pool. */
function normalizeRows(graph: Graph, operation: Operation): void {
  const { x, scale, offset } = operation.inputs as { x: Value; scale: Value; offset: Value };
  const groups = attribute<number>(operation, "groups");
  const width = x.sizes[1]![0]! / groups;
  const one = x.sizes[0]!;
  const name = graph.node("Reshape", [graph.as(x, [0, 1]), graph.integers([0, groups, width])]);
  const dealt = new Value([one, one.map(() => groups), one.map(() => width)], x.dtype);
  graph.set(dealt, name, [0, 1, 2]);
  const moment = (of: Value): string => {
    const out = new Value([one, one.map(() => groups), one.map(() => 1)], x.dtype);
    reduce(graph, "ReduceMean", out, of, [2], true);
    return graph.as(out, [0, 1, 2]);
  };
  const centred = new Value(dealt.sizes, x.dtype);
  graph.set(centred, graph.node("Sub", [name, moment(dealt)]), [0, 1, 2]);
  const at = graph.as(centred, [0, 1, 2]);
  const squares = new Value(dealt.sizes, x.dtype);
  graph.set(squares, graph.node("Mul", [at, at]), [0, 1, 2]);
  const deviation = graph.node("Sqrt", [
    graph.node("Add", [moment(squares), graph.scalar(attribute(operation, "eps"))]),
  ]);
  const normal = graph.node("Reshape", [graph.node("Div", [at, deviation]), graph.integers([0, groups * width])]);
  const product = graph.node("Mul", [normal, graph.as(scale, [0])]);
  graph.set(operation.outputs[0]!, graph.node("Add", [product, graph.as(offset, [0])]), [0, 1]);
}

export const fusedEmitters: Readonly<Record<string, Emit>> = {
  InterpolateLinear: interpolateLinear,
  RepeatPoints: repeatPoints,
  PixelShuffle: pixelShuffle,
  Normalize: normalize,
};

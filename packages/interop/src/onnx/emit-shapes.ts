import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import { alias, attribute, type Emit, isConstant, listOf, reshape, unitMatch } from "./emit.ts";
import { farthest, type Graph } from "./graph.ts";
import type { Operation } from "./merge.ts";
import { sliceParams } from "./shape-rules.ts";
import { axesOf, combine, isFixed, isUnit, sameSize, sameSizes, type Size, Value } from "./value.ts";

const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The order a value was made in, with axes of one point that an operation needs put back: channels second, others in place. */
function orderWith(graph: Graph, value: Value, needed: readonly number[]): number[] {
  const order = [...graph.native(value)];
  for (const axis of needed) {
    if (order.includes(axis)) continue;
    const at = axis === value.rank - 1 && order.length > 1 ? 1 : order.findIndex((other) => other > axis);
    order.splice(at < 0 ? order.length : at, 0, axis);
  }
  return order;
}

const reshapeEmit: Emit = ({ inputs, outputs }, graph) => {
  const x = Object.values(inputs)[0]!;
  const out = outputs[0]!;
  const dealt = x.layouts.length === 0 ? x.dealt : undefined;
  if (!dealt) return reshape(graph, out, x);
  // An axis of one point more or less, as around a convolution along one dimension.
  const match = unitMatch(x, out);
  if (!match) return graph.place(x);
  const none = x.sizes[0]!.map(() => 0);
  const spatial = match.slice(1, -1);
  const of = new Value(
    match.map((axis, i) => (axis === undefined ? out.sizes[i]! : dealt.of.sizes[axis]!)),
    out.dtype,
  );
  alias(graph, of, dealt.of, match);
  out.dealt = {
    of,
    blocks: spatial.map((axis) => (axis === undefined ? 1 : dealt.blocks[axis - 1]!)),
    pads: spatial.map((axis) => (axis === undefined ? [none, none] : dealt.pads[axis - 1]!)),
  };
};

const transpose: Emit = (operation, graph) => {
  const { x } = operation.inputs as { x: Value };
  const perm = attribute<number[]>(operation, "perm");
  graph.place(x);
  for (const { name, order } of x.layouts)
    graph.set(
      operation.outputs[0]!,
      name,
      order.map((axis) => perm.indexOf(axis)),
    );
};

/** Where a slice starts or ends, as ONNX counts: from the end where that is what stays the same. */
function place(at: Size, length: Size): number | bigint | Size {
  if (isFixed(at)) return at[0]!;
  if (sameSize(at, length)) return farthest;
  const fromEnd = combine((n, i) => n - i, length, at);
  return isFixed(fromEnd) ? -fromEnd[0]! : at;
}

const indices = (graph: Graph, places: readonly (number | bigint | Size)[]): string =>
  places.every((p) => typeof p !== "object")
    ? graph.integers(places)
    : graph.node(
        "Concat",
        places.map((p) => (typeof p === "object" ? graph.size(p) : graph.integers([p]))),
        { axis: 0 },
      );

const slice: Emit = ({ inputs, outputs, attributes }, graph) => {
  const x = inputs["x"]!;
  const parts = attributes.map((a, k) => {
    const shape = x.sizes.map((size) => size[k]!);
    return a ? sliceParams(shape, a["begin"], a["size"]) : [shape.map(() => 0), shape];
  }) as [number[], number[]][];
  const begin = axesOf(x).map((axis) => parts.map(([from]) => from[axis]!));
  const end = axesOf(x).map((axis) => parts.map(([from, size]) => from[axis]! + size[axis]!));
  const cut = axesOf(x).filter((axis) => begin[axis]!.some((v) => v !== 0) || !sameSize(end[axis]!, x.sizes[axis]!));
  const order = orderWith(graph, x, cut);
  const starts = indices(
    graph,
    cut.map((axis) => place(begin[axis]!, x.sizes[axis]!)),
  );
  const ends = indices(
    graph,
    cut.map((axis) => place(end[axis]!, x.sizes[axis]!)),
  );
  const axes = graph.integers(cut.map((axis) => order.indexOf(axis)));
  const name = graph.as(x, order);
  graph.set(outputs[0]!, cut.length === 0 ? name : graph.node("Slice", [name, starts, ends, axes]), order);
};

const reverse: Emit = (operation, graph) => {
  const x = operation.inputs["x"]!;
  const axes = tf.util.parseAxisParam(
    attribute<number[]>(operation, "dims"),
    x.sizes.map(() => 1),
  );
  const order = orderWith(graph, x, axes);
  const of = (value: number | bigint): string => graph.integers(axes.map(() => value));
  const at = graph.integers(axes.map((axis) => order.indexOf(axis)));
  graph.set(operation.outputs[0]!, graph.node("Slice", [graph.as(x, order), of(-1), of(-farthest), at, of(-1)]), order);
};

function concatenate(graph: Graph, out: Value, parts: readonly Value[], axis: number): void {
  const computed = parts.filter((v) => !isConstant(v));
  const transposed = computed.find((v) => graph.native(v).some((a, i, all) => i > 0 && a < all[i - 1]!));
  const order = orderWith(graph, transposed ?? computed[0]!, [axis]);
  // An axis that one part may leave out is one that the result has.
  const whole = orderedLike(order, out);
  const names = parts.map((v) => graph.as(v, whole));
  graph.set(out, graph.node("Concat", names, { axis: whole.indexOf(axis) }), whole);
}

/** An order that names every axis of more than one point. */
function orderedLike(order: readonly number[], { sizes }: Value): number[] {
  const missing = sizes.flatMap((size, axis) => (isUnit(size) || order.includes(axis) ? [] : [axis]));
  return [...order, ...missing];
}

const concat: Emit = (operation, graph) => {
  const out = operation.outputs[0]!;
  const given = listOf(operation);
  if (!joinPoints(graph, out, given)) concatenate(graph, out, given, axisOf(attribute(operation, "axis"), out.rank));
};

/** The value with an axis of one point more. */
function expanded(graph: Graph, value: Value, axis: number): Value {
  const one = (value.sizes[0] ?? [1]).map(() => 1);
  const sizes = [...value.sizes.slice(0, axis), one, ...value.sizes.slice(axis)];
  const { constant } = value;
  if (constant) return new Value(sizes, value.dtype, { constant: { ...constant, shape: sizes.map((s) => s[0]!) } });
  const wide = new Value(sizes, value.dtype);
  alias(
    graph,
    wide,
    value,
    sizes.map((_, i) => (i === axis ? undefined : i < axis ? i : i - 1)),
  );
  return wide;
}

const pack: Emit = (operation, graph) => {
  const out = operation.outputs[0]!;
  const axis = axisOf(attribute(operation, "axis"), out.rank);
  concatenate(
    graph,
    out,
    listOf(operation).map((v) => expanded(graph, v, axis)),
    axis,
  );
};

/** Every part of a value along an axis. */
function splitInto(
  graph: Graph,
  x: Value,
  axis: number,
  sizes: readonly Size[],
  give: (i: number, name: string, order: number[]) => void,
): void {
  const order = orderWith(graph, x, [axis]);
  const at = order.indexOf(axis);
  const name = graph.as(x, order);
  const attributes = { axis: at, ...(sizes.every(isFixed) || graph.opset < 18 ? {} : { num_outputs: sizes.length }) };
  const inputs = sizes.every(isFixed) ? [name, graph.integers(sizes.map((s) => s[0]!))] : [name];
  for (const [i, part] of graph.split("Split", inputs, sizes.length, attributes).entries()) give(i, part, order);
}

const split: Emit = (operation, graph) => {
  const x = operation.inputs["x"]!;
  const { outputs } = operation;
  const axis = axisOf(attribute(operation, "axis"), x.rank);
  if (x.layouts.length === 0 && x.view && splitPoints(graph, x, outputs)) return;
  if (outputs.length === 1) return reshape(graph, outputs[0]!, x);
  splitInto(
    graph,
    x,
    axis,
    outputs.map((out) => out.sizes[axis]!),
    (i, name, order) => graph.set(outputs[i]!, name, order),
  );
};

/** The axis up to which a value's sizes, multiplied, are a given number; undefined where there is none. */
function axisUpTo({ sizes }: Value, wanted: Size): number | undefined {
  let product: Size = wanted.map(() => 1);
  for (const [axis, size] of sizes.entries()) {
    product = combine((a, b) => a * b, product, size);
    if (axis > 0 && !isUnit(size) && sameSize(product, wanted)) return axis;
  }
  return undefined;
}

/**
 * Networks take every n-th point along an axis by a split of rows `[rows, n · rest]`: written as slices with a step, in
 * whatever order the axes are. False where the split is none of these.
 */
function splitPoints(graph: Graph, x: Value, outputs: readonly Value[]): boolean {
  const source = x.view!;
  const n = outputs.length;
  const [rows, width] = x.sizes;
  if (
    x.rank !== 2 ||
    outputs.some(
      (out) =>
        !sameSize(
          out.sizes[1]!,
          combine((w) => w / n, width!),
        ),
    )
  )
    return false;
  const axis = axisUpTo(
    source,
    combine((r) => r * n, rows!),
  );
  if (axis === undefined || source.sizes[axis]!.some((v) => v % n !== 0)) return false;
  const order = orderWith(graph, source, [axis]);
  const name = graph.as(source, order);
  const at = graph.integers([order.indexOf(axis)]);
  for (const [i, out] of outputs.entries()) {
    const part = new Value(
      source.sizes.map((size, k) => (k === axis ? combine((v) => v / n, size) : size)),
      out.dtype,
    );
    const bounds = [graph.integers([i]), graph.integers([farthest])];
    graph.set(part, graph.node("Slice", [name, ...bounds, at, graph.integers([n])]), order);
    out.view = part;
  }
  return true;
}

/** The reverse: rows joined side by side put each part's points between those of the others. */
function joinPoints(graph: Graph, out: Value, given: readonly Value[]): boolean {
  const sources = given.map((v) => (v.layouts.length === 0 ? v.view : undefined));
  const [source] = sources;
  const n = given.length;
  if (out.rank !== 2 || !source || sources.some((s) => !s || !sameSizes(s.sizes, source.sizes))) return false;
  const [rows, width] = given[0]!.sizes;
  const axis = axisUpTo(source, rows!);
  if (
    axis === undefined ||
    !sameSize(
      out.sizes[1]!,
      combine((w) => w * n, width!),
    )
  )
    return false;
  const order = orderWith(graph, source, [axis]);
  const at = order.indexOf(axis);
  const each = sources.map((s) => graph.node("Unsqueeze", [graph.as(s!, order), graph.integers([at + 1])]));
  const stacked = order.map((k) => source.sizes[k]!);
  stacked.splice(
    at + 1,
    0,
    rows!.map(() => n),
  );
  const joined = new Value(
    source.sizes.map((size, k) => (k === axis ? combine((v) => v * n, size) : size)),
    out.dtype,
  );
  const shape = graph.shape(
    order.map((k) => joined.sizes[k]!),
    stacked,
  );
  graph.set(joined, graph.node("Reshape", [graph.node("Concat", each, { axis: at + 1 }), shape]), order);
  out.view = joined;
  return true;
}

export const shapeEmitters: Readonly<Record<string, Emit>> = {
  [tf.Identity]: reshapeEmit,
  [tf.Reshape]: reshapeEmit,
  [tf.ExpandDims]: reshapeEmit,
  [tf.Transpose]: transpose,
  [tf.Slice]: slice,
  [tf.Reverse]: reverse,
  [tf.Concat]: concat,
  [tf.Pack]: pack,
  [tf.SplitV]: split,
  [tf.Unpack]: (operation, graph) => {
    const x = operation.inputs["value"]!;
    const axis = axisOf(attribute(operation, "axis"), x.rank);
    const one = operation.outputs[0]!.sizes[0]!.map(() => 1);
    const { outputs } = operation;
    splitInto(
      graph,
      x,
      axis,
      outputs.map(() => one),
      (i, name, order) => {
        const part = new Value(
          x.sizes.map((size, k) => (k === axis ? one : size)),
          x.dtype,
        );
        graph.set(part, name, order);
        alias(
          graph,
          outputs[i]!,
          part,
          axesOf(outputs[i]!).map((k) => (k < axis ? k : k + 1)),
        );
      },
    );
  },
  [tf.PadV2]: (operation, graph) => pad(operation, graph, "constant"),
  [tf.MirrorPad]: (operation, graph) => {
    if (attribute<string>(operation, "mode") !== "reflect")
      throw new SpectraiError(
        "SPECTRAI_EXPORT_UNSUPPORTED",
        "The network mirrors its input with the edge repeated, which has no ONNX form here; export another network.",
      );
    pad(operation, graph, "reflect");
  },
  [tf.Tile]: (operation, graph) => {
    const { x } = operation.inputs as { x: Value };
    const out = operation.outputs[0]!;
    const reps = axesOf(x).map((axis) => operation.attributes.map((a) => (a!["reps"] as number[])[axis]!));
    const repeated = axesOf(x).filter((axis) => !isUnit(reps[axis]!));
    const order = orderWith(graph, x, repeated);
    const name = graph.as(x, order);
    if (repeated.length === 0) return graph.set(out, name, order);
    // Only axes of one point: then what counts is the result's shape.
    if (repeated.every((axis) => isUnit(x.sizes[axis]!)))
      return graph.set(
        out,
        graph.node("Expand", [
          name,
          graph.shape(order.map((axis) => (repeated.includes(axis) ? out.sizes[axis]! : x.sizes[axis]!.map(() => 1)))),
        ]),
        order,
      );
    graph.set(out, graph.node("Tile", [name, graph.sizes(order.map((axis) => reps[axis]!))]), order);
  },
  [tf.GatherV2]: (operation, graph) => {
    const { x, indices: at } = operation.inputs as { x: Value; indices: Value };
    const axis = axisOf(attribute(operation, "axis"), x.rank);
    const out = operation.outputs[0]!;
    graph.set(out, graph.node("Gather", [graph.as(x, axesOf(x)), graph.as(at, axesOf(at))], { axis }), axesOf(out));
  },
};

function pad(operation: Operation, graph: Graph, mode: "constant" | "reflect"): void {
  const x = operation.inputs["x"]!;
  const out = operation.outputs[0]!;
  const amount = (axis: number, side: 0 | 1): Size =>
    operation.attributes.map((a) => (a ? (a["paddings"] as number[][])[axis]![side]! : 0));
  const moved = axesOf(x).filter((axis) => !isZero(amount(axis, 0)) || !isZero(amount(axis, 1)));
  const order = orderWith(graph, x, moved);
  const name = graph.as(x, order);
  const sides = order.map((axis) =>
    padAmounts(graph, amount(axis, 0), amount(axis, 1), x.sizes[axis]!, out.sizes[axis]!),
  );
  const pads = graph.sizes([...sides.map(([a]) => a), ...sides.map(([, b]) => b)]);
  const value = mode === "constant" ? [graph.scalar(attribute<number>(operation, "constantValue"), x.dtype)] : [];
  graph.set(out, graph.node("Pad", [name, pads, ...value], mode === "constant" ? {} : { mode }), order);
}

const isZero = (size: Size): boolean => size.every((v) => v === 0);

/** Padding to the size of another tensor: what is missing, half of it in front, or all at the end. */
function padAmounts(graph: Graph, before: Size, after: Size, from: Size, to: Size): [Size | string, Size | string] {
  if (isFixed(before) && isFixed(after)) return [before, after];
  const total = graph.node("Sub", [graph.size(to), graph.size(from)]);
  const missing = combine((a, b) => a - b, to, from);
  const rest = (of: Size): string => (isZero(of) ? total : graph.node("Sub", [total, graph.size(of)]));
  if (isFixed(before)) return [before, rest(before)];
  if (isFixed(after)) return [rest(after), after];
  const half = combine((n) => Math.floor(n / 2), missing);
  const halved = graph.node("Div", [total, graph.integers([2])]);
  const other = graph.node("Sub", [total, halved]);
  if (sameSize(before, half)) return [halved, other];
  if (sameSize(after, half)) return [other, halved];
  return [graph.size(before, [to, from]), graph.size(after, [to, from])];
}

import * as tf from "@tensorflow/tfjs-core";
import { attribute, type Emit, isConstant } from "./emit.ts";
import { activate } from "./emit-elementwise.ts";
import { type Graph } from "./graph.ts";
import type { Operation } from "./merge.ts";
import { reducedAxes } from "./shape-rules.ts";
import { axesOf, sameSize, Value } from "./value.ts";

/** All axes, or with the last two exchanged. */
const matrixOrder = (value: Value, transposed: boolean): number[] => {
  const axes = axesOf(value);
  if (!transposed) return axes;
  return [...axes.slice(0, -2), value.rank - 1, value.rank - 2];
};

const product: Emit = (operation, graph) => {
  const { a, b, bias } = operation.inputs as { a: Value; b: Value; bias?: Value };
  const [transposeA, transposeB] = [
    attribute<boolean>(operation, "transposeA"),
    attribute<boolean>(operation, "transposeB"),
  ];
  const out = operation.outputs[0]!;
  // Rows of a reshaped tensor times a matrix: the tensor itself times the matrix, with its leading dimensions as they are.
  const source = !isConstant(a) && a.layouts.length === 0 ? a.view : undefined;
  const through =
    source && !transposeA && b.rank === 2 && isConstant(b) && sameSize(source.sizes.at(-1)!, a.sizes.at(-1)!)
      ? source
      : a;
  let name = graph.node("MatMul", [
    graph.as(through, matrixOrder(through, transposeA)),
    graph.as(b, matrixOrder(b, transposeB)),
  ]);
  if (bias) name = graph.node("Add", [name, graph.as(bias, axesOf(bias))]);
  name = activate(graph, name, operation);
  if (through === a) return graph.set(out, name, axesOf(out));
  const y = new Value([...through.sizes.slice(0, -1), out.sizes.at(-1)!], out.dtype);
  graph.set(y, name, axesOf(y));
  out.view = y;
};

/** A reduction over axes, in whatever order they are. */
export function reduce(
  graph: Graph,
  op: string,
  out: Value,
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
): void {
  const order = graph.native(x);
  const at = axes
    .map((axis) => order.indexOf(axis))
    .filter((i) => i >= 0)
    .sort((p, q) => p - q);
  const name = graph.as(x, order);
  const remaining = axesOf(x).filter((axis) => !axes.includes(axis));
  const result = keepDims ? order : order.filter((axis) => !axes.includes(axis)).map((axis) => remaining.indexOf(axis));
  const keepdims = keepDims ? 1 : 0;
  const made = (): string =>
    op === "ReduceSum" || graph.opset >= 18
      ? graph.node(op, [name, graph.integers(at)], { keepdims })
      : graph.node(op, [name], { axes: at, keepdims });
  graph.set(out, at.length === 0 ? name : made(), result);
}

const reduction =
  (op: string): Emit =>
  (operation, graph) => {
    const x = operation.inputs["x"]!;
    const shape = x.sizes.map(() => 1);
    const axes = reducedAxes(operation.attributes[0]!, shape);
    reduce(graph, op, operation.outputs[0]!, x, axes, operation.attributes[0]!["keepDims"] === true);
  };

const position =
  (op: "ArgMax" | "ArgMin"): Emit =>
  ({ inputs, outputs, attributes }, graph) => {
    const x = inputs["x"]!;
    const [axis] = reducedAxes(
      attributes[0]!,
      x.sizes.map(() => 1),
    ) as [number];
    const name = graph.node(op, [graph.as(x, axesOf(x))], { axis, keepdims: 0 });
    graph.set(outputs[0]!, graph.cast(name, "int32"), axesOf(outputs[0]!));
  };

const softmax =
  (op: "Softmax" | "LogSoftmax"): Emit =>
  ({ inputs, outputs }: Operation, graph) => {
    const x = Object.values(inputs)[0]!;
    const source = x.layouts.length === 0 ? x.view : undefined;
    const through = source && sameSize(source.sizes.at(-1)!, x.sizes.at(-1)!) ? source : x;
    const native = graph.native(through);
    const last = through.rank - 1;
    const order = native.includes(last) ? native : [...native, last];
    const name = graph.node(op, [graph.as(through, order)], { axis: order.indexOf(last) });
    if (through === x) return graph.set(outputs[0]!, name, order);
    const y = new Value(through.sizes, x.dtype);
    graph.set(y, name, order);
    outputs[0]!.view = y;
  };

export const productEmitters: Readonly<Record<string, Emit>> = {
  [tf.BatchMatMul]: product,
  [tf._FusedMatMul]: product,
  [tf.Sum]: reduction("ReduceSum"),
  [tf.Mean]: reduction("ReduceMean"),
  [tf.Prod]: reduction("ReduceProd"),
  [tf.Max]: reduction("ReduceMax"),
  [tf.Min]: reduction("ReduceMin"),
  [tf.ArgMax]: position("ArgMax"),
  [tf.ArgMin]: position("ArgMin"),
  [tf.Softmax]: softmax("Softmax"),
  [tf.LogSoftmax]: softmax("LogSoftmax"),
  PositionMean: ({ inputs, outputs }, graph) => {
    const x = inputs["x"]!;
    reduce(graph, "ReduceMean", outputs[0]!, x, axesOf(x).slice(1, -1), false);
  },
};

import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import { alias, attribute, type Emit, isConstant, listOf, reshape, widened } from "./emit.ts";
import type { Graph } from "./graph.ts";
import type { Operation } from "./merge.ts";
import type { OnnxAttribute } from "./onnx-format.ts";
import { axesOf, channelsFirst, isUnit, sameSize, sameSizes, Value } from "./value.ts";

type Build = (names: readonly string[]) => string;

/** Whether a constant is one number, or one a channel (the last axis). */
const perChannel = (value: Value, like: Value): boolean =>
  isConstant(value) &&
  value.sizes.slice(0, -1).every(isUnit) &&
  (value.rank === 0 || isUnit(value.sizes.at(-1)!) || sameSize(value.sizes.at(-1)!, like.sizes.at(-1)!));

/** Element by element with broadcasting, in whatever order of axes the operands are. */
export function elementwise(graph: Graph, out: Value, operands: readonly Value[], build: Build): void {
  const computed = operands.filter((v) => !isConstant(v));
  const others = operands.filter(isConstant);

  const dealt = computed.find((v) => v.dealt && v.layouts.length === 0)?.dealt;
  if (dealt && computed.length === 1 && others.every((c) => perChannel(c, dealt.of))) {
    const y = new Value(dealt.of.sizes, out.dtype);
    elementwise(
      graph,
      y,
      operands.map((v) => (isConstant(v) ? v : dealt.of)),
      build,
    );
    out.dealt = { ...dealt, of: y };
    return;
  }

  // Of a reshaped value: done before the reshape, so that a later one may undo it.
  const sources = computed.map((v) => (v.layouts.length === 0 ? v.view : undefined));
  const [source] = sources;
  if (
    source &&
    sources.every((s) => s && sameSizes(s.sizes, source.sizes)) &&
    computed.every((v) => sameSizes(v.sizes, out.sizes)) &&
    others.every((c) => perChannel(c, source)) &&
    sameSize(source.sizes.at(-1)!, out.sizes.at(-1)!)
  ) {
    const y = new Value(source.sizes, out.dtype);
    elementwise(
      graph,
      y,
      operands.map((v) => (isConstant(v) ? v : v.view!)),
      build,
    );
    out.view = y;
    return;
  }

  const order = commonOrder(graph, out, computed);
  graph.set(out, build(operands.map((v) => operandIn(graph, v, out.rank, order))), order);
}

/** The order of an operand of the result's shape, one that was transposed before others. */
function commonOrder(graph: Graph, out: Value, computed: readonly Value[]): readonly number[] {
  const orders = computed.filter((v) => sameSizes(v.sizes, out.sizes)).map((v) => graph.native(v));
  return orders.find((order) => order.some((axis, i) => i > 0 && axis < order[i - 1]!)) ?? orders[0] ?? axesOf(out);
}

function operandIn(graph: Graph, value: Value, rank: number, order: readonly number[]): string {
  if (!isConstant(value)) graph.place(value);
  return graph.operand(widened(value, rank), order);
}

const plain =
  (op: string, attributes: (operation: Operation) => Record<string, OnnxAttribute> = () => ({})): Emit =>
  (operation, graph) =>
    elementwise(graph, operation.outputs[0]!, listOf(operation), (names) =>
      graph.node(op, names, attributes(operation)),
    );

/** Made of several nodes. */
const made =
  (build: (graph: Graph, names: readonly string[], operation: Operation) => string): Emit =>
  (operation, graph) =>
    elementwise(graph, operation.outputs[0]!, listOf(operation), (names) => build(graph, names, operation));

const unaryNames: Readonly<Record<string, string>> = {
  [tf.Relu]: "Relu",
  [tf.Sigmoid]: "Sigmoid",
  [tf.Tanh]: "Tanh",
  [tf.Softplus]: "Softplus",
  [tf.Erf]: "Erf",
  [tf.Exp]: "Exp",
  [tf.Log]: "Log",
  [tf.Sqrt]: "Sqrt",
  [tf.Abs]: "Abs",
  [tf.Neg]: "Neg",
  [tf.Sign]: "Sign",
  [tf.Floor]: "Floor",
  [tf.Ceil]: "Ceil",
  [tf.Round]: "Round",
  [tf.Sin]: "Sin",
  [tf.Cos]: "Cos",
  [tf.Reciprocal]: "Reciprocal",
  [tf.LogicalNot]: "Not",
};
const binaryNames: Readonly<Record<string, string>> = {
  [tf.Add]: "Add",
  [tf.Sub]: "Sub",
  [tf.Multiply]: "Mul",
  [tf.RealDiv]: "Div",
  [tf.Pow]: "Pow",
  [tf.Maximum]: "Max",
  [tf.Minimum]: "Min",
  [tf.Equal]: "Equal",
  [tf.Greater]: "Greater",
  [tf.GreaterEqual]: "GreaterOrEqual",
  [tf.Less]: "Less",
  [tf.LessEqual]: "LessOrEqual",
  [tf.LogicalAnd]: "And",
  [tf.LogicalOr]: "Or",
  [tf.Prelu]: "PRelu",
  [tf.Select]: "Where",
};

/** An activation that a kernel applies to its own result. */
export function activate(graph: Graph, name: string, { attributes }: Operation): string {
  const { activation = "linear", leakyreluAlpha } = attributes.find((a) => a !== undefined) as {
    activation?: string;
    leakyreluAlpha?: number;
  };
  switch (activation) {
    case "linear":
      return name;
    case "relu":
      return graph.node("Relu", [name]);
    case "relu6":
      return graph.node("Clip", [name, graph.scalar(0), graph.scalar(6)]);
    case "sigmoid":
      return graph.node("Sigmoid", [name]);
    case "leakyrelu":
      return graph.node("LeakyRelu", [name], { alpha: { float: leakyreluAlpha! } });
    case "elu":
      return graph.node("Elu", [name]);
    default:
      throw new SpectraiError(
        "SPECTRAI_EXPORT_UNSUPPORTED",
        `The network uses the fused activation ${activation}, which has no ONNX form here; export another network.`,
      );
  }
}

export const elementwiseEmitters: Readonly<Record<string, Emit>> = {
  ...Object.fromEntries(Object.entries(unaryNames).map(([kernel, op]) => [kernel, plain(op)])),
  ...Object.fromEntries(Object.entries(binaryNames).map(([kernel, op]) => [kernel, plain(op)])),
  [tf.LeakyRelu]: plain("LeakyRelu", (operation) => ({ alpha: { float: attribute<number>(operation, "alpha") } })),
  [tf.Elu]: plain("Elu"),
  [tf.Relu6]: made((graph, [x]) => graph.node("Clip", [x!, graph.scalar(0), graph.scalar(6)])),
  [tf.ClipByValue]: made((graph, [x], operation) =>
    graph.node("Clip", [
      x!,
      graph.scalar(attribute(operation, "clipValueMin")),
      graph.scalar(attribute(operation, "clipValueMax")),
    ]),
  ),
  [tf.Square]: made((graph, [x]) => graph.node("Mul", [x!, x!])),
  [tf.SquaredDifference]: made((graph, names) => {
    const d = graph.node("Sub", names);
    return graph.node("Mul", [d, d]);
  }),
  [tf.Rsqrt]: made((graph, names) => graph.node("Reciprocal", [graph.node("Sqrt", names)])),
  [tf.Log1p]: made((graph, [x]) => graph.node("Log", [graph.node("Add", [x!, graph.scalar(1)])])),
  [tf.Expm1]: made((graph, names) => graph.node("Sub", [graph.node("Exp", names), graph.scalar(1)])),
  [tf.NotEqual]: made((graph, names) => graph.node("Not", [graph.node("Equal", names)])),
  [tf.Step]: made((graph, [x], operation) =>
    graph.node("Where", [
      graph.node("Greater", [x!, graph.scalar(0)]),
      graph.scalar(1),
      graph.scalar(attribute<number | undefined>(operation, "alpha") ?? 0),
    ]),
  ),
  [tf.AddN]: made((graph, names) => graph.node("Sum", names)),
  [tf.Cast]: (operation, graph) => {
    const { x } = operation.inputs as { x: Value };
    const out = operation.outputs[0]!;
    if (x.dtype === out.dtype && x.layouts.length > 0) return reshape(graph, out, x);
    elementwise(graph, out, [x], ([name]) => graph.cast(name!, out.dtype));
  },
  AddScaled: ({ inputs, outputs }, graph) => {
    const { x, y, scale } = inputs as { x?: Value; y: Value; scale: Value };
    const one = scale.sizes[0]!.map(() => 1);
    const wide = new Value([scale.sizes[0]!, ...y.sizes.slice(1, -1).map(() => one), scale.sizes[1]!], scale.dtype);
    alias(graph, wide, scale, [0, ...y.sizes.slice(1, -1).map(() => undefined), 1]);
    elementwise(graph, outputs[0]!, x ? [y, wide, x] : [y, wide], ([at, by, to]) => {
      const product = graph.node("Mul", [at!, by!]);
      return to === undefined ? product : graph.node("Add", [to, product]);
    });
  },
  [tf.FusedBatchNorm]: (operation, graph) => {
    const { x, mean, variance, offset, scale } = operation.inputs as Record<string, Value>;
    const unplaced = x!.layouts.length === 0;
    const source = (unplaced ? (x!.dealt?.of ?? x!.view) : undefined) ?? x!;
    const through = sameSize(source.sizes.at(-1)!, x!.sizes.at(-1)!) ? source : x!;
    const native = graph.native(through);
    const order = native[0] === 0 && native[1] === through.rank - 1 ? native : channelsFirst(through);
    const filled = (v: Value | undefined, value: number): Value =>
      v ??
      new Value(mean!.sizes, "float32", {
        constant: { kind: "constant", shape: [], dtype: "float32", key: `all ${value}`, uniform: value },
      });
    const vectors = [filled(scale, 1), filled(offset, 0), mean!, variance!].map((v) => graph.as(v, [0]));
    const name = graph.node("BatchNormalization", [graph.as(through, order), ...vectors], {
      epsilon: { float: attribute(operation, "varianceEpsilon") },
    });
    const out = operation.outputs[0]!;
    if (through === x) return graph.set(out, name, order);
    const y = new Value(through.sizes, out.dtype);
    graph.set(y, name, order);
    if (x!.dealt && unplaced) out.dealt = { ...x!.dealt, of: y };
    else out.view = y;
  },
};

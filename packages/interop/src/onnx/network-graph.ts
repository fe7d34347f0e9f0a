import { SpectraiError } from "@spectrai/core";
import { convolutionEmitters } from "./emit-convolution.ts";
import { elementwiseEmitters } from "./emit-elementwise.ts";
import type { Emit } from "./emit.ts";
import { fusedEmitters } from "./emit-fused.ts";
import { productEmitters } from "./emit-products.ts";
import { shapeEmitters } from "./emit-shapes.ts";
import { Graph } from "./graph.ts";
import type { Network } from "./merge.ts";
import type { OnnxNode, OnnxTensor } from "./onnx-format.ts";
import { axesOf } from "./value.ts";

const emitters: Readonly<Record<string, Emit>> = {
  ...elementwiseEmitters,
  ...shapeEmitters,
  ...convolutionEmitters,
  ...productEmitters,
  ...fusedEmitters,
};

export interface WrittenGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
}

/**
 * Writes a network's operations as ONNX nodes.
 *
 * @throws FixedSizeError where a size follows no rule that can be written
 * @throws SPECTRAI_EXPORT_UNSUPPORTED where an operation has no ONNX form
 */
export function writeGraph(
  { operations, input, output }: Network,
  names: { readonly input: string; readonly output: string },
  { opset, probabilities }: { readonly opset: number; readonly probabilities: boolean },
): WrittenGraph {
  const graph = new Graph(opset);
  graph.reserve(names.output);
  graph.set(input, graph.reserve(names.input), axesOf(input));
  for (const [i, operation] of operations.entries()) {
    const emit = emitters[operation.kernel];
    if (!emit)
      throw new SpectraiError(
        "SPECTRAI_EXPORT_UNSUPPORTED",
        `The network uses the operation ${operation.kernel}, for which there is no ONNX form here; export another network.`,
      );
    emit(operation, graph, () => operations.slice(i + 1));
  }
  let last = graph.as(output, axesOf(output));
  if (probabilities) last = graph.node("Softmax", [last], { axis: output.rank - 1 });
  const isNodes = graph.nodes.some((n) => n.outputs.includes(last));
  if (!isNodes) last = graph.node("Identity", [last]);
  const rename = (name: string): string => (name === last ? names.output : name);
  const nodes = graph.nodes.map((n) => ({ ...n, inputs: n.inputs.map(rename), outputs: n.outputs.map(rename) }));
  return used(nodes, graph.initializers, names.output);
}

/** Leaves out what the output does not follow from. */
function used(nodes: readonly OnnxNode[], initializers: readonly OnnxTensor[], output: string): WrittenGraph {
  const needed = new Set([output]);
  const kept = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => needed.has(name))) return false;
    for (const name of node.inputs) needed.add(name);
    return true;
  });
  return { nodes: kept.toReversed(), initializers: initializers.filter((t) => needed.has(t.name)) };
}

import type * as tf from "@tensorflow/tfjs-core";
import { coreVersion, isSpectraiError, type Model, type ModelSpec, SpectraiError } from "@spectrai/core";
import { FixedSizeError, mergeTraces, type Network } from "./merge.ts";
import { writeGraph } from "./network-graph.ts";
import { encodeOnnx, type OnnxPort } from "./onnx-format.ts";
import { trace } from "./trace.ts";
import { isFixed, sameSize, type Size } from "./value.ts";

/** Operator sets that can be written. */
export const opsets = { least: 17, most: 22, default: 17 } as const;

export interface NetworkOnnxOptions {
  /** ONNX operator set, 17 to 22. Default 17. */
  readonly opset?: number;
  /** End classifiers in a softmax over the classes. Default false: logits. */
  readonly probabilities?: boolean;
  /** What the file holds around the network: given its input `[N, …sample]` and the network, it gives the output. Default: nothing. */
  readonly around?: (x: tf.Tensor, network: (x: tf.Tensor) => tf.Tensor) => tf.Tensor;
  /** Why the file takes samples of one spectral length only; absent where that is the network's business. */
  readonly fixedAxis?: string;
  /** Shape of a sample as it is given to the file, 0 for what varies. Default `spec.input`. */
  readonly input?: readonly number[];
  /** Entries of the file's metadata. */
  readonly metadata?: (output: OnnxPort) => Readonly<Record<string, string>>;
}

export interface NetworkOnnx {
  readonly bytes: Uint8Array;
  readonly input: OnnxPort;
  readonly output: OnnxPort;
  readonly opset: number;
  readonly nodes: number;
  /** How many nodes there are of each operation. */
  readonly operations: Readonly<Record<string, number>>;
  /** Axes that the network ties to one size, and why. */
  readonly fixed: readonly { readonly axis: string; readonly points: number; readonly reason: string }[];
}

/** Sizes to trace at: even and odd on every level of halving, and different from axis to axis. */
const batches = [2, 3, 5, 4, 7, 6];
const small: readonly Size[] = [
  [65, 98, 79, 112, 83, 94],
  [70, 107, 88, 73, 122, 95],
  [151, 228, 77, 166, 193, 120],
];
/** For networks that need more points. */
const large: readonly Size[] = [
  [301, 418, 335, 456, 379, 290],
  [294, 391, 330, 463, 404, 345],
  [551, 628, 477, 566, 593, 620],
];

/**
 * A network as an ONNX file: `model.apply` in evaluation, traced at several sizes, so that the batch and, where the network
 * allows it, height, width and length are free. Works in browsers too; tfjs's current backend should be the one the network is on.
 *
 * @throws SPECTRAI_EXPORT_UNSUPPORTED where an operation of the network has no ONNX form
 * @throws SPECTRAI_FILE_TOO_LARGE where the parameters are more than an ONNX file holds (2 GB)
 * @throws SPECTRAI_USAGE for another operator set than 17 to 22
 */
export function networkToOnnx(model: Model, spec: ModelSpec, options: NetworkOnnxOptions = {}): NetworkOnnx {
  const { opset = opsets.default, probabilities = false, around, metadata } = options;
  if (!Number.isInteger(opset) || opset < opsets.least || opset > opsets.most)
    throw new SpectraiError(
      "SPECTRAI_USAGE",
      `ONNX opset ${opset} cannot be written; choose one from ${opsets.least} to ${opsets.most}.`,
    );
  const sample = options.input ?? spec.input;
  const context = { training: false, seed: 0, update: () => undefined };
  const apply = (x: tf.Tensor): tf.Tensor => model.apply(x, context);
  const forward = (x: tf.Tensor): tf.Tensor => (around ? around(x, apply) : apply(x));
  const isClasses = spec.output.kind === "class" || spec.output.kind === "mask";
  const names = namesOf(spec, probabilities && isClasses);
  const { network, graph, fixed } = firstThatWorks(sample, options.fixedAxis, (shapes) => {
    const merged = mergeTraces(shapes.map((shape) => trace(forward, shape, model.parameters)));
    return { network: merged, graph: writeGraph(merged, names, { opset, probabilities: probabilities && isClasses }) };
  });

  const axes = ["batch", ...axisNames(sample)];
  const input: OnnxPort = {
    name: names.input,
    dtype: "float32",
    shape: network.input.sizes.map((size, i) => (isFixed(size) ? size[0]! : axes[i]!)),
  };
  const output: OnnxPort = { name: names.output, dtype: "float32", shape: outputShape(network, axes) };
  const bytes = encodeOnnx({
    name: "spectrai",
    producerVersion: coreVersion,
    opset,
    ...graph,
    inputs: [input],
    outputs: [output],
    metadata: metadata?.(output) ?? {},
  });
  const operations: Record<string, number> = {};
  for (const { op } of graph.nodes) operations[op] = (operations[op] ?? 0) + 1;
  return { bytes, input, output, opset, nodes: graph.nodes.length, operations, fixed };
}

const axisNames = (sample: readonly number[]): string[] =>
  sample.length === 1 ? ["points"] : ["height", "width", "bands"];

const namesOf = ({ data, output }: ModelSpec, probabilities: boolean): { input: string; output: string } => ({
  input: data === "cube" ? "cube" : "spectra",
  output:
    output.kind === "spectral"
      ? "prediction"
      : output.kind === "numbers"
        ? "values"
        : probabilities
          ? "probabilities"
          : "logits",
});

type Fixed = NetworkOnnx["fixed"];

/** Tries with as many free axes as may be, then fewer: the spectral axis is fixed first, then all but the batch. */
function firstThatWorks<T>(
  sample: readonly number[],
  fixedAxis: string | undefined,
  make: (shapes: readonly (readonly number[])[]) => T,
): T & { readonly fixed: Fixed } {
  const spectral = sample.length - 1;
  const all = sample.map((_, i) => i);
  const choices = [...(fixedAxis === undefined ? [all] : []), ...(sample.length > 1 ? [all.slice(0, -1)] : []), []];
  const reasons = new Map<number, string>();
  if (fixedAxis !== undefined) reasons.set(spectral, fixedAxis);
  let failure: unknown;
  for (const free of choices) {
    const unknown = all.find((axis) => !free.includes(axis) && sample[axis] === 0);
    if (unknown !== undefined) continue;
    for (const sizes of free.length > 0 ? [small, large] : [small])
      try {
        const shapes = batches.map((batch, k) => [
          batch,
          ...sample.map((points, axis) => (free.includes(axis) ? sizes[axis === spectral ? 2 : axis]![k]! : points)),
        ]);
        const made = make(shapes);
        const fixed = all
          .filter((axis) => !free.includes(axis))
          .map((axis) => ({ axis: axisNames(sample)[axis]!, points: sample[axis]!, reason: reasons.get(axis)! }));
        return { ...made, fixed };
      } catch (e) {
        failure = e;
      }
    for (const axis of free) if (!reasons.has(axis)) reasons.set(axis, reasonOf(failure));
  }
  if (failure instanceof FixedSizeError)
    throw new SpectraiError(
      "SPECTRAI_EXPORT_UNSUPPORTED",
      `This network cannot be written for batches of any size: ${failure.message}.`,
      { cause: failure },
    );
  throw failure;
}

const reasonOf = (failure: unknown): string =>
  failure instanceof FixedSizeError || isSpectraiError(failure) ? failure.message : "the network takes no other size";

/** Dimensions that vary have the input's name where they are the input's, and one of their own otherwise. */
function outputShape({ input, output }: Network, axes: readonly string[]): (number | string)[] {
  const offset = output.rank - input.rank;
  return output.sizes.map((size, i) => {
    if (isFixed(size)) return size[0]!;
    const same = input.sizes.findIndex((s) => sameSize(s, size));
    return same >= 0 ? axes[same]! : `${axes[i - offset] ?? `axis_${i}`}_out`;
  });
}

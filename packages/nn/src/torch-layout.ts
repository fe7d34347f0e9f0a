import * as tf from "@tensorflow/tfjs-core";
import { type NdArray, ndarray, type Parameter, sizeOf, SpectraiError, toFloat32 } from "@spectrai/core";

/**
 * What a PyTorch tensor is, which decides how its dimensions move:
 * `conv` `[out, in / groups, …spatial]` ↔ `[…spatial, in / groups, out]`; `linear` `[out, in]` ↔ `[in, out]`; `plain`
 * (biases, norms, slopes, running statistics) unchanged.
 */
export type TorchKind = "conv" | "linear" | "plain";

/** Read off the number of dimensions, as PyTorch's own layers have them. */
export const torchKind = (rank: number): TorchKind => (rank >= 3 ? "conv" : rank === 2 ? "linear" : "plain");

/** The order in which PyTorch's dimensions stand in our layout. */
const order = (rank: number, kind: TorchKind): number[] => {
  const axes = Array.from({ length: rank }, (_, i) => i);
  if (kind === "plain" || rank < 2) return axes;
  return [...axes.slice(2), 1, 0];
};

/** The same values with dimension `perm[i]` at place i. */
function permute(
  values: Float32Array,
  shape: readonly number[],
  perm: readonly number[],
): { values: Float32Array; shape: number[] } {
  const strides = shape.map((_, i) => sizeOf(shape.slice(i + 1)));
  const next = perm.map((axis) => shape[axis]!);
  const steps = perm.map((axis) => strides[axis]!);
  const out = new Float32Array(values.length);
  const at = next.map(() => 0);
  let from = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = values[from]!;
    for (let d = next.length - 1; d >= 0; d--) {
      from += steps[d]!;
      if (++at[d]! < next[d]!) break;
      from -= steps[d]! * next[d]!;
      at[d] = 0;
    }
  }
  return { values: out, shape: next };
}

/** A PyTorch tensor in our layout, as float32. */
export function fromTorch(array: NdArray, kind: TorchKind = torchKind(array.shape.length)): NdArray<Float32Array> {
  const { values, shape } = permute(toFloat32(array.data), array.shape, order(array.shape.length, kind));
  return ndarray(values, shape);
}

/** A tensor of ours in PyTorch's layout. */
export function toTorch(array: NdArray, kind: TorchKind = torchKind(array.shape.length)): NdArray<Float32Array> {
  const forward = order(array.shape.length, kind);
  const { values, shape } = permute(
    toFloat32(array.data),
    array.shape,
    forward.map((_, i) => forward.indexOf(i)),
  );
  return ndarray(values, shape);
}

/** A kernel of one point is a matrix: such a convolution of PyTorch's may be a dense layer of ours. */
const pointwise = (kernel: readonly number[], rank: number): readonly number[] =>
  rank === 2 && kernel.slice(0, -2).every((n) => n === 1) ? kernel.slice(-2) : kernel;

/**
 * Gives a network the values of a PyTorch `state_dict` that has the same names. Counters of seen batches
 * (`num_batches_tracked`) are ignored, and 1×1 convolutions go into dense layers. Nothing is changed where anything does not fit.
 *
 * @param source - where the state comes from, for the error message
 * @throws SPECTRAI_MODEL_MISMATCH naming the tensors that are missing, left over or of another shape
 */
export function loadTorchState(
  parameters: readonly Parameter[],
  state: Readonly<Record<string, NdArray>>,
  source = "The PyTorch state",
): void {
  const wrong: string[] = [];
  const known = new Set(parameters.map((p) => p.name));
  for (const name of Object.keys(state))
    if (!known.has(name) && !name.endsWith("num_batches_tracked")) wrong.push(`"${name}" is not part of the network`);
  const next = parameters.map(({ name, variable }) => {
    const array = Object.hasOwn(state, name) ? state[name] : undefined;
    if (!array) {
      wrong.push(`"${name}" is missing`);
      return undefined;
    }
    const converted = fromTorch(array);
    if (pointwise(converted.shape, variable.rank).join() === variable.shape.join()) return converted.data;
    wrong.push(`"${name}" has the shape [${array.shape.join(", ")}] where ours is [${variable.shape.join(", ")}]`);
    return undefined;
  });
  if (wrong.length > 0)
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `${source} is for another network: ${wrong.slice(0, 5).join("; ")}${wrong.length > 5 ? `; and ${wrong.length - 5} more` : ""}.`,
    );
  tf.tidy(() => parameters.forEach(({ variable }, i) => variable.assign(tf.tensor(next[i]!, variable.shape))));
}

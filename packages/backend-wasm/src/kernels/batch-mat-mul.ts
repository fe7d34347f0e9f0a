import * as tf from "@tensorflow/tfjs-core";
import { address, allocate, type KernelCall, original, release, type Wasm, zeros } from "../heap.ts";
import { Activation, convolve, filterGradient, type Grid } from "./grid.ts";

interface Attrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** A matrix product as a 1×1 convolution of one line of rows. */
const gridOf = (rows: number, inner: number, columns: number): Grid => ({
  n: 1,
  input: [1, 1, rows],
  output: [1, 1, rows],
  taps: [1, 1, 1],
  inChannels: inner,
  outChannels: columns,
  stride: [1, 1, 1],
  dilation: [1, 1, 1],
  pad: [0, 0, 0],
});

/**
 * Batched matrix product with broadcast batch dimensions, either side transposed; float32. A transposed left side is a
 * sum of outer products of rows, and a transposed right side is turned while it is packed: neither is copied.
 */
export function matMul(
  backend: Wasm,
  a0: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA, transposeB }: Attrs,
  fused: { readonly bias?: number; readonly activation?: number } = {},
): tf.TensorInfo {
  if (a0.dtype !== "float32" || b.dtype !== "float32")
    throw new Error(`a matrix product on wasm takes float32, got ${a0.dtype} and ${b.dtype}`);
  // The outer-product kernel takes a plain right side and adds nothing.
  const turn = transposeA && (transposeB || fused.bias !== undefined || fused.activation !== undefined);
  const a = turn ? transposed(backend, a0) : a0;
  const byColumns = transposeA && !turn;
  const [ra, ca] = a.shape.slice(-2) as [number, number];
  const [rb, cb] = b.shape.slice(-2) as [number, number];
  const [m, k] = byColumns ? [ca, ra] : [ra, ca];
  const [kb, n] = transposeB ? [cb, rb] : [rb, cb];
  if (k !== kb)
    throw new Error(
      `matrix product of [${a0.shape.join(", ")}] and [${b.shape.join(", ")}]: inner sizes ${k} and ${kb} differ`,
    );
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...outer, m, n];
  const batches = tf.util.sizeFromShape(outer);
  if (batches * m * n * k === 0) {
    if (turn) release(backend, a);
    return zeros(backend, shape);
  }
  const out = allocate(backend, shape);
  const [pa, pb, po] = [a, b, out].map((t) => address(backend, t)) as [number, number, number];
  const starts = (t: tf.TensorInfo) =>
    batchOffsets(t.shape.slice(0, -2), outer, 4 * ra * ca * (t === b ? (rb * cb) / (ra * ca) : 1));
  const offsetA = starts(a);
  const offsetB = starts(b);
  const strides: [number, number] = transposeB ? [1, k] : [n, 1];
  const one = (rows: number, i: number) => {
    const [x, y, z] = [pa + offsetA[i]!, pb + offsetB[i]!, po + 4 * i * m * n];
    if (byColumns) filterGradient(backend, gridOf(k, m, n), { x, dy: y, out: z });
    else convolve(backend, gridOf(rows, k, n), { source: x, weights: y, out: z }, { ...fused, strides });
  };
  // One right side for consecutive left sides: one tall product.
  if (!byColumns && batches > 1 && offsetB.every((o) => o === 0) && offsetA.every((o, i) => o === 4 * i * m * k))
    one(batches * m, 0);
  else for (let i = 0; i < batches; i++) one(m, i);
  if (turn) release(backend, a);
  return out;
}

function transposed(backend: Wasm, x: tf.TensorInfo): tf.TensorInfo {
  const rank = x.shape.length;
  const perm = x.shape.map((_, i) => i);
  perm[rank - 2] = rank - 1;
  perm[rank - 1] = rank - 2;
  return original("Transpose")({ inputs: { x }, backend, attrs: { perm } });
}

/** Where each matrix of the broadcast batch starts, in bytes. */
function batchOffsets(own: readonly number[], outer: readonly number[], bytes: number): number[] {
  const lead = outer.length - own.length;
  let offsets = [0];
  for (let d = 0; d < outer.length; d++) {
    const extent = d < lead ? 1 : own[d - lead]!;
    offsets = offsets.flatMap((o) => Array.from({ length: outer[d]! }, (_, i) => o * extent + (extent === 1 ? 0 : i)));
  }
  return offsets.map((o) => o * bytes);
}

export const batchMatMul = ({ inputs: { a, b }, backend, attrs }: KernelCall<"a" | "b", Attrs>): tf.TensorInfo =>
  matMul(backend, a, b, attrs);

interface FusedAttrs extends Attrs {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/** The kernels of activations that are not part of the product. */
const activationKernels: Readonly<Record<string, string>> = {
  elu: "Elu",
  leakyrelu: "LeakyRelu",
  prelu: "Prelu",
  relu6: "Relu6",
  sigmoid: "Sigmoid",
};

type FusedCall = KernelCall<"a" | "b" | "bias" | "preluActivationWeights", FusedAttrs>;

/** Matrix product with a bias per column and ReLU in one pass, followed by any other activation. */
export function fusedMatMul(call: FusedCall): tf.TensorInfo {
  const { inputs, backend, attrs } = call;
  const { a, b, bias } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo; bias?: tf.TensorInfo };
  const activation = Activation[(attrs.activation ?? "linear") as keyof typeof Activation];
  const columns = attrs.transposeB ? b.shape.at(-2) : b.shape.at(-1);
  const simple = !bias || (bias.shape.length === 1 && bias.shape[0] === columns);
  if (!simple || [...a.shape, ...b.shape].includes(0)) return original("_FusedMatMul")(call) as tf.TensorInfo;
  const withBias = bias ? { bias: address(backend, bias) } : {};
  if (activation !== undefined) return matMul(backend, a, b, attrs, { activation, ...withBias });
  // tfjs's own kernel reads beyond two matrices that are no batch, and gives wrong rows of a batch.
  const name = attrs.activation!;
  const x = matMul(backend, a, b, attrs, withBias);
  const kernel = tf.getKernel(activationKernels[name]!, "wasm");
  const { preluActivationWeights: alpha } = inputs;
  const result = kernel.kernelFunc({
    inputs: name === "prelu" && alpha ? { x, alpha } : { x },
    backend,
    attrs: name === "leakyrelu" ? { alpha: attrs.leakyreluAlpha ?? 0.2 } : {},
  }) as tf.TensorInfo;
  release(backend, x);
  return result;
}

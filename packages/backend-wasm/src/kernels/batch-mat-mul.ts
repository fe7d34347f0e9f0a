import * as tf from "@tensorflow/tfjs-core";
import { allocate, type KernelCall, original, release, type Wasm, view } from "../heap.ts";
import { multiply } from "./matmul.ts";

interface Attrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The matrix, or its transpose written out: XNNPACK takes neither side transposed, and the copy costs far less. */
function upright(backend: Wasm, x: tf.TensorInfo, transpose: boolean): tf.TensorInfo {
  if (!transpose) {
    backend.incRef(x.dataId);
    return x;
  }
  const rank = x.shape.length;
  const perm = x.shape.map((_, i) => i);
  perm[rank - 2] = rank - 1;
  perm[rank - 1] = rank - 2;
  return original("Transpose")({ inputs: { x }, backend, attrs: { perm } });
}

/** Batched matrix product with broadcast batch dimensions, either side transposed. float32. */
export function batchMatMul({ inputs, backend, attrs }: KernelCall<"a" | "b", Attrs>): tf.TensorInfo {
  const { a: a0, b: b0 } = inputs;
  if (a0.dtype !== "float32" || b0.dtype !== "float32")
    throw new Error(`BatchMatMul on wasm takes float32, got ${a0.dtype} and ${b0.dtype}`);
  const a = upright(backend, a0, attrs.transposeA);
  const b = upright(backend, b0, attrs.transposeB);
  const [m, k] = a.shape.slice(-2) as [number, number];
  const [kb, n] = b.shape.slice(-2) as [number, number];
  if (k !== kb)
    throw new Error(`BatchMatMul: inner dimensions ${k} and ${kb} of [${a0.shape}] and [${b0.shape}] differ`);
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = allocate(backend, [...outer, m, n]);
  const batches = tf.util.sizeFromShape(outer);
  if (k === 0) view(backend, out).fill(0);
  else if (batches * m * n > 0) {
    const offsetA = batchOffsets(a.shape.slice(0, -2), outer, m * k);
    const offsetB = batchOffsets(b.shape.slice(0, -2), outer, k * n);
    // One shared `b` under consecutive `a`: one tall product.
    if (batches > 1 && offsetB.every((o) => o === 0) && offsetA.every((o, i) => o === i * m * k))
      multiply(backend, { of: a, offset: 0 }, { of: b, offset: 0 }, { of: out, offset: 0 }, batches * m, k, n);
    else
      for (let i = 0; i < batches; i++)
        multiply(
          backend,
          { of: a, offset: offsetA[i]! },
          { of: b, offset: offsetB[i]! },
          { of: out, offset: i * m * n },
          m,
          k,
          n,
        );
  }
  release(backend, a, b);
  return out;
}

/** Where each matrix of the broadcast batch starts. */
function batchOffsets(own: readonly number[], outer: readonly number[], size: number): number[] {
  const lead = outer.length - own.length;
  let offsets = [0];
  for (let d = 0; d < outer.length; d++) {
    const extent = d < lead ? 1 : own[d - lead]!;
    offsets = offsets.flatMap((o) => Array.from({ length: outer[d]! }, (_, i) => o * extent + (extent === 1 ? 0 : i)));
  }
  return offsets.map((o) => o * size);
}

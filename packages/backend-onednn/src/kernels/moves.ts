import * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { type KernelCall, register } from "./kernel.ts";

/** A tensor of zeros. */
export function zeros(backend: OnednnBackend, shape: readonly number[]): tf.TensorInfo {
  const values = new Float32Array(tf.util.sizeFromShape(shape as number[]));
  return { dataId: backend.write(values, shape as number[], "float32"), shape: shape as number[], dtype: "float32" };
}

/** Kernels that give the same values another shape, without touching them. */
export function registerMoves(): void {
  register("Identity", ({ inputs: { x }, backend }: KernelCall<"x">) => backend.share(x, x.shape));
  register("Reshape", ({ inputs: { x }, backend, attrs }: KernelCall<"x", { readonly shape: number[] }>) => {
    const size = tf.util.sizeFromShape(x.shape);
    const shape = tf.util.inferFromImplicitShape(attrs.shape, size);
    if (tf.util.sizeFromShape(shape) !== size)
      throw new Error(`[${x.shape.join(", ")}] cannot be reshaped to [${attrs.shape.join(", ")}]`);
    return backend.share(x, shape);
  });
  register("ExpandDims", ({ inputs, backend, attrs }: KernelCall<"input", { readonly dim: number }>) => {
    const { input } = inputs;
    const at = attrs.dim < 0 ? input.shape.length + 1 + attrs.dim : attrs.dim;
    return backend.share(input, [...input.shape.slice(0, at), 1, ...input.shape.slice(at)]);
  });
}

import type * as tf from "@tensorflow/tfjs-core";
import { type KernelCall, register } from "./kernel.ts";
import { zeros } from "./moves.ts";

/** `[N, …spatial, C]` as `[N, positions, C]`. */
function sizesOf(shape: readonly number[]): Int32Array {
  let positions = 1;
  for (let i = 1; i < shape.length - 1; i++) positions *= shape[i]!;
  return Int32Array.of(shape[0]!, positions, shape.at(-1)!);
}
const isEmpty = (shape: readonly number[]): boolean => shape.includes(0);

/** Kernels of channel attention: core's `fused-kernels.ts` says what they do. */
export function registerChannels(): void {
  register("AddScaled", ({ inputs, backend }: KernelCall<"y" | "scale">) => {
    const { x, y, scale } = inputs as typeof inputs & { readonly x?: tf.TensorInfo };
    if (isEmpty(y.shape)) return zeros(backend, y.shape);
    const out = backend.make(y.shape, "float32", backend.data(y).half);
    backend.native.addScaled(
      sizesOf(y.shape),
      x ? backend.any(x) : -1,
      backend.any(y),
      backend.plain(scale),
      backend.any(out),
    );
    return out;
  });
  register("AddScaledGradient", ({ inputs: { dy: dout, y, scale }, backend }: KernelCall<"dy" | "y" | "scale">) => {
    if (isEmpty(y.shape)) return [zeros(backend, y.shape), zeros(backend, scale.shape)];
    const dy = backend.make(y.shape, "float32", backend.data(dout).half);
    const dscale = backend.make(scale.shape);
    backend.native.addScaledGradient(
      sizesOf(y.shape),
      backend.any(dout),
      backend.any(y),
      backend.plain(scale),
      backend.any(dy),
      backend.any(dscale),
    );
    return [dy, dscale];
  });
  register("PositionMean", ({ inputs: { x }, backend }: KernelCall<"x">) => {
    const shape = [x.shape[0]!, x.shape.at(-1)!];
    if (isEmpty(x.shape)) return zeros(backend, shape);
    const y = backend.make(shape);
    backend.native.positionMean(sizesOf(x.shape), backend.any(x), backend.any(y));
    return y;
  });
  register(
    "PositionMeanGradient",
    ({ inputs: { dy }, backend, attrs: { shape } }: KernelCall<"dy", { readonly shape: readonly number[] }>) => {
      if (isEmpty(shape)) return zeros(backend, shape);
      const dx = backend.make(shape, "float32", backend.bf16);
      backend.native.positionMeanGradient(sizesOf(shape), backend.plain(dy), backend.any(dx));
      return dx;
    },
  );
}

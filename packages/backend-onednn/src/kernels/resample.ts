import * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { fallback } from "./fallback.ts";
import { type KernelCall, register } from "./kernel.ts";
import { zeros } from "./moves.ts";
import { linearTaps, repeatTaps, resizeTaps, type Taps } from "./taps.ts";

const single = repeatTaps(1, 1);

/**
 * Applies a linear map along each spatial dimension of `[N, …spatial, C]`, of one to three.
 *
 * @param taps - for each of the tensor's spatial dimensions
 * @param half - whether the output is stored as bf16
 */
export function resample(
  backend: OnednnBackend,
  x: tf.TensorInfo,
  shape: readonly number[],
  taps: readonly Taps[],
  half: boolean,
): tf.TensorInfo {
  const size = tf.util.sizeFromShape(shape as number[]);
  if (size === 0 || tf.util.sizeFromShape(x.shape) === 0) return zeros(backend, shape);
  const dimension = taps.length;
  const sizes = new Int32Array(8).fill(1);
  sizes[0] = shape[0]!;
  for (let d = 0; d < dimension; d++) {
    sizes[4 - dimension + d] = x.shape[1 + d]!;
    sizes[7 - dimension + d] = shape[1 + d]!;
  }
  sizes[7] = shape[dimension + 1]!;
  const y = backend.make(shape, "float32", half);
  backend.native.resample(
    sizes,
    dimension > 2 ? taps[0]! : single,
    dimension > 1 ? taps[dimension - 2]! : single,
    taps[dimension - 1]!,
    backend.any(x),
    backend.any(y),
  );
  return y;
}

type Mapped = (
  backend: OnednnBackend,
  x: tf.TensorInfo,
  sizes: readonly number[],
  taps: readonly Taps[],
) => tf.TensorInfo;
const alike: Mapped = (backend, x, sizes, taps) =>
  resample(backend, x, [x.shape[0]!, ...sizes, x.shape.at(-1)!], taps, backend.data(x).half);

interface Resize {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

function registerResize(name: string, nearest: boolean): void {
  const slow = fallback(name);
  register(name, (call: KernelCall<"images", Resize & { readonly size: [number, number] }>) => {
    const { inputs, backend, attrs } = call;
    const { images } = inputs;
    if (images.dtype !== "float32") return slow(call as never);
    const { size, alignCorners, halfPixelCenters } = attrs;
    return alike(
      backend,
      images,
      size,
      size.map((to, i) => resizeTaps(images.shape[1 + i]!, to, nearest, alignCorners, halfPixelCenters)),
    );
  });
  register(`${name}Grad`, ({ inputs: { images, dy }, backend, attrs }: KernelCall<"images" | "dy", Resize>) => {
    const { alignCorners, halfPixelCenters } = attrs;
    const sizes = images.shape.slice(1, 3);
    return alike(
      backend,
      dy,
      sizes,
      sizes.map((from, i) => resizeTaps(from, dy.shape[1 + i]!, nearest, alignCorners, halfPixelCenters, true)),
    );
  });
}

/** Interpolation and repetition of points, with their gradients: core's `fused-kernels.ts` says what the fused ones do. */
export function registerResampling(): void {
  registerResize("ResizeBilinear", false);
  registerResize("ResizeNearestNeighbor", true);

  interface Repeat {
    readonly factors: readonly number[];
  }
  register("RepeatPoints", ({ inputs: { x }, backend, attrs: { factors } }: KernelCall<"x", Repeat>) =>
    alike(
      backend,
      x,
      factors.map((f, i) => f * x.shape[1 + i]!),
      factors.map((f, i) => repeatTaps(x.shape[1 + i]!, f)),
    ),
  );
  register("RepeatPointsGradient", ({ inputs: { dy }, backend, attrs: { factors } }: KernelCall<"dy", Repeat>) => {
    const sizes = factors.map((f, i) => dy.shape[1 + i]! / f);
    return alike(
      backend,
      dy,
      sizes,
      factors.map((f, i) => repeatTaps(sizes[i]!, f, true)),
    );
  });

  interface Linear {
    readonly from: readonly number[];
    readonly to: readonly number[];
    readonly alignCorners: boolean;
  }
  register("InterpolateLinear", ({ inputs: { x }, backend, attrs }: KernelCall<"x", Linear>) =>
    alike(
      backend,
      x,
      attrs.to,
      attrs.to.map((to, i) => linearTaps(x.shape[1 + i]!, to, attrs.alignCorners)),
    ),
  );
  register("InterpolateLinearGradient", ({ inputs: { dy }, backend, attrs }: KernelCall<"dy", Linear>) =>
    alike(
      backend,
      dy,
      attrs.from,
      attrs.from.map((from, i) => linearTaps(from, dy.shape[1 + i]!, attrs.alignCorners, true)),
    ),
  );
}

import type * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { fallback } from "./fallback.ts";
import { type KernelCall, register } from "./kernel.ts";

/**
 * Between `[N, …cells, C · factorᵈ]` and `[N, …cells · factor, C]`.
 *
 * @param to - the shape that comes out
 * @param outer - the offset among the new points runs slower than the channels, as in tfjs
 */
function shuffle(
  backend: OnednnBackend,
  x: tf.TensorInfo,
  to: readonly number[],
  factor: number,
  { outer = false, inverse = false } = {},
): tf.TensorInfo {
  const data = backend.data(x);
  const y = backend.make(to, x.dtype as "float32" | "int32", data.half);
  if (data.elements === 0) return y;
  const cells = inverse ? to : x.shape;
  const dimension = to.length - 2;
  const sizes = Int32Array.of(to[0]!, 1, 1, 1, dimension, factor, (inverse ? x : y).shape.at(-1)!, +outer, +inverse);
  for (let d = 0; d < dimension; d++) sizes[4 - dimension + d] = cells[1 + d]!;
  backend.native.shuffle(sizes, data.id, backend.any(y));
  return y;
}

interface Factor {
  readonly factor: number;
}

/** Pixel shuffles: core's `fused-kernels.ts` says what the fused ones do. */
export function registerShuffles(): void {
  register("PixelShuffle", ({ inputs: { x }, backend, attrs: { factor } }: KernelCall<"x", Factor>) => {
    const spatial = x.shape.slice(1, -1);
    const channels = x.shape.at(-1)! / factor ** spatial.length;
    return shuffle(backend, x, [x.shape[0]!, ...spatial.map((n) => n * factor), channels], factor);
  });
  register("PixelUnshuffle", ({ inputs: { x }, backend, attrs: { factor } }: KernelCall<"x", Factor>) => {
    const spatial = x.shape.slice(1, -1);
    const channels = x.shape.at(-1)! * factor ** spatial.length;
    const to = [x.shape[0]!, ...spatial.map((n) => n / factor), channels];
    return shuffle(backend, x, to, factor, { inverse: true });
  });
  const slow = fallback("DepthToSpace");
  register("DepthToSpace", (call: KernelCall<"x", { readonly blockSize: number; readonly dataFormat: string }>) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (attrs.dataFormat !== "NHWC" || (x.dtype !== "float32" && x.dtype !== "int32")) return slow(call as never);
    const [n, height, width, depth] = x.shape as [number, number, number, number];
    const { blockSize: factor } = attrs;
    const to = [n, height * factor, width * factor, depth / factor ** 2];
    return shuffle(backend, x, to, factor, { outer: true });
  });
}

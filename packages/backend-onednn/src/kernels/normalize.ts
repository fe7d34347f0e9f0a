import * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { fallback } from "./fallback.ts";
import { type KernelCall, register } from "./kernel.ts";
import { zeros } from "./moves.ts";

interface Sets {
  readonly acrossBatch: boolean;
  readonly groups: number;
  readonly eps: number;
}

function sizesOf(shape: readonly number[], { acrossBatch, groups }: Sets): Int32Array {
  let positions = 1;
  for (let i = 1; i < shape.length - 1; i++) positions *= shape[i]!;
  return Int32Array.of(shape[0]!, positions, shape.at(-1)!, groups, Number(acrossBatch));
}

const half = (backend: OnednnBackend, t: tf.TensorInfo): boolean => backend.data(t).half;

/** Norms: core's `fused-kernels.ts` says what the fused ones do. */
export function registerNorms(): void {
  register("Normalize", ({ inputs, backend, attrs }: KernelCall<"x" | "scale" | "offset", Sets>) => {
    const { x, scale, offset } = inputs;
    const moments = [attrs.acrossBatch ? 1 : x.shape[0]!, attrs.groups];
    if (tf.util.sizeFromShape(x.shape) === 0)
      return [zeros(backend, x.shape), zeros(backend, moments), zeros(backend, moments)];
    const y = backend.make(x.shape, "float32", half(backend, x));
    const mean = backend.make(moments);
    const variance = backend.make(moments);
    backend.native.normalize(
      sizesOf(x.shape, attrs),
      attrs.eps,
      backend.any(x),
      backend.plain(scale),
      backend.plain(offset),
      backend.any(y),
      backend.any(mean),
      backend.any(variance),
    );
    return [y, mean, variance];
  });
  register(
    "NormalizeGradient",
    ({ inputs, backend, attrs }: KernelCall<"dy" | "x" | "scale" | "mean" | "variance", Sets>) => {
      const { dy, x, scale, mean, variance } = inputs;
      if (tf.util.sizeFromShape(x.shape) === 0)
        return [zeros(backend, x.shape), zeros(backend, scale.shape), zeros(backend, scale.shape)];
      const dx = backend.make(x.shape, "float32", half(backend, dy));
      const dscale = backend.make(scale.shape);
      const doffset = backend.make(scale.shape);
      backend.native.normalizeGradient(
        sizesOf(x.shape, attrs),
        attrs.eps,
        backend.any(dy),
        backend.any(x),
        backend.plain(scale),
        backend.plain(mean),
        backend.plain(variance),
        backend.any(dx),
        backend.any(dscale),
        backend.any(doffset),
      );
      return [dx, dscale, doffset];
    },
  );
  register(
    "BlendStatistics",
    ({
      inputs,
      backend,
      attrs,
    }: KernelCall<
      "mean" | "variance" | "newestMean" | "newestVariance",
      { readonly momentum: number; readonly factor: number }
    >) => {
      const { mean, variance, newestMean, newestVariance } = inputs;
      const nextMean = backend.make(mean.shape);
      const nextVariance = backend.make(variance.shape);
      backend.native.blendStatistics(
        attrs.momentum,
        attrs.factor,
        backend.plain(mean),
        backend.plain(variance),
        backend.plain(newestMean),
        backend.plain(newestVariance),
        backend.any(nextMean),
        backend.any(nextVariance),
      );
      return [nextMean, nextVariance];
    },
  );
  const slow = fallback("FusedBatchNorm");
  register("FusedBatchNorm", (call: KernelCall<"x" | "mean" | "variance", { readonly varianceEpsilon?: number }>) => {
    const { backend, attrs } = call;
    const { x, mean, variance, scale, offset } = call.inputs as typeof call.inputs & {
      readonly scale?: tf.TensorInfo;
      readonly offset?: tf.TensorInfo;
    };
    const channels = x.shape.at(-1)!;
    const size = tf.util.sizeFromShape(x.shape);
    const given = [mean, variance, scale, offset];
    if (size === 0 || given.some((t) => t && tf.util.sizeFromShape(t.shape) !== channels)) return slow(call as never);
    const y = backend.make(x.shape, "float32", half(backend, x));
    backend.native.normalizeBy(
      Int32Array.of(size / channels, channels),
      attrs.varianceEpsilon ?? 1e-3,
      backend.any(x),
      backend.plain(mean),
      backend.plain(variance),
      scale ? backend.plain(scale) : -1,
      offset ? backend.plain(offset) : -1,
      backend.any(y),
    );
    return y;
  });
}

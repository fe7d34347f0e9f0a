import * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { fallback } from "./fallback.ts";
import { type KernelCall, register } from "./kernel.ts";
import { zeros } from "./moves.ts";
import { resample } from "./resample.ts";
import { windowTaps } from "./taps.ts";

interface Attrs {
  readonly filterSize: number | [number, number, number];
  readonly strides: number | [number, number, number];
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly includeBatchInIndex?: boolean;
}

/** The numbers that native/src/pooling.cc asks for, and the output's shape. */
interface Plan {
  readonly numbers: Int32Array;
  readonly output: readonly number[];
  readonly dimension: 2 | 3;
  readonly empty: boolean;
}

function plan2D(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: Attrs): Plan {
  const c = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad,
    dimRoundingMode,
  );
  const { batchSize, inChannels, padInfo } = c;
  const output = [batchSize, c.outHeight, c.outWidth, inChannels];
  return {
    numbers: Int32Array.of(
      batchSize,
      inChannels,
      1,
      c.inHeight,
      c.inWidth,
      1,
      c.outHeight,
      c.outWidth,
      1,
      c.filterHeight,
      c.filterWidth,
      1,
      c.strideHeight,
      c.strideWidth,
      0,
      padInfo.top,
      padInfo.left,
    ),
    output,
    dimension: 2,
    empty: batchSize * inChannels * c.inHeight * c.inWidth * c.outHeight * c.outWidth === 0,
  };
}

function plan3D(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: Attrs): Plan {
  const c = tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad as "valid" | "same" | number,
    dimRoundingMode,
  );
  const { batchSize, inChannels, padInfo } = c;
  const output = [batchSize, c.outDepth, c.outHeight, c.outWidth, inChannels];
  return {
    numbers: Int32Array.of(
      batchSize,
      inChannels,
      c.inDepth,
      c.inHeight,
      c.inWidth,
      c.outDepth,
      c.outHeight,
      c.outWidth,
      c.filterDepth,
      c.filterHeight,
      c.filterWidth,
      c.strideDepth,
      c.strideHeight,
      c.strideWidth,
      padInfo.front,
      padInfo.top,
      padInfo.left,
    ),
    output,
    dimension: 3,
    empty: tf.util.sizeFromShape(shape as number[]) * tf.util.sizeFromShape(output) === 0,
  };
}

function maximum(backend: OnednnBackend, plan: Plan, x: tf.TensorInfo): tf.TensorInfo {
  if (plan.empty) return zeros(backend, plan.output);
  const y = backend.make(plan.output, "float32", backend.data(x).half);
  backend.native.maxPool(plan.numbers, backend.any(x), backend.any(y));
  return y;
}

/** tfjs takes the first of several largest points on planes, and the last in volumes. */
function maximumGradient(backend: OnednnBackend, plan: Plan, dy: tf.TensorInfo, x: tf.TensorInfo): tf.TensorInfo {
  if (plan.empty) return zeros(backend, x.shape);
  const dx = backend.make(x.shape, "float32", backend.data(x).half);
  const last = Number(plan.dimension === 3);
  backend.native.maxPoolGradient(plan.numbers, backend.any(dy), backend.any(x), backend.any(dx), last);
  return dx;
}

const windows = ({ numbers: n, dimension }: Plan, backwards: boolean): Int32Array[] =>
  Array.from({ length: dimension }, (_, i) => {
    const d = 3 - dimension + i;
    return windowTaps(n[2 + d]!, n[5 + d]!, n[8 + d]!, n[11 + d]!, n[14 + d]!, backwards);
  });

/** Pooling of tfjs. Gradients of padded averages are right here, where tfjs's own divide by whole windows. */
export function registerPooling(): void {
  for (const [end, planOf] of [
    ["", plan2D],
    ["3D", plan3D],
  ] as const) {
    const slowMaximum = fallback(`MaxPool${end}`);
    register(`MaxPool${end}`, (call: KernelCall<"x", Attrs>) => {
      const { inputs, backend, attrs } = call;
      const { x } = inputs;
      return x.dtype === "float32" ? maximum(backend, planOf(x.shape, attrs), x) : slowMaximum(call as never);
    });
    register(`MaxPool${end}Grad`, ({ inputs: { dy, input }, backend, attrs }: KernelCall<"dy" | "input", Attrs>) =>
      maximumGradient(backend, planOf(input.shape, attrs), dy, input),
    );
    register(`AvgPool${end}`, ({ inputs: { x }, backend, attrs }: KernelCall<"x", Attrs>) => {
      const plan = planOf(x.shape, attrs);
      return resample(backend, x, plan.output, windows(plan, false), backend.data(x).half);
    });
    register(`AvgPool${end}Grad`, ({ inputs: { dy, input }, backend, attrs }: KernelCall<"dy" | "input", Attrs>) => {
      const plan = planOf(input.shape, attrs);
      return resample(backend, dy, input.shape, windows(plan, true), backend.data(input).half);
    });
  }
  const slowArgmax = fallback("MaxPoolWithArgmax");
  register("MaxPoolWithArgmax", (call: KernelCall<"x", Attrs>) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (x.dtype !== "float32") return slowArgmax(call as never);
    const plan = plan2D(x.shape, attrs);
    const at = backend.make(plan.output, "int32");
    if (!plan.empty)
      backend.native.maxPoolPositions(
        plan.numbers,
        backend.any(x),
        backend.any(at),
        Number(!!attrs.includeBatchInIndex),
      );
    return [maximum(backend, plan, x), at];
  });
}

import * as tf from "@tensorflow/tfjs-core";
import { allocate, type KernelCall, view } from "../heap.ts";

/** As tfjs's kernel takes them. */
export interface Pool3DAttrs {
  readonly filterSize: number | [number, number, number];
  readonly strides: number | [number, number, number];
  readonly pad: "valid" | "same" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** The largest value of each box. tfjs's own kernel starts from the smallest positive number, so finds none below 0. */
export function maxPool3D({ inputs: { x }, backend, attrs }: KernelCall<"x", Pool3DAttrs>): tf.TensorInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const shape = x.shape as [number, number, number, number, number];
  const c = tf.backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const made = allocate(backend, c.outShape);
  const [from, to] = [view(backend, x), view(backend, made).fill(-Infinity)];
  const { inDepth, inHeight, inWidth, inChannels: channels } = c;
  const { front, top, left } = c.padInfo;
  let at = 0;
  for (let n = 0; n < c.batchSize; n++)
    for (let od = 0; od < c.outDepth; od++)
      for (let oh = 0; oh < c.outHeight; oh++)
        for (let ow = 0; ow < c.outWidth; ow++, at += channels) {
          const d0 = od * c.strideDepth - front;
          const h0 = oh * c.strideHeight - top;
          const w0 = ow * c.strideWidth - left;
          const d1 = Math.min(d0 + c.filterDepth, inDepth);
          const h1 = Math.min(h0 + c.filterHeight, inHeight);
          const w1 = Math.min(w0 + c.filterWidth, inWidth);
          for (let d = Math.max(d0, 0); d < d1; d++)
            for (let h = Math.max(h0, 0); h < h1; h++)
              for (let w = Math.max(w0, 0); w < w1; w++) {
                const source = (((n * inDepth + d) * inHeight + h) * inWidth + w) * channels;
                for (let k = 0; k < channels; k++) if (from[source + k]! > to[at + k]!) to[at + k] = from[source + k]!;
              }
        }
  return made;
}

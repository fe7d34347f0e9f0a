import * as tf from "@tensorflow/tfjs-core";
import { allocate, type KernelCall, original, release, view, type Wasm } from "../heap.ts";
import { multiply } from "./matmul.ts";

type Info = tf.backend_util.Conv2DInfo;

interface Attrs {
  readonly strides: number | [number, number];
  readonly dilations?: number | [number, number];
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

function infoOf(inShape: readonly number[], filterShape: readonly number[], attrs: Attrs): Info {
  if (attrs.dataFormat === "NCHW") throw new Error("the wasm backend takes channels-last arrays");
  return tf.backend_util.computeConv2DInfo(
    inShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
}

/** Rows and columns of the padded input that some output depends on, or that hold input. */
const paddedHeight = (c: Info) =>
  Math.max(
    c.padInfo.top + c.inHeight,
    (c.outHeight - 1) * c.strideHeight + (c.filterHeight - 1) * c.dilationHeight + 1,
  );
const paddedWidth = (c: Info) =>
  Math.max(c.padInfo.left + c.inWidth, (c.outWidth - 1) * c.strideWidth + (c.filterWidth - 1) * c.dilationWidth + 1);

/** Copies `[batch, h, w, c]` into a zeroed `[batch, H, W, c]` grid, at `top, left`, spread by the strides. */
function spread(
  from: Float32Array,
  to: Float32Array,
  [batch, h, w, c]: readonly [number, number, number, number],
  [H, W]: readonly [number, number],
  [top, left]: readonly [number, number],
  [sh, sw]: readonly [number, number],
): void {
  to.fill(0);
  for (let b = 0, i = 0; b < batch; b++)
    for (let y = 0; y < h; y++) {
      const row = ((b * H + top + y * sh) * W + left) * c;
      if (sw === 1) {
        to.set(from.subarray(i, i + w * c), row);
        i += w * c;
      } else for (let x = 0; x < w; x++) for (let k = 0, o = row + x * sw * c; k < c; k++) to[o++] = from[i++]!;
    }
}

/**
 * Gradient of a convolution with respect to its filter. On a padded grid of H × W positions a filter tap is a shift of
 * the flattened image, so each tap is one product xᵀ·dy of two contiguous matrices: nothing is gathered. `dy` is
 * written onto the same grid, zero where no output sits, which also silences rows that a shift pulls in from the next
 * image line.
 */
export function conv2DBackpropFilter({
  inputs: { x, dy },
  backend,
  attrs,
}: KernelCall<"x" | "dy", Attrs & { readonly filterShape: number[] }>): tf.TensorInfo {
  const c = infoOf(x.shape, attrs.filterShape, attrs);
  const { batchSize: n, inChannels: ci, outChannels: co } = c;
  const out = allocate(backend, c.filterShape);
  if (x.shape.includes(0) || dy.shape.includes(0)) {
    view(backend, out).fill(0);
    return out;
  }
  const H = paddedHeight(c);
  const W = paddedWidth(c);
  const length = n * H * W;
  const slack = (c.filterHeight - 1) * c.dilationHeight * W + (c.filterWidth - 1) * c.dilationWidth;
  const grid = allocate(backend, [n, H, W, ci]);
  spread(
    view(backend, x),
    view(backend, grid),
    [n, c.inHeight, c.inWidth, ci],
    [H, W],
    [c.padInfo.top, c.padInfo.left],
    [1, 1],
  );
  const flat = original("Transpose")({
    inputs: { x: { ...grid, shape: [length, ci] } },
    backend,
    attrs: { perm: [1, 0] },
  });
  release(backend, grid);
  // The last shifted row runs `slack` floats over the end; they meet zeros of dy, but must be finite.
  const xt = allocate(backend, [ci * length + slack]);
  const whole = view(backend, xt);
  whole.set(view(backend, flat));
  whole.fill(0, ci * length);
  release(backend, flat);
  const dyGrid = allocate(backend, [length, co]);
  spread(
    view(backend, dy),
    view(backend, dyGrid),
    [n, c.outHeight, c.outWidth, co],
    [H, W],
    [0, 0],
    [c.strideHeight, c.strideWidth],
  );
  for (let fy = 0, tap = 0; fy < c.filterHeight; fy++)
    for (let fx = 0; fx < c.filterWidth; fx++, tap++) {
      const shift = fy * c.dilationHeight * W + fx * c.dilationWidth;
      multiply(
        backend,
        { of: xt, offset: shift },
        { of: dyGrid, offset: 0 },
        { of: out, offset: tap * ci * co },
        ci,
        length,
        co,
      );
    }
  release(backend, xt, dyGrid);
  return out;
}

/**
 * Gradient of a convolution with respect to its input: the convolution of `dy`, spread by the strides, with the filter
 * turned round, on XNNPACK's forward convolution.
 */
export function conv2DBackpropInput({
  inputs: { dy, filter },
  backend,
  attrs,
}: KernelCall<"dy" | "filter", Attrs & { readonly inputShape: number[] }>): tf.TensorInfo {
  const c = infoOf(attrs.inputShape, filter.shape, attrs);
  const { inChannels: ci, outChannels: co, filterHeight: fh, filterWidth: fw } = c;
  if (dy.shape.includes(0) || attrs.inputShape.includes(0)) {
    const out = allocate(backend, attrs.inputShape);
    view(backend, out).fill(0);
    return out;
  }
  const turned = allocate(backend, [fh, fw, co, ci]);
  turn(view(backend, filter), view(backend, turned), fh * fw, ci, co);
  // Of the grid that `dy` would have at stride 1, padded so that a valid convolution gives the input's shape.
  const reachY = (fh - 1) * c.dilationHeight;
  const reachX = (fw - 1) * c.dilationWidth;
  const top = reachY - c.padInfo.top;
  const left = reachX - c.padInfo.left;
  const height = (c.outHeight - 1) * c.strideHeight + 1;
  const width = (c.outWidth - 1) * c.strideWidth + 1;
  const bottom = c.inHeight + reachY - top - height;
  const right = c.inWidth + reachX - left - width;
  const conv = original("Conv2D");
  const convolve = (x: tf.TensorInfo, pads: [number, number, number, number]): tf.TensorInfo =>
    conv({
      inputs: { x, filter: turned },
      backend,
      attrs: {
        strides: 1,
        dilations: [c.dilationHeight, c.dilationWidth],
        pad: [
          [0, 0],
          [pads[0], pads[1]],
          [pads[2], pads[3]],
          [0, 0],
        ],
        dataFormat: "NHWC",
      },
    });
  let out: tf.TensorInfo;
  if (c.strideHeight === 1 && c.strideWidth === 1 && Math.min(top, bottom, left, right) >= 0)
    out = convolve(dy, [top, bottom, left, right]);
  else {
    const grid = spreadOut(backend, dy, c, [top, bottom, left, right], [height, width]);
    out = convolve(grid, [0, 0, 0, 0]);
    release(backend, grid);
  }
  release(backend, turned);
  return out;
}

/** `[taps, ci, co]` with the taps in reverse order and the channels exchanged. */
function turn(from: Float32Array, to: Float32Array, taps: number, ci: number, co: number): void {
  for (let t = 0, i = 0; t < taps; t++) {
    const start = (taps - 1 - t) * ci * co;
    for (let a = 0; a < ci; a++) for (let b = 0, o = start + a; b < co; b++, o += ci) to[o] = from[i++]!;
  }
}

/** `dy` spread by the strides and padded; negative padding cuts. */
function spreadOut(
  backend: Wasm,
  dy: tf.TensorInfo,
  c: Info,
  [top, bottom, left, right]: readonly [number, number, number, number],
  [height, width]: readonly [number, number],
): tf.TensorInfo {
  const H = top + height + bottom;
  const W = left + width + right;
  const grid = allocate(backend, [c.batchSize, H, W, c.outChannels]);
  const from = view(backend, dy);
  const to = view(backend, grid).fill(0);
  const channels = c.outChannels;
  for (let b = 0, i = 0; b < c.batchSize; b++)
    for (let y = 0; y < c.outHeight; y++) {
      const row = top + y * c.strideHeight;
      for (let x = 0; x < c.outWidth; x++, i += channels) {
        const column = left + x * c.strideWidth;
        if (row < 0 || row >= H || column < 0 || column >= W) continue;
        const o = ((b * H + row) * W + column) * channels;
        for (let k = 0; k < channels; k++) to[o + k] = from[i + k]!;
      }
    }
  return grid;
}

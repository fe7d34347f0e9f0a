import { defineComponent, floatLike, type LabelArray, type SpectralArray, type Transform } from "@spectrai/core";
import { z } from "zod";
import { type CubicWeights, cubicWeights } from "./kernels/bicubic.ts";
import { imageShape, pickPixels } from "./steps/image.ts";

const size = (name: string) =>
  z
    .int()
    .min(1)
    .max(65_536)
    .optional()
    .meta({
      description: `${name} of the result; absent = those of the image times the scale, rounded.`,
      group: "size",
      unit: "pixels",
    });

export const bicubicResizeSchema = z.strictObject({
  height: size("Rows"),
  width: size("Columns"),
  scale: z.number().positive().max(64).default(1).meta({
    description: "Factor by which height and width change where they are not given; below 1 makes images smaller.",
    group: "size",
  }),
  a: z.number().min(-1).max(0).default(-0.75).meta({
    description: "Slope parameter of the cubic kernel: -0.75 as in PyTorch and OpenCV, -0.5 as in MATLAB and Pillow.",
    group: "interpolation",
  }),
});

/**
 * Bicubic interpolation of every band of a cube `[H, W, L]` to another size: half-pixel centres, no antialiasing. Masks take
 * the nearest pixel; a pixel counts where all those count that it is made of.
 */
export const bicubicResize = defineComponent({
  kind: "transform",
  name: "bicubic-resize",
  summary: "Resize images by bicubic interpolation.",
  supports: { data: ["cube"] },
  schema: bicubicResizeSchema,
  create: ({ height, width, scale, a }): Transform => {
    const rowsOf = (h: number): number => height ?? Math.max(1, Math.round(h * scale));
    const columnsOf = (w: number): number => width ?? Math.max(1, Math.round(w * scale));
    return {
      affects: "spatial",
      apply(x) {
        const [h, w] = imageShape(x, "bicubic-resize");
        return resize(x, cubicWeights(h, rowsOf(h), a), cubicWeights(w, columnsOf(w), a));
      },
      applyMask(mask): LabelArray {
        const [h, w] = mask.shape as [number, number];
        return pickPixels(mask, nearest(h, rowsOf(h)), nearest(w, columnsOf(w)));
      },
    };
  },
});

const nearest = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to }, (_, o) => Math.min(from - 1, Math.floor(((o + 0.5) * from) / to)));

/** Columns first, row by row into a float64 image of the new width; then rows. */
function resize(x: SpectralArray, vertical: CubicWeights, horizontal: CubicWeights): SpectralArray {
  const [h, w, bands] = x.shape as [number, number, number];
  const width = horizontal.index.length / 4;
  const height = vertical.index.length / 4;
  const wide = new Float64Array(h * width * bands);
  const stride = width * bands;
  for (let r = 0; r < h; r++)
    for (let c = 0; c < width; c++)
      for (let k = 4 * c; k < 4 * c + 4; k++) {
        const from = (r * w + horizontal.index[k]!) * bands;
        const to = r * stride + c * bands;
        const weight = horizontal.weight[k]!;
        for (let b = 0; b < bands; b++) wide[to + b] = wide[to + b]! + weight * x.data[from + b]!;
      }
  const data = floatLike(x.data, height * stride);
  const line = new Float64Array(stride);
  for (let r = 0; r < height; r++) {
    line.fill(0);
    for (let k = 4 * r; k < 4 * r + 4; k++) {
      const from = vertical.index[k]! * stride;
      const weight = vertical.weight[k]!;
      for (let i = 0; i < stride; i++) line[i] = line[i]! + weight * wide[from + i]!;
    }
    for (let i = 0; i < stride; i++) data[r * stride + i] = line[i]!;
  }
  const resized = { ...x, data, shape: [height, width, bands] };
  return x.valid ? { ...resized, valid: resizeCounting(x.valid, w, vertical, horizontal) } : resized;
}

/** A pixel of the result counts where all those that it is made of do. */
function resizeCounting(valid: Uint8Array, w: number, vertical: CubicWeights, horizontal: CubicWeights): Uint8Array {
  const width = horizontal.index.length / 4;
  const height = vertical.index.length / 4;
  const out = new Uint8Array(height * width).fill(1);
  for (let r = 0; r < height; r++)
    for (let i = 4 * r; i < 4 * r + 4; i++) {
      if (vertical.weight[i] === 0) continue;
      const row = vertical.index[i]! * w;
      for (let k = 0; k < 4 * width; k++)
        if (horizontal.weight[k] !== 0 && valid[row + horizontal.index[k]!] === 0) out[r * width + (k >> 2)] = 0;
    }
  return out;
}

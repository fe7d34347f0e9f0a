import {
  defineComponent,
  floatLike,
  type LabelArray,
  type SampleAugmentation,
  SpectraiError,
  type SpectralArray,
} from "@spectrai/core";
import { z } from "zod";
import { blockTaps, cubic, skipTaps, type Taps } from "./block-taps.ts";
import { cubeShape, movePixels } from "./cube.ts";

export const downsampleSchema = z
  .strictObject({
    scale: z.int().min(2).max(16).default(4).meta({
      description: "How many times coarser the input's grid becomes; height and width must be multiples of it.",
      group: "size",
    }),
    kernel: z.enum(["bicubic", "gaussian", "skip", "area"]).default("bicubic").meta({
      description:
        "What a coarse pixel is made of: bicubic as MATLAB's imresize, a Gaussian around the middle of its block, the block's middle pixel alone, or the block's mean.",
      group: "kernel",
    }),
    sigma: z.number().positive().max(100).optional().meta({
      description: "Standard deviation of the Gaussian; absent = half the scale.",
      group: "kernel",
      unit: "pixels",
    }),
    antialias: z.boolean().optional().meta({
      description: "Bicubic: whether the kernel is widened by the scale, so that it averages; absent = true.",
      group: "kernel",
    }),
  })
  .refine(({ kernel, sigma }) => sigma === undefined || kernel === "gaussian", {
    path: ["sigma"],
    message: "is for the kernel gaussian alone; leave it out",
  })
  .refine(({ kernel, antialias }) => antialias === undefined || kernel === "bicubic", {
    path: ["antialias"],
    message: "is for the kernel bicubic alone; leave it out",
  });
type Options = z.output<typeof downsampleSchema>;

/**
 * Makes the low-resolution input of super-resolution from a cube `[H, W, L]`. Coarse pixels lie at the middle of blocks of `scale` ×
 * `scale` fine ones, and all kernels are centred there (half-pixel centres), except that `skip` takes the pixel half a pixel
 * above and to the left of it where the scale is even. Beyond the border the image is mirrored with its edge repeated.
 *
 * - `bicubic`: Keys' kernel, a = −0.5, widened by the scale: MATLAB's imresize, the usual protocol; without `antialias` its 4 × 4
 *   nearest pixels alone.
 * - `gaussian`: σ = `sigma`, cut off at 4 σ.
 * - `skip`, `area`: one pixel, or the mean of the block.
 *
 * A coarse pixel counts where all those count that it is made of. Masks take the block's pixel that `skip` takes. Record: `{}`.
 *
 * @throws SPECTRAI_DATA_SHAPE when height or width is no multiple of the scale
 */
export const downsample = defineComponent({
  kind: "augmentation",
  name: "downsample",
  summary: "Make the low-resolution input of super-resolution from a high-resolution cube.",
  supports: { data: ["cube"] },
  schema: downsampleSchema,
  create: (options): SampleAugmentation => {
    const { scale } = options;
    return {
      scope: "sample",
      affects: "spatial",
      on: "input",
      scale,
      sample(x) {
        checkSize(x, scale);
        return {};
      },
      apply(x) {
        checkSize(x, scale);
        const [h, w] = x.shape as [number, number];
        return reduce(x, tapsOf(h, options), tapsOf(w, options));
      },
      applyMask(mask) {
        checkSize(mask, scale);
        const [h, w] = mask.shape as [number, number];
        const [rows, columns] = [skipTaps(h, scale), skipTaps(w, scale)];
        return movePixels(mask, h / scale, w / scale, (row, column) => rows.index[row]! * w + columns.index[column]!);
      },
    };
  },
});

function checkSize(x: SpectralArray | LabelArray, scale: number): void {
  if ("axis" in x) cubeShape(x, "downsample");
  const [h, w] = x.shape as [number, number];
  if (h % scale !== 0 || w % scale !== 0)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `An image of ${h} × ${w} pixels cannot be made ${scale} times coarser: height and width must be multiples of ${scale}; crop it to ${h - (h % scale)} × ${w - (w % scale)}.`,
    );
}

function tapsOf(length: number, { kernel, scale, sigma = scale / 2, antialias = true }: Options): Taps {
  switch (kernel) {
    case "skip":
      return skipTaps(length, scale);
    case "area":
      return blockTaps(length, scale, (d) => (d < scale / 2 ? 1 : 0), scale / 2);
    case "gaussian":
      return blockTaps(length, scale, (d) => (d < 4 * sigma ? Math.exp(-((d / sigma) ** 2) / 2) : 0), 4 * sigma);
    case "bicubic": {
      const width = antialias ? scale : 1;
      return blockTaps(length, scale, (d) => cubic(d / width), 2 * width);
    }
  }
}

/** Every band, first down the columns into one row as wide as the image, then along it. */
function reduce(x: SpectralArray, vertical: Taps, horizontal: Taps): SpectralArray {
  const [, w, bands] = x.shape as [number, number, number];
  const height = vertical.index.length / vertical.count;
  const width = horizontal.index.length / horizontal.count;
  const stride = w * bands;
  const line = new Float64Array(stride);
  const sums = new Float64Array(bands);
  const data = floatLike(x.data, height * width * bands);
  for (let r = 0, at = 0; r < height; r++) {
    line.fill(0);
    for (let k = r * vertical.count; k < (r + 1) * vertical.count; k++) {
      const weight = vertical.weight[k]!;
      if (weight === 0) continue;
      const from = vertical.index[k]! * stride;
      for (let i = 0; i < stride; i++) line[i] = line[i]! + weight * x.data[from + i]!;
    }
    for (let c = 0; c < width; c++, at += bands) {
      sums.fill(0);
      for (let k = c * horizontal.count; k < (c + 1) * horizontal.count; k++) {
        const weight = horizontal.weight[k]!;
        if (weight === 0) continue;
        const from = horizontal.index[k]! * bands;
        for (let b = 0; b < bands; b++) sums[b] = sums[b]! + weight * line[from + b]!;
      }
      for (let b = 0; b < bands; b++) data[at + b] = sums[b]!;
    }
  }
  const reduced = { ...x, data, shape: [height, width, bands] };
  return x.valid ? { ...reduced, valid: reduceCounting(x.valid, w, vertical, horizontal) } : reduced;
}

function reduceCounting(valid: Uint8Array, w: number, vertical: Taps, horizontal: Taps): Uint8Array {
  const height = vertical.index.length / vertical.count;
  const width = horizontal.index.length / horizontal.count;
  const out = new Uint8Array(height * width);
  const line = new Uint8Array(w);
  for (let r = 0; r < height; r++) {
    line.fill(1);
    for (let k = r * vertical.count; k < (r + 1) * vertical.count; k++)
      if (vertical.weight[k] !== 0)
        for (let i = 0, from = vertical.index[k]! * w; i < w; i++) line[i] = line[i]! & valid[from + i]!;
    for (let c = 0; c < width; c++) {
      let all = 1;
      for (let k = c * horizontal.count; k < (c + 1) * horizontal.count; k++)
        if (horizontal.weight[k] !== 0) all &= line[horizontal.index[k]!]!;
      out[r * width + c] = all;
    }
  }
  return out;
}

import * as tf from "@tensorflow/tfjs-core";
import { defineComponent, SpectraiError, type Transform } from "@spectrai/core";
import { z } from "zod";
import { imageShape, pickPixels, span } from "./steps/image.ts";

export const centerCropSchema = z.strictObject({
  height: z.int().min(1).max(65_536).optional().meta({
    description: "Rows to keep; absent = all.",
    group: "size",
    unit: "pixels",
  }),
  width: z.int().min(1).max(65_536).optional().meta({
    description: "Columns to keep; absent = all.",
    group: "size",
    unit: "pixels",
  }),
});

/**
 * Keeps the middle of a cube `[H, W, L]`, and of its mask; of an odd rest the smaller half is cut in front.
 *
 * @throws SPECTRAI_DATA_SHAPE when the image is smaller than what is to be kept
 */
export const centerCrop = defineComponent({
  kind: "transform",
  name: "center-crop",
  summary: "Keep the middle of an image.",
  supports: { data: ["cube"] },
  schema: centerCropSchema,
  create: ({ height, width }): Transform => {
    const middle = (have: number, want: number | undefined, name: string): Int32Array => {
      const keep = want ?? have;
      if (keep > have)
        throw new SpectraiError(
          "SPECTRAI_DATA_SHAPE",
          `An image with ${have} ${name} cannot be cropped to ${keep}; choose a smaller size, or pad-image first.`,
        );
      return span(Math.floor((have - keep) / 2), keep);
    };
    return {
      affects: "spatial",
      apply(x) {
        const [h, w] = imageShape(x, "center-crop");
        return pickPixels(x, middle(h, height, "rows"), middle(w, width, "columns"));
      },
      tensor(x) {
        const [n, h, w, bands] = x.shape as [number, number, number, number];
        const [rows, columns] = [middle(h, height, "rows"), middle(w, width, "columns")];
        return tf.slice(x, [0, rows[0]!, columns[0]!, 0], [n, rows.length, columns.length, bands]);
      },
      applyMask: (mask) =>
        pickPixels(mask, middle(mask.shape[0]!, height, "rows"), middle(mask.shape[1]!, width, "columns")),
    };
  },
});

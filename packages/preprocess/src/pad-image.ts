import { defineComponent, SpectraiError, type Transform } from "@spectrai/core";
import { z } from "zod";
import { reflectIndex } from "./kernels/reflect.ts";
import { imageShape, pickPixels, span } from "./steps/image.ts";

export const padImageSchema = z.strictObject({
  height: z.int().min(1).max(65_536).default(64).meta({
    description: "Rows to fill the image up to; a taller one stays as it is.",
    group: "size",
    unit: "pixels",
  }),
  width: z.int().min(1).max(65_536).default(64).meta({
    description: "Columns to fill the image up to; a wider one stays as it is.",
    group: "size",
    unit: "pixels",
  }),
});

/**
 * Fills a cube `[H, W, L]` up to a size by reflection at its edges, which are not repeated; the smaller half of what is
 * missing goes in front. Masks alike. The inverse cuts an output back to the original's part, also where the network has
 * enlarged it by a whole factor.
 */
export const padImage = defineComponent({
  kind: "transform",
  name: "pad-image",
  summary: "Fill images up to a size by reflecting them at their edges.",
  supports: { data: ["cube"] },
  schema: padImageSchema,
  create: ({ height, width }): Transform => {
    const before = (have: number, want: number): number => Math.max(0, Math.floor((want - have) / 2));
    const sources = (have: number, want: number): Int32Array =>
      Int32Array.from({ length: Math.max(have, want) }, (_, i) => reflectIndex(i - before(have, want), have));
    return {
      affects: "spatial",
      apply(x) {
        const [h, w] = imageShape(x, "pad-image");
        return pickPixels(x, sources(h, height), sources(w, width));
      },
      applyMask: (mask) => pickPixels(mask, sources(mask.shape[0]!, height), sources(mask.shape[1]!, width)),
      inverse(output, original) {
        const [h, w] = imageShape(original, "pad-image");
        const [outHeight, outWidth] = imageShape(output, "pad-image");
        const part = (out: number, have: number, want: number): Int32Array => {
          const factor = out / Math.max(have, want);
          if (!Number.isInteger(factor))
            throw new SpectraiError(
              "SPECTRAI_DATA_SHAPE",
              `An output of ${outHeight} × ${outWidth} pixels cannot be cut back to an input of ${h} × ${w} filled up to ${Math.max(h, height)} × ${Math.max(w, width)}.`,
            );
          return span(before(have, want) * factor, have * factor);
        };
        return pickPixels(output, part(outHeight, h, height), part(outWidth, w, width));
      },
    };
  },
});

import {
  defineComponent,
  type JsonObject,
  type LabelArray,
  type SampleAugmentation,
  SpectraiError,
  type SpectralArray,
} from "@spectrai/core";
import { z } from "zod";
import { cubeShape, movePixels } from "./cube.ts";
import { numberOf, numbersOf } from "./params.ts";

export const randomCropSchema = z.strictObject({
  height: z.int().min(1).max(65_536).optional().meta({
    description: "Rows to keep; absent = half of them.",
    group: "size",
    unit: "pixels",
  }),
  width: z.int().min(1).max(65_536).optional().meta({
    description: "Columns to keep; absent = half of them.",
    group: "size",
    unit: "pixels",
  }),
});

/**
 * Cuts a part of the given size from a random place of a cube `[H, W, L]` and its mask. Record: `{ row, column, height, width, of:
 * [H, W] }`; a target that is larger by a whole factor, as in super-resolution, is cut at the same relative place.
 *
 * @throws SPECTRAI_DATA_SHAPE when an image is smaller than the part
 */
export const randomCrop = defineComponent({
  kind: "augmentation",
  name: "random-crop",
  summary: "Cut a part of the image from a random place.",
  supports: { data: ["cube"] },
  schema: randomCropSchema,
  create: (options): SampleAugmentation => ({
    scope: "sample",
    affects: "spatial",
    on: "both",
    sample(x, random) {
      const [h, w] = cubeShape(x, "random-crop");
      const height = options.height ?? Math.ceil(h / 2);
      const width = options.width ?? Math.ceil(w / 2);
      if (height > h || width > w)
        throw new SpectraiError(
          "SPECTRAI_DATA_SHAPE",
          `An image of ${h} × ${w} pixels cannot be cropped to ${height} × ${width}; choose a smaller part, or pad-image before.`,
        );
      return { row: random.integer(h - height + 1), column: random.integer(w - width + 1), height, width, of: [h, w] };
    },
    apply: cropAt,
    applyMask: cropAt,
  }),
});

function cropAt<T extends SpectralArray | LabelArray>(x: T, params: JsonObject): T {
  const [h, w] = x.shape as [number, number];
  const [fromHeight, fromWidth] = numbersOf(params, "of") as [number, number];
  const factor = h / fromHeight;
  if (!Number.isInteger(factor) || w !== fromWidth * factor)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `A target of ${h} × ${w} pixels is no whole multiple of its input of ${fromHeight} × ${fromWidth}, so the two cannot be cropped alike.`,
    );
  const row0 = numberOf(params, "row") * factor;
  const column0 = numberOf(params, "column") * factor;
  return movePixels(
    x,
    numberOf(params, "height") * factor,
    numberOf(params, "width") * factor,
    (row, column) => (row0 + row) * w + column0 + column,
  );
}

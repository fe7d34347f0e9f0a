import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { isTiff } from "./tiff/directory.ts";

export const tiffReaderSchema = z.strictObject({});

/**
 * TIFF, BigTIFF, GeoTIFF and OME-TIFF images: integers of 1 to 64 bits, float16 (widened to float32), float32 and
 * float64; bands in one page (chunky or planar) or a page a band; strips or tiles; uncompressed, deflate, LZW and
 * PackBits. Regions are read without the rest of the image. Numbers are those in the file: a scale or offset that
 * the file states is an attribute.
 */
export const tiffReader = defineComponent({
  kind: "reader",
  name: "tiff",
  summary: "Read TIFF, GeoTIFF, BigTIFF and OME-TIFF images, whole or in regions.",
  schema: tiffReaderSchema,
  create: () => ({
    extensions: [".tif", ".tiff", ".btf", ".tf8", ".gtiff"],
    sniff: isTiff,
    open: async (source) => (await import("./tiff/open.ts")).openTiff(source),
  }),
});

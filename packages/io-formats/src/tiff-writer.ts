import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const tiffWriterSchema = z.strictObject({});

/**
 * GeoTIFF images of any number type, uncompressed, bands interleaved by pixel; BigTIFF where 4 GiB are not enough. The
 * georeference is written as GeoTIFF tags, wavelengths, class names and the value for "not measured" as GDAL writes them.
 * Labels with classes get a palette: one byte a pixel up to 255 classes, 255 where there is no label.
 */
export const tiffWriter = defineComponent({
  kind: "writer",
  name: "tiff",
  summary: "Write images as GeoTIFF, labels with a palette (.tif).",
  schema: tiffWriterSchema,
  create: () => ({
    extensions: [".tif", ".tiff"],
    async write(content, sink) {
      const { onlyImage } = await import("./bytes/image-rows.ts");
      const { header, array } = onlyImage(content, "A TIFF file");
      const rows = await (await import("./tiff/write.ts")).tiffRows(header, sink);
      await rows.write(array.data);
      await rows.end();
    },
    image: async (header, sink) => (await import("./tiff/write.ts")).tiffRows(header, sink),
  }),
});

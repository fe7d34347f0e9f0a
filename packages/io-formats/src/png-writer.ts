import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const pngWriterSchema = z.strictObject({});

/**
 * Labels `[height, width]` with their classes' colours as a palette, whose indices are the labels (255 and transparent where
 * there is none), with a legend in `NAME.legend.png`; images of 1 to 4 bands of uint8 or uint16 as they are.
 */
export const pngWriter = defineComponent({
  kind: "writer",
  name: "png",
  summary: "Write label images with their colours and a legend, and pictures (.png).",
  schema: pngWriterSchema,
  create: () => ({
    extensions: [".png"],
    async write(content, sink, beside) {
      const { onlyImage } = await import("./bytes/image-rows.ts");
      const { header, array } = onlyImage(content, "A PNG file");
      const rows = await (await import("./png/write.ts")).pngRows(header, sink, beside);
      await rows.write(array.data);
      await rows.end();
    },
    image: async (header, sink, beside) => (await import("./png/write.ts")).pngRows(header, sink, beside),
  }),
});

import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const enviWriterSchema = z.strictObject({});

/**
 * ENVI images (pixel-interleaved, little-endian), classifications and spectral libraries: the raw file, and the header `.hdr`
 * beside it.
 */
export const enviWriter = defineComponent({
  kind: "writer",
  name: "envi",
  summary: "Write ENVI images, classifications and spectral libraries (raw file and .hdr).",
  schema: enviWriterSchema,
  create: () => ({
    extensions: [".dat", ".img", ".raw", ".bip"],
    write: async (content, sink, beside) => (await import("./envi/write.ts")).writeEnvi(content, sink, beside),
    image: async (header, sink, beside) => (await import("./envi/write.ts")).enviRows(header, sink, beside),
  }),
});

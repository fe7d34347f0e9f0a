import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const matWriterSchema = z.strictObject({
  compress: z.boolean().default(true).meta({
    description: "Compress the variables (MATLAB 7); without it the file is one that MATLAB 5 reads.",
    group: "file",
  }),
});

/**
 * MATLAB files, level 5: arrays column by column, so that a cube `[height, width, bands]` has these dimensions in MATLAB; the
 * axis as `axis`, `axis_unit`, `axis_name`, the names of the rows and of the classes as the cell arrays `ids` and `class_names`.
 */
export const matWriter = defineComponent({
  kind: "writer",
  name: "mat",
  summary: "Write arrays with their axis as a MATLAB file (.mat, version 5 or 7).",
  schema: matWriterSchema,
  create: ({ compress }) => ({
    extensions: [".mat"],
    write: async (content, sink) => (await import("./mat/write.ts")).writeMat(content, compress, sink),
  }),
});

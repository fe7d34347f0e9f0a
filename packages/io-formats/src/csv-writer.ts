import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const csvWriterSchema = z
  .strictObject({
    delimiter: z
      .enum(["comma", "semicolon", "tab"])
      .default("comma")
      .meta({ description: "What separates the cells.", group: "text" }),
    decimal: z.enum(["point", "comma"]).default("point").meta({ description: "The decimal mark.", group: "text" }),
  })
  .refine(
    (o) => o.decimal === "point" || o.delimiter !== "comma",
    "a decimal comma needs another delimiter: semicolon or tab",
  );

export const csvWriter = defineComponent({
  kind: "writer",
  name: "csv",
  summary: "Write spectra with their axis as a table of text (.csv), one a row.",
  schema: csvWriterSchema,
  create: (options) => ({
    extensions: [".csv"],
    write: async (content, sink) => (await import("./csv/write.ts")).writeCsv(content, options, sink),
  }),
});

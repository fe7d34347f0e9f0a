import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const csvReaderSchema = z.strictObject({
  delimiter: z
    .enum(["auto", "comma", "semicolon", "tab", "space", "pipe"])
    .default("auto")
    .meta({ description: "What separates the cells; found out from the first lines unless given.", group: "text" }),
  decimal: z
    .enum(["auto", "point", "comma"])
    .default("auto")
    .meta({ description: "The decimal mark; found out from the first lines unless given.", group: "text" }),
  header: z
    .enum(["auto", "yes", "no"])
    .default("auto")
    .meta({ description: "Whether the first row is a heading; found out unless given.", group: "text" }),
});

/**
 * Tables of text. A spectrum a row (the axis in the heading, labels and properties in other columns), or a spectrum a
 * column (the axis in the first column). Lines that begin with # or % and lines before the table are passed over.
 */
export const csvReader = defineComponent({
  kind: "reader",
  name: "csv",
  summary: "Read spectra from CSV, TSV and other delimited text.",
  schema: csvReaderSchema,
  create: (options) => ({
    extensions: [".csv", ".tsv", ".txt", ".dat", ".asc", ".xy"],
    open: async (source) => (await import("./csv/open.ts")).openCsv(source, options),
  }),
});

import { defineComponent, services } from "@spectrai/core";
import { z } from "zod";
import { axisSchema } from "./dataset/axis.ts";

const nonEmpty = z.string().min(1);

export const spectraSchema = z.strictObject({
  input: nonEmpty.meta({
    description: "File, folder or glob of the input spectra: a matrix with one spectrum a row, a table, or many files.",
    group: "files",
  }),
  target: nonEmpty.optional().meta({
    description: "File, folder or glob of the target spectra, paired by row (matrices) and by file name (folders).",
    group: "files",
  }),
  table: nonEmpty.optional().meta({
    description: "File with labels, values or groups, one row a spectrum, where the data files do not have them.",
    group: "files",
  }),
  variable: nonEmpty.optional().meta({
    description: "Variable of the input spectra; the only or the largest numeric one unless given.",
    group: "variables",
  }),
  targetVariable: nonEmpty.optional().meta({
    description: "Variable of the target spectra, in the target file or, without one, in the input file.",
    group: "variables",
  }),
  orientation: z.enum(["auto", "rows", "columns"]).default("auto").meta({
    description:
      "Whether a matrix has its spectra in rows or in columns; auto takes rows unless the axis shows otherwise.",
    group: "variables",
  }),
  axis: axisSchema.optional().meta({
    description: "The spectral axis; from the file unless given, and 0, 1, … where it has none.",
    group: "axis",
  }),
  targetAxis: axisSchema
    .optional()
    .meta({ description: "The axis of the target spectra, where it is not that of the input.", group: "axis" }),
  labels: nonEmpty
    .optional()
    .meta({ description: "Variable or column with the class of each spectrum.", group: "target" }),
  classes: z.enum(["auto", "folder", "file", "none"]).default("auto").meta({
    description:
      "Take the class from the first folder below the input, or from the file's name; auto does the former where all files lie in two or more folders and there is no other target.",
    group: "target",
  }),
  classNames: z
    .array(nonEmpty)
    .min(2)
    .optional()
    .meta({ description: "Names of the classes in their order; found in the data unless given.", group: "target" }),
  values: z
    .array(nonEmpty)
    .min(1)
    .optional()
    .meta({ description: "Variables or columns with numbers to predict, for regression.", group: "target" }),
  valueUnits: z
    .array(z.string())
    .optional()
    .meta({ description: "Units of the values, in the same order.", group: "target" }),
  groupBy: z.enum(["auto", "none", "file", "folder", "column", "rows"]).default("auto").meta({
    description:
      "What makes a group that a split keeps together; auto takes the file where several files hold several spectra each.",
    group: "groups",
  }),
  groupColumn: z
    .union([nonEmpty, z.array(nonEmpty).min(1)])
    .optional()
    .meta({
      description:
        "Variable or column that names the group of each spectrum, for groupBy: column; or several, which name it together.",
      group: "groups",
    }),
  groupRows: z
    .int()
    .min(1)
    .default(1)
    .meta({ description: "Number of consecutive spectra in a group, for groupBy: rows.", group: "groups" }),
});
export type SpectraOptions = z.output<typeof spectraSchema>;

/**
 * Spectra from files: a folder with a spectrum a file, one matrix, a folder or a matrix a class, or a table.
 * Files of spectra are read when a sample is; matrices once, whole, and shared by their rows.
 */
export const spectra = defineComponent({
  kind: "dataset",
  name: "spectra",
  summary: "Spectra from files, folders or tables of any format that is read, with targets, classes or values.",
  schema: spectraSchema,
  deps: { files: services.files, formats: services.formats, logger: services.logger },
  create: async (options, deps) => (await import("./dataset/open-spectra.ts")).openSpectra(options, deps),
});

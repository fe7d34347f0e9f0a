import { defineComponent, services, windowOptions } from "@spectrai/core";
import { z } from "zod";
import { axisSchema } from "./dataset/axis.ts";
import { colorSchema } from "./dataset/class-colors.ts";

const nonEmpty = z.string().min(1);

/** What colours say of a mask cannot be said by its values as well. */
function withoutClashes({ value, issues }: z.core.ParsePayload<ColorSettings>): void {
  const refuse = (option: keyof ColorSettings, message: string): void =>
    void issues.push({ code: "custom", input: value, path: [option], message });
  if (!value.classColors) {
    if (value.ignoreColors.length > 0) refuse("ignoreColors", "is of use with classColors only");
    return;
  }
  if (value.classNames) refuse("classNames", "classColors names the classes already; leave this out");
  if (value.ignore.length > 0) refuse("ignore", "with classColors, say ignoreColors instead");
  if (value.targetAs === "cube" || value.targetAs === "abundance")
    refuse("targetAs", `with classColors the target is a mask, not ${value.targetAs}`);
}
interface ColorSettings {
  readonly classColors?: unknown;
  readonly ignoreColors: readonly unknown[];
  readonly classNames?: unknown;
  readonly ignore: readonly unknown[];
  readonly targetAs: string;
}

export const cubesSchema = z
  .strictObject({
    input: nonEmpty.meta({
      description: "File, folder or glob of the images, one hyperspectral cube a file.",
      group: "files",
    }),
    target: nonEmpty.optional().meta({
      description: "File, folder or glob of the targets (label masks or cubes), paired with the images by file name.",
      group: "files",
    }),
    variable: nonEmpty.optional().meta({
      description: "Variable of the image; the only or the largest numeric one unless given.",
      group: "variables",
    }),
    targetVariable: nonEmpty.optional().meta({
      description: "Variable of the target, in the target file or, without one, in the image's file.",
      group: "variables",
    }),
    layout: z
      .enum(["H,W,C", "C,H,W"])
      .default("H,W,C")
      .meta({ description: "Order of rows (H), columns (W) and bands (C) in the files.", group: "variables" }),
    goodBands: nonEmpty.optional().meta({
      description:
        "Variable of the image's file with one number a band; bands where it is 0 are left out. Unless given, what the file itself says.",
      group: "variables",
    }),
    axis: axisSchema.optional().meta({
      description: "The spectral axis; from the file unless given, and 0, 1, … where it has none.",
      group: "axis",
    }),
    targetAxis: axisSchema
      .optional()
      .meta({ description: "The axis of target cubes, where it is not that of the images.", group: "axis" }),
    targetAs: z.enum(["auto", "mask", "cube", "abundance"]).default("auto").meta({
      description:
        "What the target is: a mask of labels (2-D), a cube, or abundances (the class is the largest); auto tells by the dimensions.",
      group: "target",
    }),
    firstClass: z.int().min(0).default(1).meta({
      description: "Mask value of the first class; smaller values are pixels without a label.",
      group: "target",
    }),
    ignore: z
      .array(z.int())
      .default([])
      .meta({ description: "Further mask values that mean no label.", group: "target" }),
    classNames: z
      .array(nonEmpty)
      .min(2)
      .optional()
      .meta({ description: "Names of the classes in their order; counted in the data unless given.", group: "target" }),
    classColors: z.record(nonEmpty, colorSchema).optional().meta({
      description:
        'Masks that are pictures in colours: the colour of each class by its name, as "#rrggbb" or red, green and blue. Pixels of other colours are an error; those whose fourth channel (opacity) is 0 have no label.',
      group: "target",
    }),
    ignoreColors: z
      .array(colorSchema)
      .default([])
      .meta({ description: "Colours of such a picture that mean no label.", group: "target" }),
    classes: z.enum(["auto", "folder", "none"]).default("auto").meta({
      description:
        "Take an image's class from the first folder below the input; auto does so where all images lie in two or more folders and there is no other target.",
      group: "target",
    }),
    noData: z
      .union([z.number(), z.enum(["nan", "none"])])
      .optional()
      .meta({
        description:
          "Value that stands for no data (nan = not a number, none = every value is one), where it is not what the files say; such pixels do not count, and bands that have no data at all are left out.",
        group: "variables",
      }),
    ...windowOptions,
    groupBy: z
      .enum(["file", "folder"])
      .default("file")
      .meta({ description: "What makes a group that a split keeps together.", group: "groups" }),
  })
  .check(withoutClashes);
export type CubesOptions = z.output<typeof cubesSchema>;

/** Hyperspectral images from files, whole or in patches. Only the part of a file that a sample needs is read, where its format allows. */
export const cubes = defineComponent({
  kind: "dataset",
  name: "cubes",
  summary: "Hyperspectral images from files of any format that is read, with masks, cubes, classes or no target.",
  schema: cubesSchema,
  deps: { files: services.files, formats: services.formats, logger: services.logger, seed: services.seed },
  create: async (options, deps) => (await import("./dataset/open-cubes.ts")).openCubes(options, deps),
});

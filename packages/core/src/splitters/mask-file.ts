import { z } from "zod";
import { defineComponent } from "../component.ts";
import type { FileSystem } from "../contracts/files.ts";
import type { ImageParts, SplitImage } from "../contracts/splitter.ts";
import { sizeOf, toFloat64 } from "../ndarray.ts";
import { type Formats, services } from "../tokens.ts";
import { type ImagePart, partCodes } from "../images/windows.ts";
import { imagesOnly, mustHavePixels } from "./images-only.ts";
import { splitError } from "./parts.ts";

const maskFile = (part: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ description: `File with an image that is not 0 where a pixel is in the ${part} part.`, group: "files" });
const variableOf = (part: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ description: `Variable of the ${part} mask's file; the only one unless given.`, group: "files" });

export const maskFileSplitSchema = z.strictObject({
  train: maskFile("training"),
  validation: maskFile("validation"),
  test: maskFile("test"),
  trainVariable: variableOf("training"),
  validationVariable: variableOf("validation"),
  testVariable: variableOf("test"),
});
export type MaskFileSplitOptions = z.output<typeof maskFileSplitSchema>;

/** The pixels of one image by masks that somebody else has made: those published with a data set, say. */
export const maskFileSplit = defineComponent({
  kind: "splitter",
  name: "mask-file",
  summary: "Pixels of one image by masks from files.",
  supports: { data: ["cube"] },
  schema: maskFileSplitSchema,
  deps: { files: services.files, formats: services.formats },
  create: (options, { files, formats }) =>
    imagesOnly("mask-file", async (images) => {
      const [image, second] = images;
      if (!image || second)
        throw splitError(`The split mask-file is for one image, and the data set has ${images.length}.`);
      if (options.train === undefined && options.test === undefined)
        throw splitError("The split mask-file needs a train or a test mask.");
      const read = async (part: ImagePart, variable: string | undefined): Promise<Uint8Array | undefined> => {
        const path = options[part];
        return path === undefined ? undefined : readMask(files, formats, path, variable, image);
      };
      return [
        partsOf(image, {
          train: await read("train", options.trainVariable),
          validation: await read("validation", options.validationVariable),
          test: await read("test", options.testVariable),
        }),
      ];
    }),
});

/** All pixels that no mask names are in the part whose mask is missing: training without one for it, else test. */
function partsOf(image: SplitImage, masks: Readonly<Record<ImagePart, Uint8Array | undefined>>): ImageParts {
  const part = new Uint8Array(image.height * image.width);
  const rest = masks.train ? (masks.test ? 0 : partCodes.test) : partCodes.train;
  const counts = { train: 0, validation: 0, test: 0 };
  for (let i = 0; i < part.length; i++) {
    const named = (["train", "validation", "test"] as const).filter((name) => masks[name]?.[i]);
    if (named.length > 1)
      throw splitError(
        `The pixel in row ${Math.floor(i / image.width)}, column ${i % image.width} of ${image.id} is both in the ${named[0]} and in the ${named[1]} mask; a pixel can be in one only.`,
      );
    part[i] = named[0] ? partCodes[named[0]] : rest;
    for (const name of ["train", "validation", "test"] as const) if (part[i] === partCodes[name]) counts[name]++;
  }
  mustHavePixels(counts, { validation: masks.validation !== undefined, test: true });
  return { kind: "pixels", part };
}

async function readMask(
  files: FileSystem,
  formats: Formats,
  path: string,
  variable: string | undefined,
  { id, height, width }: SplitImage,
): Promise<Uint8Array> {
  const source = await files.open(path);
  try {
    const file = await formats.open(source);
    try {
      const fits = file.variables.filter((v) => v.kind === "numeric" && sizeOf(v.shape) === height * width);
      const info = variable === undefined ? fits[0] : file.variables.find((v) => v.name === variable);
      if (!info || (variable === undefined && fits.length > 1))
        throw splitError(
          `${path} has ${variable === undefined ? `${fits.length || "no"} images of ${height} × ${width} pixels, as ${id} has` : `no variable "${variable}"`}; its variables: ${file.variables.map((v) => `${v.name} [${v.shape.join(", ")}]`).join(", ") || "none"}.`,
        );
      const shape = info.shape.filter((d) => d !== 1);
      if (shape[0] !== height || shape[1] !== width)
        throw splitError(
          `${path}: the mask "${info.name}" has the shape [${info.shape.join(", ")}], but ${id} has ${height} × ${width} pixels.`,
        );
      return Uint8Array.from(toFloat64((await file.read(info.name)).data), (v) => (v !== 0 ? 1 : 0));
    } finally {
      await file.close();
    }
  } finally {
    await source.close?.();
  }
}

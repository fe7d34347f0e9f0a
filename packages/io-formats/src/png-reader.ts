import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { isPng } from "./png/chunks.ts";

export const pngReaderSchema = z.strictObject({});

/** PNG images of 1 to 16 bits, as label masks need them: palette indices are kept, small depths are unpacked, nothing is turned into colours. */
export const pngReader = defineComponent({
  kind: "reader",
  name: "png",
  summary: "Read PNG images, label masks above all (palette indices are kept).",
  schema: pngReaderSchema,
  create: () => ({
    extensions: [".png"],
    sniff: isPng,
    open: async (source) => (await import("./png/open.ts")).openPng(source),
  }),
});

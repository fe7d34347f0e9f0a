import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { isMat } from "./mat/signature.ts";

export const matReaderSchema = z.strictObject({});

/**
 * MATLAB files of versions 4, 5, 6, 7 and 7.3. Numbers inside structs and cells are variables too, named as MATLAB
 * names them (`params.wavelength`). Arrays come out in C order with the shape MATLAB shows.
 */
export const matReader = defineComponent({
  kind: "reader",
  name: "mat",
  summary: "Read MATLAB files (versions 4 to 7.3).",
  schema: matReaderSchema,
  create: () => ({
    extensions: [".mat"],
    sniff: isMat,
    open: async (source) => (await import("./mat/open.ts")).openMat(source),
  }),
});

import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const enviReaderSchema = z.strictObject({});

/**
 * ENVI images and spectral libraries. The header or the raw file is opened, and the other found beside it; both may be in one
 * zip archive. An image is the variable `data`, `[height, width, bands]` whatever its interleave, a classification
 * `[height, width]`; a library is `spectra`, a spectrum a row, with its `names`. Regions are read without the rest.
 */
export const enviReader = defineComponent({
  kind: "reader",
  name: "envi",
  summary: "Read ENVI images and spectral libraries (.hdr with its raw file).",
  schema: enviReaderSchema,
  create: () => ({
    extensions: [".hdr", ".img", ".dat", ".raw", ".bsq", ".bil", ".bip", ".sli", ".cube", ".zip"],
    claims: async (source) => (await import("./envi/files.ts")).claimsEnvi(source),
    open: async (source) => (await import("./envi/open.ts")).openEnvi(source),
  }),
});

import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { isNpy } from "./npy/header.ts";

export const npyReaderSchema = z.strictObject({});

/** NumPy arrays: integers, bool, float16 (widened to float32), float32, float64, text; any byte and index order. */
export const npyReader = defineComponent({
  kind: "reader",
  name: "npy",
  summary: "Read NumPy arrays (.npy), whole or in regions.",
  schema: npyReaderSchema,
  create: () => ({
    extensions: [".npy"],
    sniff: isNpy,
    open: async (source) => (await import("./npy/open.ts")).openNpy(source),
  }),
});

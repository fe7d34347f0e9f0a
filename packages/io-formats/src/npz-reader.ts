import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const npzReaderSchema = z.strictObject({});

/** Archives of NumPy arrays, plain (read in regions) or compressed (a member is unpacked when first read). */
export const npzReader = defineComponent({
  kind: "reader",
  name: "npz",
  summary: "Read archives of NumPy arrays (.npz).",
  schema: npzReaderSchema,
  create: () => ({
    extensions: [".npz"],
    // Any zip archive; spreadsheets and documents are told apart by their extension.
    sniff: (head) => head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4,
    open: async (source) => (await import("./npy/open.ts")).openNpz(source),
  }),
});

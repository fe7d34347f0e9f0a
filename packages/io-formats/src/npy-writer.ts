import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const npyWriterSchema = z.strictObject({});

/** One array as NumPy writes it. The format has no place for an axis: .npz and .mat have. */
export const npyWriter = defineComponent({
  kind: "writer",
  name: "npy",
  summary: "Write one array as a NumPy file (.npy).",
  schema: npyWriterSchema,
  create: () => ({
    extensions: [".npy"],
    async write(content, sink) {
      const { npyParts, onlyArray } = await import("./npy/write.ts");
      for (const part of npyParts(onlyArray(content))) await sink.write(part);
    },
    image: async (header, sink) => (await import("./npy/write.ts")).npyRows(header, sink),
  }),
});

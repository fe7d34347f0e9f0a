import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const npzWriterSchema = z.strictObject({
  compress: z
    .boolean()
    .default(false)
    .meta({ description: "Compress the arrays: smaller, but slower and not readable in regions.", group: "file" }),
});

/** Arrays as NumPy's savez writes them; the axis as `axis`, `axis_unit`, `axis_name`, the names of the rows as `ids`. */
export const npzWriter = defineComponent({
  kind: "writer",
  name: "npz",
  summary: "Write arrays with their axis as a NumPy archive (.npz).",
  schema: npzWriterSchema,
  create: ({ compress }) => ({
    extensions: [".npz"],
    async write(content, sink) {
      const [{ npyParts, npyTextParts }, { writeZip }, { contentParts }] = await Promise.all([
        import("./npy/write.ts"),
        import("./npy/write-zip.ts"),
        import("./bytes/content.ts"),
      ]);
      const { arrays, texts } = contentParts(content);
      const members = [
        ...arrays.map(([name, array]) => ({ name: `${name}.npy`, parts: npyParts(array) })),
        ...texts.map(([name, text]) => ({ name: `${name}.npy`, parts: npyTextParts(text) })),
      ];
      await writeZip(members, compress, sink);
    },
  }),
});

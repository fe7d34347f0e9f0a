import type { DataFile, ByteSource, Reader } from "./contracts/reader.ts";
import type { Writer } from "./contracts/writer.ts";
import { SpectraiError } from "./errors.ts";
import { createComponent, resolveRef } from "./options.ts";
import type { Registry } from "./registry.ts";
import type { Services } from "./services.ts";
import type { Formats } from "./tokens.ts";

export const extensionOf = (name: string): string => {
  const file = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  const dot = file.lastIndexOf(".");
  return dot < 0 ? "" : file.slice(dot).toLowerCase();
};

/** The readers and writers of a registry, each made on first use. */
export function createFormats(registry: Registry, services: Services): Formats {
  let readers: Promise<readonly { name: string; reader: Reader }[]> | undefined;
  let writers: Promise<readonly Writer[]> | undefined;
  const allReaders = (): NonNullable<typeof readers> =>
    (readers ??= Promise.all(
      registry.list("reader").map(async ({ component }) => ({
        name: component.name,
        reader: await createComponent(
          resolveRef(registry, "reader", { name: component.name, options: {} }, component.name),
          services,
        ),
      })),
    ));
  const allWriters = (): NonNullable<typeof writers> =>
    (writers ??= Promise.all(
      registry
        .list("writer")
        .map(({ component }) =>
          createComponent(
            resolveRef(registry, "writer", { name: component.name, options: {} }, component.name),
            services,
          ),
        ),
    ));

  /** By content where a reader knows its format's first bytes, by what lies beside the file, by extension where neither tells. */
  async function readerOf(source: ByteSource): Promise<Reader> {
    const extension = source.folder ? ".zarr" : extensionOf(source.name);
    const all = (await allReaders()).map((r) => r.reader);
    const head = source.folder ? new Uint8Array() : await source.read(0, Math.min(512, source.size));
    const claimed = all.filter((r) => r.extensions.includes(extension));
    const known = claimed.find((r) => r.sniff?.(head));
    if (known) return known;
    for (const reader of claimed.length > 0 ? claimed : all) if (await reader.claims?.(source)) return reader;
    const found =
      claimed.find((r) => !r.sniff && !r.claims) ?? all.find((r) => r.sniff?.(head)) ?? claimed.find((r) => !r.sniff);
    if (found) return found;
    const names = [...new Set(all.flatMap((r) => r.extensions))].sort().join(", ");
    if (claimed.length > 0)
      throw new SpectraiError(
        "SPECTRAI_FILE_DAMAGED",
        `${source.name} is not what its extension says: its first bytes are not those of a ${extension} file.`,
        { details: { file: source.name } },
      );
    throw new SpectraiError(
      "SPECTRAI_FILE_UNSUPPORTED",
      `${source.name}: no installed reader knows ${source.folder ? "Zarr folders" : extension ? `the extension ${extension}` : "a file without extension"}. Known: ${names || "none; add @spectrai/io-formats to the plugins"}.`,
      {
        details: { file: source.name },
      },
    );
  }

  return {
    open: async (source): Promise<DataFile> => (await readerOf(source)).open(source),
    extensions: async () => [...new Set((await allReaders()).flatMap((r) => r.reader.extensions))],
    async writer(extension) {
      const all = await allWriters();
      const found = all.find((w) => w.extensions.includes(extension));
      if (found) return found;
      throw new SpectraiError(
        "SPECTRAI_FILE_UNSUPPORTED",
        `No installed writer knows the extension ${extension}. Known: ${all.flatMap((w) => w.extensions).join(", ") || "none; add @spectrai/io-formats to the plugins"}.`,
      );
    },
  };
}

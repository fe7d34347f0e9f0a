import {
  type ByteSource,
  type DataFile,
  type FileSystem,
  type Formats,
  type Logger,
  type Reader,
  SpectraiError,
  type Writer,
} from "@spectrai/core";
import { bytesSource } from "../src/bytes/source.ts";
import plugin from "../src/index.ts";

const natural = new Intl.Collator("en", { numeric: true }).compare;

export interface Memory extends FileSystem {
  /** Bytes read since the beginning, by path. */
  readonly read: Record<string, number>;
}

/** Files held in memory: paths with forward slashes; `*` stands for anything but a slash. */
export function memoryFiles(contents: Readonly<Record<string, Uint8Array | string>>): Memory {
  const files = new Map(
    Object.entries(contents).map(([path, c]) => [path, typeof c === "string" ? new TextEncoder().encode(c) : c]),
  );
  const read: Record<string, number> = {};
  const isFolder = (path: string): boolean =>
    [...files.keys()].some((p) => p.startsWith(`${path}/`)) || path.endsWith("empty");
  return {
    read,
    async list(pattern) {
      const glob = pattern.includes("*");
      if (!files.has(pattern) && !glob && !isFolder(pattern))
        throw new SpectraiError("SPECTRAI_FILE_NOT_FOUND", `There is no file or folder "${pattern}".`);
      const base = files.has(pattern)
        ? pattern.slice(0, pattern.lastIndexOf("/") + 1)
        : glob
          ? pattern.slice(0, pattern.slice(0, pattern.indexOf("*")).lastIndexOf("/") + 1)
          : `${pattern}/`;
      const matches = new RegExp(
        `^${(glob ? pattern : files.has(pattern) ? pattern : `${pattern}/**`)
          .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
          .replace(/\*\*/g, "\0")
          .replace(/\*/g, "[^/]*")
          .replace(/\0/g, ".*")}$`,
      );
      return [...files.keys()]
        .filter((p) => matches.test(p))
        .sort(natural)
        .map((path) => ({ path, relative: path.slice(base.length), size: files.get(path)!.length }));
    },
    stat: async (path) => {
      const file = files.get(path);
      return file ? { kind: "file", size: file.length } : isFolder(path) ? { kind: "folder", size: 0 } : undefined;
    },
    async open(path) {
      const bytes = files.get(path);
      if (!bytes) throw new SpectraiError("SPECTRAI_FILE_NOT_FOUND", `There is no file "${path}".`);
      const source = bytesSource(path, bytes);
      return {
        ...source,
        read: (offset, length) => {
          read[path] = (read[path] ?? 0) + length;
          return source.read(offset, length);
        },
      } satisfies ByteSource;
    },
  };
}

/** The readers and writers of this package with their default options, chosen as core chooses them. */
export function ownFormats(): Formats {
  const made = (kind: "reader" | "writer") =>
    plugin.components
      .filter((c) => c.kind === kind)
      .map((c) => {
        const checked = c.schema["~standard"].validate({});
        if (checked instanceof Promise || checked.issues) throw new Error(`${c.name} needs options`);
        return c.create(checked.value, {});
      });
  const readers = made("reader") as Reader[];
  const writers = made("writer") as Writer[];
  const extension = (name: string): string => /\.[^./]*$/.exec(name)?.[0].toLowerCase() ?? "";
  return {
    async open(source): Promise<DataFile> {
      const head = await source.read(0, Math.min(512, source.size));
      const claimed = readers.filter((r) => r.extensions.includes(extension(source.name)));
      const reader = claimed.find((r) => r.sniff?.(head)) ?? claimed.find((r) => !r.sniff) ?? claimed[0];
      if (!reader)
        throw new SpectraiError(
          "SPECTRAI_FILE_UNSUPPORTED",
          `${source.name}: no installed reader knows the extension.`,
        );
      return reader.open(source);
    },
    extensions: () => Promise.resolve(readers.flatMap((r) => r.extensions)),
    writer: (ext) => Promise.resolve(writers.find((w) => w.extensions.includes(ext))!),
  };
}

export function collectingLogger(): Logger & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return { warnings, debug: () => undefined, info: () => undefined, warn: (m) => void warnings.push(m) };
}

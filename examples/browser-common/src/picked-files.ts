import { type ByteSource, type FileEntry, type FileSystem, SpectraiError } from "@spectrai/core";

/** The files a user picked, under their names: nothing of them is read before it is asked for. */
export function pickedFiles(files: readonly File[]): FileSystem {
  const byName = new Map(files.map((file) => [file.name, file]));
  const find = (name: string): File => {
    const file = byName.get(name);
    if (file) return file;
    throw new SpectraiError("SPECTRAI_FILE_NOT_FOUND", `There is no file "${name}" among those that were chosen.`);
  };
  const sourceOf = (file: File): ByteSource => ({
    name: file.name,
    size: file.size,
    read: (offset, length) => readPart(file, offset, length),
    sibling: (name) => Promise.resolve(byName.has(name) ? sourceOf(find(name)) : undefined),
  });
  return {
    list: (name) => Promise.resolve([entryOf(find(name))]),
    stat: (name) => Promise.resolve(byName.has(name) ? { kind: "file", size: find(name).size } : undefined),
    open: (name) => Promise.resolve(sourceOf(find(name))),
  };
}

export const entryOf = ({ name, size }: File): FileEntry => ({ path: name, relative: name, size });

async function readPart(file: File, offset: number, length: number): Promise<Uint8Array> {
  if (!(offset >= 0 && length >= 0 && offset + length <= file.size))
    throw new SpectraiError(
      "SPECTRAI_FILE_DAMAGED",
      `${file.name} is cut short or damaged: more is needed of it than its ${file.size} bytes.`,
    );
  try {
    return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
  } catch (cause) {
    throw new SpectraiError(
      "SPECTRAI_FILE_UNREADABLE",
      `${file.name} cannot be read: it was changed, moved or removed after it was chosen; choose it again.`,
      { cause },
    );
  }
}

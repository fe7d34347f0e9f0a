import type { Bytes, Tag } from "./tags.ts";
import { mi } from "./tags.ts";
import { damaged } from "../bytes/errors.ts";
import { decodeElements } from "../bytes/elements.ts";

/** The rows of a char array `dims`, in order: blanks at their ends are kept, as MATLAB does. */
export async function readCharRows({ source, little }: Bytes, tag: Tag, dims: readonly number[]): Promise<string[]> {
  const columns = dims.at(-1)!;
  const rows = dims.slice(0, -1).reduce((n, d) => n * d, 1);
  if (rows * columns === 0) return [];
  if (rows * columns > Math.max(tag.length, 1))
    throw damaged(source.name, `a text of ${rows} × ${columns} characters has only ${tag.length} bytes`);
  const bytes = await source.read(tag.data, tag.length);
  const text = decode(bytes, tag.type, little);
  if (text === undefined)
    throw damaged(source.name, `the text at byte ${tag.data} has the unknown encoding ${tag.type}`);
  if (rows === 1) return [text];
  const units = Array.from(text);
  return Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_c, c) => units[r + c * rows] ?? " ").join(""),
  );
}

function decode(bytes: Uint8Array, type: number, little: boolean): string | undefined {
  switch (type) {
    case mi.int8:
    case mi.uint8:
    case mi.utf8:
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    case 4: // miUINT16
    case mi.utf16:
      return new TextDecoder(little ? "utf-16le" : "utf-16be", { ignoreBOM: true }).decode(bytes);
    case mi.utf32:
      if (bytes.length % 4 !== 0) return undefined;
      return Array.from(decodeElements(bytes, "uint32", little) as Uint32Array, (c) =>
        c <= 0x10ffff ? String.fromCodePoint(c) : "\ufffd",
      ).join("");
    default:
      return undefined;
  }
}

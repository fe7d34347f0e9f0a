import { type FileContent, ndarray } from "@spectrai/core";
import { tiffWriter } from "../src/index.ts";
import { headBytes, type NewField } from "../src/tiff/write-directory.ts";
import { written } from "./collect.ts";

/** A TIFF file of our own writer. */
export const tiffBytes = async (content: FileContent): Promise<Uint8Array> =>
  written(await tiffWriter.create({}, {}), content);

/** A file of 4 × 3 bytes with the values 0 to 11, in two strips; its directory is at byte 8. */
export const tiny = (): Promise<Uint8Array> =>
  tiffBytes({
    variables: {
      x: ndarray(
        Uint8Array.from({ length: 12 }, (_, i) => i),
        [4, 3],
      ),
    },
  });

/** A directory of any tags, followed by data. */
export function rawTiff(fields: readonly NewField[], data: Uint8Array = new Uint8Array(0), big = false): Uint8Array {
  const head = headBytes(fields, big);
  const out = new Uint8Array(head.length + data.length);
  out.set(head);
  out.set(data, head.length);
  return out;
}

/** Where the entry of a tag is in a little-endian file whose first directory is at byte 8. */
export function entryAt(bytes: Uint8Array, tag: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let i = 0; i < view.getUint16(8, true); i++) if (view.getUint16(10 + 12 * i, true) === tag) return 10 + 12 * i;
  throw new Error(`no tag ${tag}`);
}

/** A copy with another count or value in a tag's entry. */
export function patched(bytes: Uint8Array, tag: number, what: "type" | "count" | "value", value: number): Uint8Array {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  const at = entryAt(out, tag);
  if (what === "type") view.setUint16(at + 2, value, true);
  else view.setUint32(at + (what === "count" ? 4 : 8), value, true);
  return out;
}

import type { ByteSink } from "@spectrai/core";
import { crc32 } from "../bytes/crc32.ts";
import { tooLarge } from "../bytes/errors.ts";
import { deflate } from "../bytes/inflate.ts";

export interface NewMember {
  readonly name: string;
  readonly parts: readonly Uint8Array[];
}

const limit = 0xffffffff;
/** Midnight of 1 January 1980, the first moment of a zip: the same content gives the same bytes. */
const date = 0x0021;

/** Writes a zip archive. @throws SPECTRAI_FILE_TOO_LARGE past 4 GiB */
export async function writeZip(members: readonly NewMember[], compress: boolean, sink: ByteSink): Promise<void> {
  const directory: Uint8Array[] = [];
  let at = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    await sink.write(bytes);
    at += bytes.length;
  };
  for (const { name, parts } of members) {
    const size = parts.reduce((n, p) => n + p.length, 0);
    const body = compress ? [await deflate(parts, "deflate-raw")] : parts;
    const packed = body.reduce((n, p) => n + p.length, 0);
    if (size > limit || at + packed + 1024 > limit)
      throw tooLarge(name, "an archive of more than 4 GiB cannot be written; write the arrays as .npy files");
    const crc = parts.reduce((c, p) => crc32(p, c), 0);
    const label = new TextEncoder().encode(name);
    // Version 2.0, names in UTF-8, method, time, date, checksum, sizes, name length, no extra field.
    const common = record([
      [20, 2],
      [0x800, 2],
      [compress ? 8 : 0, 2],
      [0, 2],
      [date, 2],
      [crc, 4],
      [packed, 4],
      [size, 4],
      [label.length, 2],
      [0, 2],
    ]);
    directory.push(
      record([
        [0x02014b50, 4],
        [20, 2],
      ]),
      common,
      record([
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 4],
        [at, 4],
      ]),
      label,
    );
    await write(record([[0x04034b50, 4]]));
    await write(common);
    await write(label);
    for (const part of body) await write(part);
  }
  const start = at;
  for (const piece of directory) await write(piece);
  const n = members.length;
  await write(
    record([
      [0x06054b50, 4],
      [0, 2],
      [0, 2],
      [n, 2],
      [n, 2],
      [at - start, 4],
      [start, 4],
      [0, 2],
    ]),
  );
}

/** Little-endian fields, `[value, bytes]`. */
function record(fields: readonly (readonly [value: number, width: 2 | 4])[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((n, [, w]) => n + w, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [value, width] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return out;
}

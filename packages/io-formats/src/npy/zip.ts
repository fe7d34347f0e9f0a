/** The directory of a zip archive, as far as .npz files use it. Source: PKWARE APPNOTE 6.3. */
import type { ByteSource } from "@spectrai/core";
import { damaged, tooLarge, unsupported } from "../bytes/errors.ts";
import { crc32 } from "../bytes/crc32.ts";
import { inflate, mostInflated } from "../bytes/inflate.ts";
import { bytesSource, rangeSource, viewOf } from "../bytes/source.ts";

export interface ZipMember {
  readonly name: string;
  /** Size when unpacked. */
  readonly size: number;
  /** Checksum of the unpacked bytes, as the directory has it; some programs write 0 where they made none. */
  readonly crc: number;
  /** The first bytes, unpacked: a source of the full size, of which only these can be read. */
  head(length: number): Promise<ByteSource>;
  /** All of it: a range of the file where it is stored as is, else unpacked and checked. */
  load(): Promise<ByteSource>;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const memberSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endSize = 22;
const mostUnpacked = 2 ** 33;

export async function readZip(file: ByteSource): Promise<ZipMember[]> {
  const { entries, offset, size } = await findDirectory(file);
  if (offset + size > file.size) throw damaged(file.name, "its directory lies outside it");
  const directory = await file.read(offset, size);
  const view = viewOf(directory);
  const members: ZipMember[] = [];
  for (let at = 0, n = 0; n < entries; n++) {
    if (at + 46 > size || view.getUint32(at, true) !== memberSignature)
      throw damaged(file.name, `its directory has ${n} of ${entries} entries`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => view.getUint16(at + o, true)) as [
      number,
      number,
      number,
    ];
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > size) throw damaged(file.name, "its directory is cut short");
    const name = new TextDecoder().decode(directory.subarray(at + 46, at + 46 + nameLength));
    const sizes = wideSizes(view, at, at + 46 + nameLength, extraLength);
    if (sizes.packed > file.size) throw damaged(file.name, `"${name}" should take ${sizes.packed} bytes in it`);
    members.push(
      member(file, name, {
        ...sizes,
        flags: view.getUint16(at + 8, true),
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
      }),
    );
    at = next;
  }
  return members;
}

/** The end record, behind which a comment of up to 64 KiB may stand. */
async function findDirectory(file: ByteSource): Promise<{ entries: number; offset: number; size: number }> {
  const tailSize = Math.min(file.size, endSize + 65_535);
  const tail = viewOf(await file.read(file.size - tailSize, tailSize));
  let at = tailSize - endSize;
  while (at >= 0 && tail.getUint32(at, true) !== endSignature) at--;
  if (at < 0) throw damaged(file.name, "it has no directory at its end");
  const entries = tail.getUint16(at + 10, true);
  const size = tail.getUint32(at + 12, true);
  const offset = tail.getUint32(at + 16, true);
  if (offset !== 0xffffffff && entries !== 0xffff) return { entries, offset, size };
  // Zip64: a locator of 20 bytes just before the end record says where its larger brother is.
  const locator = file.size - tailSize + at - 20;
  if (locator < 0) throw damaged(file.name, "its 64-bit directory is missing");
  const place = Number(viewOf(await file.read(locator, 20)).getBigUint64(8, true));
  const wide = viewOf(await file.read(place, 56));
  if (wide.getUint32(0, true) !== end64Signature) throw damaged(file.name, "its 64-bit directory is missing");
  const [n, length, start] = [32, 40, 48].map((o) => Number(wide.getBigUint64(o, true))) as [number, number, number];
  if (n > length / 46) throw damaged(file.name, `its directory announces ${n} entries in ${length} bytes`);
  return { entries: n, offset: start, size: length };
}

/** Sizes and place of a member; where they do not fit 32 bits they are in extra field 1, in this order. */
function wideSizes(
  view: DataView,
  at: number,
  extra: number,
  extraLength: number,
): { size: number; packed: number; local: number } {
  const fields = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
  for (let e = extra; e + 4 <= extra + extraLength; e += 4 + view.getUint16(e + 2, true)) {
    if (view.getUint16(e, true) !== 1) continue;
    let w = e + 4;
    for (let k = 0; k < 3; k++)
      if (fields[k] === 0xffffffff && w + 8 <= extra + extraLength) {
        fields[k] = Number(view.getBigUint64(w, true));
        w += 8;
      }
  }
  return { size: fields[0]!, packed: fields[1]!, local: fields[2]! };
}

interface Location {
  readonly size: number;
  readonly packed: number;
  readonly local: number;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
}

function member(file: ByteSource, name: string, { size, packed, local, flags, method, crc }: Location): ZipMember {
  const label = `${file.name} (${name})`;
  const body = async (): Promise<ByteSource> => {
    if (flags & 1) throw unsupported(label, "it is encrypted");
    const header = viewOf(await file.read(local, 30));
    if (header.getUint32(0, true) !== localSignature)
      throw damaged(label, "it is not where the archive's directory says");
    const start = local + 30 + header.getUint16(26, true) + header.getUint16(28, true);
    if (start + packed > file.size) throw damaged(label, `it should end at byte ${start + packed} of ${file.size}`);
    return rangeSource(file, start, packed, label);
  };
  const stored = method === 0;
  if (method !== 0 && method !== 8)
    throw unsupported(label, `it is compressed by method ${method}; only plain and deflate are read`);
  if (stored ? size !== packed : size > mostInflated(packed))
    throw damaged(label, `${packed} bytes cannot unpack to ${size}`);
  let unpacked: Promise<ByteSource> | undefined;
  const unpack = async (): Promise<ByteSource> => {
    if (size > mostUnpacked)
      throw tooLarge(label, `it unpacks to ${size} bytes; save it uncompressed (numpy.savez), which is read in parts`);
    const bytes = await inflate(await body(), { format: "deflate-raw", limit: size });
    if (bytes.length !== size) throw damaged(label, `it unpacks to ${bytes.length} bytes instead of ${size}`);
    if (crc32(bytes) !== crc) throw damaged(label, "its checksum is wrong");
    return bytesSource(label, bytes);
  };
  return {
    name,
    size,
    crc,
    load: () => (stored ? body() : (unpacked ??= unpack())),
    head: async (length) => {
      const source = await body();
      if (stored) return source;
      return {
        ...bytesSource(label, await inflate(source, { format: "deflate-raw", limit: Infinity, enough: length })),
        size,
      };
    },
  };
}

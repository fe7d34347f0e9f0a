/** MATLAB level 5 files: versions 5 and 6, and 7 where variables are compressed. */
import type { ByteSource } from "@spectrai/core";
import type { Entry, FileParts } from "../bytes/entries.ts";
import { damaged, tooLarge } from "../bytes/errors.ts";
import { inflate, mostInflated } from "../bytes/inflate.ts";
import { bufferedSource, bytesSource, rangeSource, viewOf } from "../bytes/source.ts";
import { entriesOf } from "./entries.ts";
import { readMatrix } from "./matrix.ts";
import { type Bytes, mi, mx, readTag, type Tag } from "./tags.ts";

const headerSize = 128;
/** Enough of a compressed variable to hold its class, dimensions and name. */
const peekSize = 2048;
/** A variable of more bytes is not unpacked: no array of this size can be held either. */
const mostUnpacked = 2 ** 33;

export async function openV5(file: ByteSource): Promise<FileParts> {
  const header = await file.read(0, headerSize);
  const little = header[126] === 0x49;
  const bytes: Bytes = { source: bufferedSource(file), little };
  const unpack = unpacker(file, little);
  const entries: Entry[] = [];
  for (let at = headerSize; at < file.size;) {
    const tag = await readTag(bytes, at, file.size);
    if (tag.type === mi.compressed) entries.push(...(await compressedEntries(file, tag, little, unpack)));
    else if (tag.type === mi.matrix) {
      const matrix = await readMatrix(bytes, at, file.size);
      // A variable without a name is MATLAB's own workspace of function handles.
      if (matrix.name) entries.push(...entriesOf(matrix, () => Promise.resolve({ source: file, little })));
    } else throw damaged(file.name, `the element at byte ${at} is of type ${tag.type}, where a variable is due`);
    at = tag.next;
  }
  const text = new TextDecoder("latin1").decode(header.subarray(0, 116));
  return { entries, attributes: { format: "MATLAB 5", header: text.replace(/[\0\s]+$/, "") } };
}

/** Unpacks the variable at a tag, which announces `size` bytes. */
type Unpack = (tag: Tag, size: number) => Promise<Bytes>;

/** Unpacks variables whole, and keeps the last one: regions of it are read one after another. */
function unpacker(file: ByteSource, little: boolean): Unpack {
  let last: { readonly at: number; readonly bytes: Promise<Bytes> } | undefined;
  const unpack = async (tag: Tag, size: number): Promise<Bytes> => {
    if (size > mostUnpacked)
      throw tooLarge(
        file.name,
        `a compressed variable has ${size} bytes; save the file with "-v7.3", which is read in parts`,
      );
    const inflated = await inflate(rangeSource(file, tag.data, tag.length), { format: "deflate", limit: size });
    if (inflated.length !== size)
      throw damaged(file.name, `a compressed variable announces ${size} bytes, but unpacks to ${inflated.length}`);
    return { source: bytesSource(file.name, inflated), little };
  };
  return (tag, size) => {
    if (last?.at !== tag.data) last = { at: tag.data, bytes: unpack(tag, size) };
    return last.bytes;
  };
}

/** Arrays are described by the first bytes that come out; structs and cells have to be unpacked to see what is in them. */
async function compressedEntries(file: ByteSource, tag: Tag, little: boolean, unpack: Unpack): Promise<Entry[]> {
  const head = await inflate(rangeSource(file, tag.data, tag.length), {
    format: "deflate",
    limit: Infinity,
    enough: peekSize,
  });
  if (head.length < 24) throw damaged(file.name, `the compressed variable at byte ${tag.data} is empty`);
  const size = 8 + viewOf(head).getUint32(4, little);
  if (size > mostInflated(tag.length))
    throw damaged(
      file.name,
      `a compressed variable of ${tag.length} bytes announces ${size} bytes, which is impossible`,
    );
  const load = (): Promise<Bytes> => unpack(tag, size);
  const kind = head[little ? 16 : 19]!;
  const plain = kind >= mx.double && kind <= mx.uint64;
  // Of a plain array only the head is looked at, whatever the size.
  const source = plain && head.length >= peekSize ? { ...bytesSource(file.name, head), size } : (await load()).source;
  const matrix = await readMatrix({ source, little }, 0, source.size);
  return matrix.name ? entriesOf(matrix, load) : [];
}

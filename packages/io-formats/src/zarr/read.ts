/** Regions of a Zarr array: the chunks they touch, a few at a time. */
import { dtypes, type FolderFiles, type NdArray, type Region, sizeOf, type TypedArray } from "@spectrai/core";
import { decodeElements, heldAs, widthOf } from "../bytes/elements.ts";
import { damaged, tooLarge } from "../bytes/errors.ts";
import { regionShape, wholeRegion } from "../bytes/region.ts";
import { copyStrided, stridesOf } from "../bytes/strided.ts";
import { mostPacked, unpack } from "./codecs.ts";
import { crc32c } from "./crc32c.ts";
import type { Shards, ZarrArray } from "./metadata.ts";

const mostRegion = 2 ** 32;
const mostChunks = 1_000_000;
/** Bytes of unpacked chunks that are kept, and that are worked on at a time. */
const kept = 1 << 26;
const atWork = 1 << 28;
const missing = 2n ** 64n - 1n;

type ReadZarr = (region?: Region) => Promise<NdArray>;

/** @param path - of the array in the folder; empty for the folder itself */
export function arrayReader(file: string, folder: FolderFiles, path: string, name: string, array: ZarrArray): ReadZarr {
  const { shape, chunk, type, little, order, codecs, keyOf, shards } = array;
  const below = (key: string): string => (path ? `${path}/${key}` : key);
  const chunkBytes = sizeOf(chunk) * widthOf(type);
  const chunkStrides = stridesInOrder(chunk, order);
  const dtype = heldAs(type);

  const packedChunk = shards
    ? shardReader(file, folder, shards, (place) => below(keyOf(place)), chunkBytes)
    : async (place: readonly number[]): Promise<Uint8Array | undefined> =>
        folder.read(below(keyOf(place)), mostPacked(chunkBytes));

  const cache = recent<TypedArray | undefined>(Math.floor(kept / Math.max(1, chunkBytes)));
  const chunkAt = (place: readonly number[]): Promise<TypedArray | undefined> =>
    cache(place.join("."), async () => {
      const packed = await packedChunk(place);
      if (!packed) return undefined;
      const bytes = await unpack(`${file}/${below(keyOf(place))}`, packed, codecs, chunkBytes);
      return decodeElements(bytes, type, little);
    });

  return async (region) => {
    const wanted = wholeRegion(file, name, shape, region);
    const outShape = regionShape(wanted);
    const size = sizeOf(outShape);
    const grid = wanted.map(([a, b], d): readonly [number, number] => [
      Math.floor(a / chunk[d]!),
      Math.ceil(b / chunk[d]!),
    ]);
    const chunks = sizeOf(regionShape(grid));
    if (size * widthOf(type) > mostRegion || chunks > mostChunks)
      throw tooLarge(
        file,
        `the region of "${name}" has ${size} values in ${chunks} chunks, more than are read at once; read a smaller one`,
      );
    const data = new dtypes[dtype](size) as Float64Array;
    if (size === 0) return { data, shape: outShape, dtype };
    if (array.fill !== 0 && array.fill !== 0n) data.fill(array.fill as number);
    const outStrides = stridesOf(outShape, "C");

    const copy = async (place: readonly number[]): Promise<void> => {
      const from = await chunkAt(place);
      if (!from) return;
      let start = 0;
      let outStart = 0;
      const count = place.map((c, d) => {
        const [a, b] = wanted[d]!;
        const first = Math.max(a, c * chunk[d]!);
        start += (first - c * chunk[d]!) * chunkStrides[d]!;
        outStart += (first - a) * outStrides[d]!;
        return Math.min(b, (c + 1) * chunk[d]!) - first;
      });
      copyStrided({ data: from, start, strides: chunkStrides }, { data, start: outStart, strides: outStrides }, count);
    };
    const places = placesIn(grid);
    const work = async (): Promise<void> => {
      for (let next = places.next(); !next.done; next = places.next()) await copy(next.value);
    };
    const workers = Math.max(1, Math.min(8, Math.floor(atWork / chunkBytes)));
    await Promise.all(Array.from({ length: workers }, work));
    return { data, shape: outShape, dtype };
  };
}

/** Chunks out of shards. The index of a shard is two numbers a chunk: where it begins, and how long it is. */
function shardReader(
  file: string,
  folder: FolderFiles,
  { counts, indexFirst, checked }: Shards,
  keyOf: (shard: readonly number[]) => string,
  chunkBytes: number,
): (place: readonly number[]) => Promise<Uint8Array | undefined> {
  const entries = sizeOf(counts);
  const length = 16 * entries + (checked ? 4 : 0);
  const strides = stridesOf(counts, "C");
  const indices = recent<DataView | undefined>(64);
  const indexOf = (key: string): Promise<DataView | undefined> =>
    indices(key, async () => {
      const bytes = await folder.read(key, length, indexFirst ? { offset: 0, length } : { last: length });
      if (!bytes) return undefined;
      const name = `${file}/${key}`;
      if (bytes.length !== length) throw damaged(name, `it is shorter than its index of ${length} bytes`);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (checked && crc32c(bytes.subarray(0, -4)) !== view.getUint32(length - 4, true))
        throw damaged(name, "the checksum of its index is wrong");
      return view;
    });
  return async (place) => {
    const key = keyOf(place.map((c, d) => Math.floor(c / counts[d]!)));
    const index = await indexOf(key);
    if (!index) return undefined;
    const at = 16 * place.reduce((n, c, d) => n + (c % counts[d]!) * strides[d]!, 0);
    const [offset, size] = [index.getBigUint64(at, true), index.getBigUint64(at + 8, true)];
    if (offset === missing && size === missing) return undefined;
    if (size > BigInt(mostPacked(chunkBytes)) || offset > BigInt(Number.MAX_SAFE_INTEGER))
      throw damaged(`${file}/${key}`, `its index has a chunk of ${size} bytes at byte ${offset}`);
    return folder.read(key, Number(size), { offset: Number(offset), length: Number(size) });
  };
}

/** Every place of a grid, the last dimension fastest. */
function* placesIn(grid: Region): Generator<readonly number[]> {
  const place = grid.map(([a]) => a);
  for (;;) {
    yield [...place];
    let d = grid.length - 1;
    while (d >= 0 && ++place[d]! >= grid[d]![1]) {
      place[d] = grid[d]![0];
      d--;
    }
    if (d < 0) return;
  }
}

function stridesInOrder(shape: readonly number[], slowestFirst: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  let n = 1;
  for (const d of [...slowestFirst].reverse()) {
    strides[d] = n;
    n *= shape[d]!;
  }
  return strides;
}

/** Keeps the results that were asked for last; what fails is forgotten. */
function recent<T>(most: number): (key: string, make: () => Promise<T>) => Promise<T> {
  const found = new Map<string, Promise<T>>();
  return (key, make) => {
    const made = found.get(key) ?? make();
    found.delete(key);
    found.set(key, made);
    made.catch(() => found.delete(key));
    for (const old of found.keys()) {
      if (found.size <= Math.max(most, 1)) break;
      found.delete(old);
    }
    return made;
  };
}

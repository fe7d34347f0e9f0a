/** Classic NetCDF files: big-endian arrays one after another, then the records, in which the record variables take turns. */
import { type ByteSource, dtypes, type NdArray, type Region, sizeOf } from "@spectrai/core";
import type { FileParts } from "../bytes/entries.ts";
import { decodeElements } from "../bytes/elements.ts";
import { isWhole, regionShape, wholeRegion } from "../bytes/region.ts";
import { readStored } from "../bytes/stored.ts";
import { type Described, describedFile, unpacked } from "./conventions.ts";
import { type ClassicHeader, type ClassicType, type ClassicVariable, readHeader } from "./header.ts";

/** Records are read in blocks of this many bytes where other variables lie between. */
const blockSize = 8 << 20;

export async function openClassic(source: ByteSource): Promise<FileParts> {
  const header = await readHeader(source);
  const variables = header.variables.map((v) => unpacked(describe(source, header, v)));
  return describedFile("NetCDF-3", header.attributes, variables);
}

function describe(source: ByteSource, header: ClassicHeader, v: ClassicVariable): Described {
  const { name, type, attributes, dimensions } = v;
  const shape = v.record ? [header.records, ...v.shape] : v.shape;
  if (type !== "char")
    return {
      info: { name, kind: "numeric", shape, dtype: type },
      attributes,
      dimensions,
      read: (region) => readVariable(source, header, v, type, shape, region),
    };
  // Characters: the last dimension is the length of the texts, unless it is the only one and counts records.
  const single = shape.length === 0 || (v.record && shape.length === 1);
  const length = single ? 1 : shape.at(-1)!;
  const texts = single ? shape : shape.slice(0, -1);
  return {
    info: { name, kind: "text", shape: texts, dtype: `S${length}` },
    attributes,
    dimensions,
    readText: async () => {
      const { data } = await readVariable(source, header, v, "uint8", shape);
      const decoder = new TextDecoder();
      return Array.from({ length: sizeOf(texts) }, (_, i) =>
        decoder.decode((data as Uint8Array).subarray(i * length, (i + 1) * length)).replace(/[\0 ]+$/, ""),
      );
    },
  };
}

async function readVariable(
  source: ByteSource,
  { recordSize }: ClassicHeader,
  v: ClassicVariable,
  type: Exclude<ClassicType, "char">,
  shape: readonly number[],
  region?: Region,
): Promise<NdArray> {
  const { name, begin, width } = v;
  const stored = { source, name, type, little: false, order: "C" as const };
  const perRecord = sizeOf(v.shape) * width;
  if (!v.record || recordSize === perRecord) return readStored({ ...stored, offset: begin, shape }, region);

  const wanted = wholeRegion(source.name, name, shape, region);
  const [[first, last], ...inner] = wanted as [Region[number], ...Region[number][]];
  const outShape = regionShape(wanted);
  const each = sizeOf(outShape.slice(1));
  const data = new dtypes[type](sizeOf(outShape)) as Float64Array;
  if (data.length === 0) return { data, shape: outShape, dtype: type };
  if (isWhole(inner, v.shape) && recordSize <= blockSize) {
    const most = Math.floor(blockSize / recordSize);
    const packed = new Uint8Array(Math.min(most, last - first) * perRecord);
    for (let r = first; r < last; r += most) {
      const n = Math.min(most, last - r);
      const block = await source.read(begin + r * recordSize, (n - 1) * recordSize + perRecord);
      for (let k = 0; k < n; k++) packed.set(block.subarray(k * recordSize, k * recordSize + perRecord), k * perRecord);
      // Decoding may turn the bytes round in place: the next block writes them anew.
      data.set(decodeElements(packed.subarray(0, n * perRecord), type, false) as Float64Array, (r - first) * each);
    }
    return { data, shape: outShape, dtype: type };
  }
  for (let r = first; r < last; r++) {
    const part = await readStored({ ...stored, offset: begin + r * recordSize, shape: v.shape }, inner);
    data.set(part.data as Float64Array, (r - first) * each);
  }
  return { data, shape: outShape, dtype: type };
}

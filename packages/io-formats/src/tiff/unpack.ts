/** The compressions of TIFF blocks. Sources: TIFF 6.0, sections 9 (PackBits), 13 (LZW) and 14 (predictor); Adobe's TIFF Technical Note 3 (floating-point predictor). */
import type { TypedArray } from "@spectrai/core";
import { decodeElements, littleBytes, widthOf } from "../bytes/elements.ts";
import { damaged, unsupported } from "../bytes/errors.ts";
import { inflate } from "../bytes/inflate.ts";
import { bytesSource } from "../bytes/source.ts";
import { unpackLzw } from "./lzw.ts";
import { compression, type Page, rowBytes, samplesInBlock } from "./page.ts";

/** The values of a block of `rows` rows, `[rows, blockWidth, samples]`. */
export async function unpackBlock(
  file: string,
  page: Page,
  packed: Uint8Array,
  rows: number,
  little: boolean,
): Promise<TypedArray> {
  const size = rows * rowBytes(page);
  const bytes = await decompress(file, page.compression, packed, size);
  if (bytes.length < size) throw damaged(file, `a block of its image unpacks to ${bytes.length} of ${size} bytes`);
  const raw = bytes.subarray(0, size);
  if (page.bits < 8) return unpackBits(raw, rows, page);
  if (page.predictor === 3) return floatPredictor(raw, rows, page);
  if (page.predictor === 2) return difference(raw, rows, page, little);
  return decodeElements(raw, page.type, little);
}

async function decompress(file: string, method: number, packed: Uint8Array, size: number): Promise<Uint8Array> {
  switch (method) {
    case compression.none:
      return packed;
    case compression.lzw:
      if (packed[0] === 0 && (packed[1]! & 1) === 1)
        throw unsupported(file, "it is compressed with the LZW of before 1992; save it anew");
      return unpackLzw(packed, size);
    case compression.packBits:
      return unpackPackBits(packed, size);
    default:
      return inflate(bytesSource(file, packed), { format: "deflate", limit: Infinity, enough: size });
  }
}

/** A count n below 128 is followed by n + 1 bytes, one above by a byte that is repeated 257 − n times. */
function unpackPackBits(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  for (let i = 0; i < packed.length && at < size;) {
    const n = packed[i++]!;
    if (n < 128) {
      const run = packed.subarray(i, i + Math.min(n + 1, size - at));
      out.set(run, at);
      at += run.length;
      i += n + 1;
    } else if (n > 128 && i < packed.length) {
      const end = Math.min(size, at + 257 - n);
      out.fill(packed[i++]!, at, end);
      at = end;
    }
  }
  return out.subarray(0, at);
}

function unpackBits(raw: Uint8Array, rows: number, page: Page): Uint8Array {
  const { bits } = page;
  const n = page.blockWidth * samplesInBlock(page);
  const stride = rowBytes(page);
  const mask = (1 << bits) - 1;
  const out = new Uint8Array(rows * n);
  for (let y = 0; y < rows; y++)
    for (let i = 0; i < n; i++)
      out[y * n + i] = (raw[y * stride + ((i * bits) >> 3)]! >> (8 - bits - ((i * bits) & 7))) & mask;
  return out;
}

/** Predictor 2: each value is the difference to the one a pixel before, modulo its width. */
function difference(raw: Uint8Array, rows: number, page: Page, little: boolean): TypedArray {
  const step = samplesInBlock(page);
  const n = page.blockWidth * step;
  const whole = (["uint8", "uint16", "uint32", "uint64"] as const)[Math.log2(widthOf(page.type))]!;
  const values = decodeElements(raw, whole, little);
  if (values instanceof BigUint64Array)
    for (let y = 0; y < rows; y++) for (let i = y * n + step; i < (y + 1) * n; i++) values[i]! += values[i - step]!;
  else
    for (let y = 0; y < rows; y++)
      for (let i = y * n + step; i < (y + 1) * n; i++)
        (values as Uint32Array)[i]! += (values as Uint32Array)[i - step]!;
  return decodeElements(littleBytes(values), page.type, true);
}

/** Predictor 3: a row's highest bytes, then its next ones, …; each byte is the difference to the one a pixel before. */
function floatPredictor(raw: Uint8Array, rows: number, page: Page): TypedArray {
  const width = widthOf(page.type);
  const step = samplesInBlock(page);
  const n = page.blockWidth * step;
  const bytes = raw.slice();
  const out = new Uint8Array(bytes.length);
  for (let y = 0; y < rows; y++) {
    const start = y * n * width;
    for (let i = start + step; i < start + n * width; i++) bytes[i]! += bytes[i - step]!;
    for (let k = 0; k < width; k++)
      for (let i = 0; i < n; i++) out[start + i * width + (width - 1 - k)] = bytes[start + k * n + i]!;
  }
  return decodeElements(out, page.type, true);
}

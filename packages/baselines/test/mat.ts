import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

/** A real array of a MATLAB v5 file that holds nothing else, row-major. */
export interface MatArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Reads doubles of a compressed or plain element, in MATLAB's order: the first index runs fastest. */
export function readMat(path: string): MatArray {
  const file = readFileSync(path);
  const bytes =
    file.readInt32LE(128) === 15 ? inflateSync(file.subarray(136, 136 + file.readInt32LE(132))) : file.subarray(128);
  let at = 8; // past the tag of the matrix
  const next = (): { type: number; data: Buffer } => {
    const word = bytes.readUInt32LE(at);
    if (word >>> 16) {
      at += 8;
      return { type: word & 0xffff, data: bytes.subarray(at - 4, at - 4 + (word >>> 16)) };
    }
    const size = bytes.readUInt32LE(at + 4);
    const data = bytes.subarray(at + 8, at + 8 + size);
    at += 8 + Math.ceil(size / 8) * 8;
    return { type: word, data };
  };
  next();
  const dimensions = next().data;
  next();
  const { type, data } = next();
  if (type !== 9) throw new Error(`values of type ${type} in ${path}`);
  const shape = Array.from({ length: dimensions.length / 4 }, (_, d) => dimensions.readInt32LE(4 * d));
  const out = new Float64Array(data.length / 8);
  for (let to = 0; to < out.length; to++) {
    let rest = to;
    let from = 0;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += (rest % shape[d]!) * shape.slice(0, d).reduce((a, b) => a * b, 1);
      rest = Math.floor(rest / shape[d]!);
    }
    out[to] = data.readDoubleLE(8 * from);
  }
  return { shape, data: out };
}

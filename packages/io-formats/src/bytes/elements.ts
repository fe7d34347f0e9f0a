import { dtypes, halfToFloat, type DType, type TypedArray } from "@spectrai/core";

/** How numbers are stored: a dtype, or float16, which is widened to float32 on reading. */
export type ElementType = DType | "float16";

export const widthOf = (type: ElementType): number => (type === "float16" ? 2 : dtypes[type].BYTES_PER_ELEMENT);
export const heldAs = (type: ElementType): DType => (type === "float16" ? "float32" : type);

const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
let halves: Float32Array | undefined;

/** The numbers in `bytes`: a view where the bytes are aligned and in the machine's order, else a copy. */
export function decodeElements(bytes: Uint8Array, type: ElementType, little: boolean): TypedArray {
  const width = widthOf(type);
  const swap = width > 1 && little !== hostIsLittle;
  const own = swap || bytes.byteOffset % width !== 0 ? bytes.slice() : bytes;
  if (swap) swapBytes(own, width);
  if (type === "float16") {
    halves ??= Float32Array.from({ length: 65_536 }, (_, h) => halfToFloat(h));
    const codes = new Uint16Array(own.buffer, own.byteOffset, own.length / 2);
    const out = new Float32Array(codes.length);
    for (let i = 0; i < out.length; i++) out[i] = halves[codes[i]!]!;
    return out;
  }
  return new dtypes[type](own.buffer as ArrayBuffer, own.byteOffset, own.length / width);
}

/** The little-endian bytes of an array: a view on little-endian machines. */
export function littleBytes(data: TypedArray): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (hostIsLittle || data.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = bytes.slice();
  swapBytes(copy, data.BYTES_PER_ELEMENT);
  return copy;
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start + width <= bytes.length; start += width)
    for (let i = start, j = start + width - 1; i < j; i++, j--) {
      const b = bytes[i]!;
      bytes[i] = bytes[j]!;
      bytes[j] = b;
    }
}

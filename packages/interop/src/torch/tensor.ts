import { ndarray, type NdArray, sizeOf } from "@spectrai/core";
import { damaged } from "./errors.ts";
import { decodeElements, dtypeFor, widths } from "./types.ts";
import { TorchStorage, TorchTensor, type TorchValue } from "./values.ts";

const mostDimensions = 16;

/**
 * A tensor's place in its storage, checked: every element lies inside it, and there are no more elements than the storage has, so that
 * a small storage cannot be spread over a large shape.
 *
 * @throws SPECTRAI_FILE_DAMAGED
 */
export function tensorOf(
  file: string,
  storage: TorchValue | undefined,
  offset: TorchValue | undefined,
  shape: TorchValue | undefined,
  strides: TorchValue | undefined,
): TorchTensor {
  if (!(storage instanceof TorchStorage)) throw damaged(file, "a tensor in it has no storage");
  if (!isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length)
    throw damaged(file, "the shape, strides or offset of a tensor in it are not whole numbers of 0 or more");
  const place = `a tensor [${shape.join(", ")}] in it`;
  const count = sizeOf(shape);
  if (count > storage.elements)
    throw damaged(file, `${place} has more elements than the ${storage.elements} that are stored for it`);
  const last = shape.reduce((at, n, i) => at + (n - 1) * strides[i]!, offset);
  if (count > 0 && last >= storage.elements)
    throw damaged(file, `${place} reaches to element ${last} of the ${storage.elements} that are stored for it`);
  return new TorchTensor(storage, offset, shape, strides);
}

const isCount = (value: TorchValue | undefined): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isCounts = (value: TorchValue | undefined): value is readonly number[] =>
  Array.isArray(value) && value.length <= mostDimensions && value.every(isCount);

/**
 * A tensor's values in C order, from the bytes of its storage.
 *
 * @param bytes - of the whole storage
 */
export function readTensor({ storage, offset, shape, strides }: TorchTensor, bytes: Uint8Array): NdArray {
  const width = widths[storage.type];
  const count = sizeOf(shape);
  const gathered = isContiguous(shape, strides)
    ? bytes.subarray(offset * width, (offset + count) * width)
    : gather(bytes, width, offset, shape, strides);
  return ndarray(decodeElements(gathered, storage.type), shape, dtypeFor(storage.type));
}

const isContiguous = (shape: readonly number[], strides: readonly number[]): boolean => {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== expected) return sizeOf(shape) === 0;
    expected *= shape[i]!;
  }
  return true;
};

function gather(
  bytes: Uint8Array,
  width: number,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array {
  const count = sizeOf(shape);
  const out = new Uint8Array(count * width);
  const at = shape.map(() => 0);
  let from = offset;
  for (let i = 0; i < count; i++) {
    for (let b = 0; b < width; b++) out[i * width + b] = bytes[from * width + b]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++at[d]! < shape[d]!) break;
      from -= strides[d]! * shape[d]!;
      at[d] = 0;
    }
  }
  return out;
}

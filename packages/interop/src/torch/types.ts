import { halfToFloat, type NdArray, type TypedArray } from "@spectrai/core";
import type { TorchType } from "./values.ts";

/** Bytes of an element. */
export const widths: Readonly<Record<TorchType, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  bool: 1,
};

/** PyTorch's storage classes; what a file asks for as `torch.FloatStorage`. */
export const storageTypes: ReadonlyMap<string, TorchType> = new Map([
  ["torch.HalfStorage", "float16"],
  ["torch.BFloat16Storage", "bfloat16"],
  ["torch.FloatStorage", "float32"],
  ["torch.DoubleStorage", "float64"],
  ["torch.CharStorage", "int8"],
  ["torch.ShortStorage", "int16"],
  ["torch.IntStorage", "int32"],
  ["torch.LongStorage", "int64"],
  ["torch.ByteStorage", "uint8"],
  ["torch.BoolStorage", "bool"],
]);

type Reads = (bytes: ArrayBuffer) => TypedArray;
const readers: Readonly<Record<TorchType, Reads>> = {
  float16: (b) => Float32Array.from(new Uint16Array(b), halfToFloat),
  bfloat16: (b) => new Float32Array(Uint32Array.from(new Uint16Array(b), (h) => h << 16).buffer),
  float32: (b) => new Float32Array(b),
  float64: (b) => new Float64Array(b),
  int8: (b) => new Int8Array(b),
  int16: (b) => new Int16Array(b),
  int32: (b) => new Int32Array(b),
  int64: (b) => new BigInt64Array(b),
  uint8: (b) => new Uint8Array(b),
  bool: (b) => Uint8Array.from(new Uint8Array(b), (v) => (v === 0 ? 0 : 1)),
};

/** Little-endian elements as numbers; the two kinds of 16-bit floats are widened to float32. */
export const decodeElements = (bytes: Uint8Array, type: TorchType): TypedArray =>
  readers[type](bytes.slice().buffer as ArrayBuffer);

/** The name that arrays of these elements have here. */
export const dtypeFor = (type: TorchType): NdArray["dtype"] =>
  type === "float16" || type === "bfloat16" ? "float32" : type;

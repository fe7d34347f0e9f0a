import { SpectraiError } from "./errors.ts";

/** The element types an NdArray can hold, by their NumPy names. `float16` data are held widened to float32. */
export const dtypes = {
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;
export type DType = keyof typeof dtypes;
export type TypedArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;
export type FloatArray = Float32Array | Float64Array;

/** An n-dimensional array, C-contiguous: the last index runs fastest. `data.length` is the product of `shape`. */
export interface NdArray<T extends TypedArray = TypedArray> {
  readonly data: T;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** @throws SPECTRAI_DATA_SHAPE when the data do not fill the shape. */
export function ndarray<T extends TypedArray>(
  data: T,
  shape: readonly number[] = [data.length],
  dtype: DType = dtypeOf(data),
): NdArray<T> {
  if (sizeOf(shape) !== data.length || shape.some((d) => !Number.isInteger(d) || d < 0))
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `An array of ${data.length} values cannot have the shape [${shape.join(", ")}].`,
    );
  return { data, shape, dtype };
}

export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Int8Array) return "int8";
  if (data instanceof Int16Array) return "int16";
  if (data instanceof Uint16Array) return "uint16";
  if (data instanceof Uint32Array) return "uint32";
  if (data instanceof BigInt64Array) return "int64";
  return "uint64";
}

/** The same values as float64; 64-bit integers beyond 2^53 lose their last digits, as in NumPy's `astype(float64)`. */
export function toFloat64(data: TypedArray): Float64Array {
  if (data instanceof Float64Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const out = new Float64Array(data.length);
    for (let i = 0; i < out.length; i++) out[i] = Number(data[i]);
    return out;
  }
  return Float64Array.from(data);
}

/** The same values as float32. */
export function toFloat32(data: TypedArray): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float32Array.from(toFloat64(data));
  return Float32Array.from(data);
}

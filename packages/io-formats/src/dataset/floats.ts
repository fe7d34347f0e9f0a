import { type FloatArray, SpectraiError, toFloat32, toFloat64, type NdArray } from "@spectrai/core";

const smallIntegers = new Set(["bool", "int8", "uint8", "int16", "uint16"]);

/** Values as floats that hold them exactly: float32 for integers of up to 16 bits, float64 for longer ones. */
export const asFloats = ({ data, dtype }: NdArray): FloatArray =>
  data instanceof Float32Array ? data : smallIntegers.has(dtype) ? toFloat32(data) : toFloat64(data);

/** Index of the first value that is NaN or infinite, -1 where there is none. */
export function firstNotFinite(data: FloatArray): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) return i;
  return -1;
}

/** @throws SPECTRAI_DATA_VALUE */
export function checkSpectrum(data: FloatArray, path: string, row: number, rows: number): void {
  const point = firstNotFinite(data);
  if (point < 0) return;
  const where = rows > 1 ? `${path}, row ${row}, point ${point}` : `${path}, point ${point}`;
  throw new SpectraiError(
    "SPECTRAI_DATA_VALUE",
    `${where}: the value is ${data[point]}. Remove that spectrum from the file, or replace the value (rows and points are counted from 0).`,
    {
      details: { file: path, row, point },
    },
  );
}

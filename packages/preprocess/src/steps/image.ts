import { type LabelArray, SpectraiError, type SpectralArray } from "@spectrai/core";

/** @throws SPECTRAI_DATA_SHAPE when the array is not a cube `[H, W, L]` */
export function imageShape(
  { shape }: SpectralArray,
  step: string,
): readonly [height: number, width: number, bands: number] {
  if (shape.length !== 3)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `The step ${step} moves the pixels of cubes [H, W, L], but this array has the shape [${shape.join(", ")}]; leave the step out for spectra.`,
    );
  return shape as [number, number, number];
}

/** Takes whole pixels from given rows and columns, and whether they count. */
export function pickPixels<T extends SpectralArray | LabelArray>(
  x: T,
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
): T {
  const [, width, bands = 1] = x.shape as [number, number, number?];
  const Data = x.data.constructor as new (length: number) => T["data"];
  const data = new Data(rows.length * columns.length * bands);
  for (let r = 0, at = 0; r < rows.length; r++)
    for (let c = 0; c < columns.length; c++) {
      const from = (rows[r]! * width + columns[c]!) * bands;
      for (let b = 0; b < bands; b++) data[at++] = x.data[from + b]!;
    }
  const moved = { ...x, data, shape: [rows.length, columns.length, ...x.shape.slice(2)] };
  return "valid" in x && x.valid ? { ...moved, valid: pickCounting(x.valid, width, rows, columns) } : moved;
}

function pickCounting(
  valid: Uint8Array,
  width: number,
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
): Uint8Array {
  const moved = new Uint8Array(rows.length * columns.length);
  for (let r = 0, at = 0; r < rows.length; r++)
    for (let c = 0; c < columns.length; c++) moved[at++] = valid[rows[r]! * width + columns[c]!]!;
  return moved;
}

/** `length` indices from `from` on. */
export const span = (from: number, length: number): Int32Array => Int32Array.from({ length }, (_, i) => from + i);

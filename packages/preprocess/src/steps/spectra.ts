import { type Axis, type FloatArray, floatLike, SpectraiError, type SpectralArray } from "@spectrai/core";

/**
 * Works on one spectrum: reads `row`, writes `out` (another array), both float64. Returns what is wrong with the spectrum
 * as the end of a sentence that begins "The spectrum …", or nothing.
 */
export type SpectrumKernel = (row: Float64Array, out: Float64Array) => string | undefined | void;

/** A kernel with its two rows of working memory. */
export interface SpectrumStep {
  readonly kernel: SpectrumKernel;
  readonly row: Float64Array;
  readonly out: Float64Array;
}

export const spectrumStep = (kernel: SpectrumKernel, length: number, outLength = length): SpectrumStep => ({
  kernel,
  row: new Float64Array(length),
  out: new Float64Array(outLength),
});

/**
 * Applies a step to a spectrum `[L]` or to every pixel of a cube `[H, W, L]`.
 *
 * @throws SPECTRAI_DATA_VALUE when a value is NaN or infinite, or the kernel finds fault with a spectrum; names the pixel
 */
export function mapSpectra(x: SpectralArray, { kernel, row, out }: SpectrumStep, axis: Axis = x.axis): SpectralArray {
  const count = row.length > 0 ? x.data.length / row.length : 0;
  const data = floatLike(x.data, count * out.length);
  for (let s = 0; s < count; s++) {
    readRow(x, s, row);
    const problem = kernel(row, out);
    if (problem) throw new SpectraiError("SPECTRAI_DATA_VALUE", `${spectrumName(x, s)} ${problem}`);
    const at = s * out.length;
    for (let i = 0; i < out.length; i++) data[at + i] = out[i]!;
  }
  return { data, shape: [...x.shape.slice(0, -1), out.length], dtype: x.dtype, axis };
}

/** Copies spectrum `s` of `x` into `row`. @throws SPECTRAI_DATA_VALUE when a value is NaN or infinite */
export function readRow(x: SpectralArray, s: number, row: Float64Array): void {
  copyFinite(
    x.data,
    s * row.length,
    row,
    (i) => `${spectrumName(x, s)} has the value ${x.data[s * row.length + i]} at point ${i}`,
  );
}

function copyFinite(data: FloatArray, at: number, row: Float64Array, where: (i: number) => string): void {
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    const v = data[at + i]!;
    row[i] = v;
    sum += v - v; // 0, or NaN from here on
  }
  if (sum === 0) return;
  throw new SpectraiError(
    "SPECTRAI_DATA_VALUE",
    `${where(row.findIndex((v) => !Number.isFinite(v)))}; remove such spectra or replace the value before training.`,
  );
}

/** How messages call spectrum `s` of an array. */
export const spectrumName = ({ shape }: SpectralArray, s: number): string =>
  shape.length === 1
    ? "The spectrum"
    : `The spectrum at row ${Math.floor(s / shape[1]!)}, column ${s % shape[1]!} of the cube`;

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
  // v − v is 0, or NaN which no sum loses. Two sums, as each addition has to wait for the one before it.
  let even = 0;
  let odd = 0;
  const last = row.length - 1;
  for (let i = 0; i < last; i += 2) {
    const v = data[at + i]!;
    const w = data[at + i + 1]!;
    row[i] = v;
    row[i + 1] = w;
    even += v - v;
    odd += w - w;
  }
  if (last >= 0) row[last] = data[at + last]!;
  if (even + odd + (last < 0 ? 0 : row[last]! - row[last]!) === 0) return;
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

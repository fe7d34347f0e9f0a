import { type Axis, floatLike, SpectraiError, type SpectralArray } from "@spectrai/core";

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

/** Whether spectrum `s` of an array counts; see {@link SpectralArray.valid}. */
export const counts = ({ valid }: SpectralArray, s: number): boolean => valid === undefined || valid[s] !== 0;

/**
 * Applies a step to a spectrum `[L]` or to every pixel of a cube `[H, W, L]`; pixels that do not count are left 0.
 *
 * @throws SPECTRAI_DATA_VALUE when a value is NaN or infinite, or the kernel finds fault with a spectrum; names the pixel
 */
export function mapSpectra(x: SpectralArray, { kernel, row, out }: SpectrumStep, axis: Axis = x.axis): SpectralArray {
  const count = row.length > 0 ? x.data.length / row.length : 0;
  const data = floatLike(x.data, count * out.length);
  for (let s = 0; s < count; s++) {
    if (!counts(x, s)) continue;
    readRow(x, s, row);
    const problem = kernel(row, out);
    if (problem) throw new SpectraiError("SPECTRAI_DATA_VALUE", `${spectrumName(x, s)} ${problem}`);
    const at = s * out.length;
    for (let i = 0; i < out.length; i++) data[at + i] = out[i]!;
  }
  return { ...x, data, shape: [...x.shape.slice(0, -1), out.length], axis };
}

/**
 * Copies spectrum `s` of `x` into `row`, from its point `at` on.
 *
 * @throws SPECTRAI_DATA_VALUE when a value is NaN or infinite
 */
export function readRow(x: SpectralArray, s: number, row: Float64Array, at = 0): void {
  const { data } = x;
  const length = x.shape.at(-1)!;
  const from = s * length;
  // v − v is 0, or NaN which no sum loses. Two sums, as each addition has to wait for the one before it.
  let even = 0;
  let odd = 0;
  const last = length - 1;
  for (let i = 0; i < last; i += 2) {
    const v = data[from + i]!;
    const w = data[from + i + 1]!;
    row[at + i] = v;
    row[at + i + 1] = w;
    even += v - v;
    odd += w - w;
  }
  if (last >= 0) row[at + last] = data[from + last]!;
  if (even + odd + (last < 0 ? 0 : row[at + last]! - row[at + last]!) === 0) return;
  let i = 0;
  while (Number.isFinite(data[from + i])) i++;
  throw new SpectraiError(
    "SPECTRAI_DATA_VALUE",
    `${spectrumName(x, s)} has the value ${data[from + i]} at point ${i}; remove such spectra or replace the value before training.`,
  );
}

/** How messages call spectrum `s` of an array. */
export const spectrumName = ({ shape }: SpectralArray, s: number): string =>
  shape.length === 1
    ? "The spectrum"
    : `The spectrum at row ${Math.floor(s / shape[1]!)}, column ${s % shape[1]!} of the cube`;

/** The four source indices and weights of every point of a resized row. */
export interface CubicWeights {
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

/**
 * Bicubic interpolation from `from` to `to` points, half-pixel centres, without antialiasing, edges repeated, as in PyTorch
 * (`align_corners=False`) and OpenCV: Keys' kernel (IEEE Trans. ASSP 29 (1981) 1153).
 *
 * @param a - the kernel's slope parameter; −0.75 there, −0.5 in Keys' paper and in MATLAB and Pillow
 */
export function cubicWeights(from: number, to: number, a: number): CubicWeights {
  const index = new Int32Array(4 * to);
  const weight = new Float64Array(4 * to);
  for (let o = 0; o < to; o++) {
    const at = ((o + 0.5) * from) / to - 0.5;
    const low = Math.floor(at);
    for (let k = 0; k < 4; k++) {
      const source = low - 1 + k;
      index[4 * o + k] = Math.min(from - 1, Math.max(0, source));
      weight[4 * o + k] = keys(Math.abs(at - source), a);
    }
  }
  return { index, weight };
}

function keys(d: number, a: number): number {
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/** SSIM's window: a Gaussian of σ 1.5 on 11 points, or as many of an odd number as fit. Sums to 1. */
export function gaussianWindow(length: number, points = 11, sigma = 1.5): Float64Array {
  const size = Math.min(points, length - 1 + (length % 2));
  const middle = (size - 1) / 2;
  const window = Float64Array.from({ length: size }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * sigma * sigma)));
  const sum = window.reduce((a, b) => a + b, 0);
  return window.map((v) => v / sum);
}

/** Z. Wang's stabilizing constants (0.01·range)² and (0.03·range)². */
export const ssimConstants = (range: number): readonly [number, number] => [(0.01 * range) ** 2, (0.03 * range) ** 2];

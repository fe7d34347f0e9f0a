import type { FloatArray } from "@spectrai/core";
import { gaussianWindow, ssimConstants } from "./window.ts";

/** Sums under the windows: x, y, x², y², x·y. */
const moments = 5;

/**
 * Mean SSIM over the windows of an image `[height, width, bands]` of channels-last values, band by band. Rows are
 * weighted first, into one buffer of a row's width, then columns.
 */
export function meanSsim(
  x: FloatArray,
  y: FloatArray,
  height: number,
  width: number,
  bands: number,
  range: number,
): number {
  const [c1, c2] = ssimConstants(range);
  const down = gaussianWindow(height);
  const across = gaussianWindow(width);
  const row = width * bands;
  const columns = new Float64Array(moments * row);
  const sums = new Float64Array(moments);
  const rows = height - down.length + 1;
  const places = width - across.length + 1;
  let total = 0;
  for (let top = 0; top < rows; top++) {
    columns.fill(0);
    for (let k = 0; k < down.length; k++) {
      const w = down[k]!;
      const start = (top + k) * row;
      for (let i = 0; i < row; i++) {
        const a = x[start + i]!;
        const b = y[start + i]!;
        columns[i]! += w * a;
        columns[row + i]! += w * b;
        columns[2 * row + i]! += w * a * a;
        columns[3 * row + i]! += w * b * b;
        columns[4 * row + i]! += w * a * b;
      }
    }
    for (let left = 0; left < places; left++)
      for (let band = 0; band < bands; band++) {
        for (let m = 0; m < moments; m++) {
          let sum = 0;
          for (let k = 0, i = m * row + left * bands + band; k < across.length; k++, i += bands)
            sum += across[k]! * columns[i]!;
          sums[m] = sum;
        }
        const mx = sums[0]!;
        const my = sums[1]!;
        const means = mx * my;
        const squares = mx * mx + my * my;
        total +=
          ((2 * means + c1) * (2 * (sums[4]! - means) + c2)) / ((squares + c1) * (sums[2]! + sums[3]! - squares + c2));
      }
  }
  return total / (rows * places * bands);
}

import type { FloatArray } from "@spectrai/core";
import { gaussianWindow, ssimConstants } from "./window.ts";

/** Sums under the windows: x, y, x², y², x·y. */
const moments = 5;

/**
 * Mean SSIM over the windows of an image `[height, width, bands]` of channels-last values, one a band; undefined where there is no
 * window. Rows are weighted first, into one buffer of a row's width, then columns.
 *
 * @param valid - windows with a pixel that is 0 here are left out
 */
export function bandSsim(
  x: FloatArray,
  y: FloatArray,
  [height, width, bands]: readonly [number, number, number],
  range: number,
  valid?: Uint8Array,
): Float64Array | undefined {
  const [c1, c2] = ssimConstants(range);
  const down = gaussianWindow(height);
  const across = gaussianWindow(width);
  const row = width * bands;
  const columns = new Float64Array(moments * row);
  const sums = new Float64Array(moments);
  const rows = height - down.length + 1;
  const places = width - across.length + 1;
  const whole = valid ? new WholeWindows(valid, width, down.length, across.length) : undefined;
  const totals = new Float64Array(bands);
  let windows = 0;
  for (let top = 0; top < rows; top++) {
    if (whole && !whole.moveTo(top)) continue;
    columns.fill(0);
    for (let k = 0; k < down.length; k++) {
      const w = down[k]!;
      const start = (top + k) * row;
      for (let i = 0; i < row; i++) {
        const a = x[start + i]!;
        const b = y[start + i]!;
        columns[i] = columns[i]! + w * a;
        columns[row + i] = columns[row + i]! + w * b;
        columns[2 * row + i] = columns[2 * row + i]! + w * a * a;
        columns[3 * row + i] = columns[3 * row + i]! + w * b * b;
        columns[4 * row + i] = columns[4 * row + i]! + w * a * b;
      }
    }
    for (let left = 0; left < places; left++) {
      if (whole && whole.places[left] === 0) continue;
      windows++;
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
        totals[band] =
          totals[band]! +
          ((2 * means + c1) * (2 * (sums[4]! - means) + c2)) / ((squares + c1) * (sums[2]! + sums[3]! - squares + c2));
      }
    }
  }
  return windows > 0 ? totals.map((sum) => sum / windows) : undefined;
}

/** Where in a row of windows all pixels count; for one row after the other from the top. */
class WholeWindows {
  /** 1 for each window of the row whose pixels all count. */
  readonly places: Uint8Array;
  readonly #valid: Uint8Array;
  readonly #width: number;
  readonly #down: number;
  readonly #across: number;
  /** How many pixels that count lie above each other down to the last row seen. */
  readonly #runs: Int32Array;
  #seen = 0;

  constructor(valid: Uint8Array, width: number, down: number, across: number) {
    this.#valid = valid;
    this.#width = width;
    this.#down = down;
    this.#across = across;
    this.#runs = new Int32Array(width);
    this.places = new Uint8Array(width - across + 1);
  }

  /** Whether the row of windows that begins at row `top` has any. */
  moveTo(top: number): boolean {
    for (; this.#seen < top + this.#down; this.#seen++)
      for (let c = 0, at = this.#seen * this.#width; c < this.#width; c++)
        this.#runs[c] = this.#valid[at + c] === 0 ? 0 : this.#runs[c]! + 1;
    this.places.fill(0);
    let any = false;
    for (let c = 0, run = 0; c < this.#width; c++) {
      run = this.#runs[c]! >= this.#down ? run + 1 : 0;
      if (run < this.#across) continue;
      this.places[c - this.#across + 1] = 1;
      any = true;
    }
    return any;
  }
}

/**
 * How much of the test part a split has let slip into training. A leak of 0 is what a fair comparison needs; with a
 * leak, a method that remembers looks like one that understands.
 */
import type { Rectangle, SampleInfo } from "../contracts/sample.ts";
import type { Split } from "../contracts/splitter.ts";

/**
 * The leak of a split of samples, from 0 to 1: the share of test samples whose group also occurs in training; where
 * each sample is its own group, the share with a training sample next to it, at most `distance` places away in the
 * data's own order. 0 where there is no test part.
 */
export function leakOfSamples(samples: readonly SampleInfo[], { train, test }: Split, distance = 1): number {
  if (test.length === 0) return 0;
  const grouped = new Set(samples.map((s) => s.group)).size < samples.length;
  const trainGroups = new Set(train.map((i) => samples[i]!.group));
  const trained = new Set(train);
  const isNear = (i: number): boolean => {
    for (let d = 1; d <= distance; d++) if (trained.has(i - d) || trained.has(i + d)) return true;
    return false;
  };
  const leaking = test.filter((i) => (grouped ? trainGroups.has(samples[i]!.group) : isNear(i)));
  return leaking.length / test.length;
}

/** Which pixels of one image `[height, width]` are in a part: 0 = not. */
export interface PixelSplit {
  readonly height: number;
  readonly width: number;
  readonly train: ArrayLike<number>;
  readonly test: ArrayLike<number>;
}

/**
 * The leak of a split of one image for a network that looks at p × p pixels, from 0 to 1: the share of test pixels that
 * have a training pixel inside their own patch. An even patch reaches one pixel further to the top and left. 0 where
 * there are no test pixels.
 */
export function leakOfPixels({ height, width, train, test }: PixelSplit, patch: number): number {
  const { leaking, tested } = leakInWindow(
    countsOf(height, width, (i) => train[i] !== 0),
    { y0: 0, y1: height, x0: 0, x1: width },
    [patch, patch],
    (i) => test[i] !== 0,
  );
  return tested === 0 ? 0 : leaking / tested;
}

/** Numbers of pixels above and left of each corner, so that any rectangle's is four look-ups. */
export interface PixelCounts {
  readonly row: number;
  readonly sums: Uint32Array;
}

export function countsOf(height: number, width: number, counts: (pixel: number) => boolean): PixelCounts {
  const row = width + 1;
  const sums = new Uint32Array((height + 1) * row);
  for (let y = 0; y < height; y++) {
    let inRow = 0;
    for (let x = 0; x < width; x++) {
      if (counts(y * width + x)) inRow++;
      sums[(y + 1) * row + x + 1] = sums[y * row + x + 1]! + inRow;
    }
  }
  return { row, sums };
}

/**
 * The test pixels of a window that a network is given, and how many of them have a training pixel in that part of the
 * network's field `[rows, columns]` around them that lies in the window. Without a field, the network sees all of the window.
 */
export function leakInWindow(
  { row, sums }: PixelCounts,
  window: Rectangle,
  field: readonly [number, number] | undefined,
  isTest: (pixel: number) => boolean,
): { readonly leaking: number; readonly tested: number } {
  const { y0, y1, x0, x1 } = window;
  const [high, wide] = field ?? [2 * (y1 - y0), 2 * (x1 - x0)];
  const [above, before] = [Math.floor(high / 2), Math.floor(wide / 2)];
  let tested = 0;
  let leaking = 0;
  for (let y = y0; y < y1; y++) {
    const top = Math.max(y - above, y0) * row;
    const bottom = Math.min(y - above + high, y1) * row;
    for (let x = x0; x < x1; x++) {
      if (!isTest(y * (row - 1) + x)) continue;
      tested++;
      const left = Math.max(x - before, x0);
      const right = Math.min(x - before + wide, x1);
      if (sums[bottom + right]! - sums[top + right]! - sums[bottom + left]! + sums[top + left]! > 0) leaking++;
    }
  }
  return { leaking, tested };
}

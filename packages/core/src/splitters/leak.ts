/**
 * How much of the test part a split has let slip into training. A leak of 0 is what a fair comparison needs; with a
 * leak, a method that remembers looks like one that understands.
 */
import type { SampleInfo } from "../contracts/sample.ts";
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
  // sums[y][x] = training pixels above and left of (y, x), so that any rectangle is four look-ups.
  const row = width + 1;
  const sums = new Float64Array((height + 1) * row);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      sums[(y + 1) * row + x + 1] =
        sums[y * row + x + 1]! + sums[(y + 1) * row + x]! - sums[y * row + x]! + (train[y * width + x]! ? 1 : 0);
  const before = Math.floor(patch / 2);
  const after = patch - before;
  let tested = 0;
  let leaking = 0;
  for (let y = 0; y < height; y++) {
    const top = Math.max(y - before, 0) * row;
    const bottom = Math.min(y + after, height) * row;
    for (let x = 0; x < width; x++) {
      if (!test[y * width + x]) continue;
      tested++;
      const left = Math.max(x - before, 0);
      const right = Math.min(x + after, width);
      if (sums[bottom + right]! - sums[top + right]! - sums[bottom + left]! + sums[top + left]! > 0) leaking++;
    }
  }
  return tested === 0 ? 0 : leaking / tested;
}

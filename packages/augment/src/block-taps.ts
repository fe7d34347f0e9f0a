/** The pixels of a line that each pixel of a coarser line is made of, `count` each, and their weights, which add up to 1. */
export interface Taps {
  readonly count: number;
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

/**
 * The weights of `kernel` around the centre of every block of `scale` pixels. Beyond its ends a line is mirrored with the end pixel
 * repeated (…, 1, 0, | 0, 1, …), as MATLAB's imresize does.
 *
 * @param kernel - a weight for a distance in fine pixels; 0 from `reach` on
 */
export function blockTaps(length: number, scale: number, kernel: (distance: number) => number, reach: number): Taps {
  const out = length / scale;
  const count = 2 * Math.ceil(reach) + 1;
  const index = new Int32Array(out * count);
  const weight = new Float64Array(out * count);
  for (let o = 0; o < out; o++) {
    const centre = (o + 0.5) * scale - 0.5;
    const first = Math.floor(centre) - Math.ceil(reach) + 1;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      index[o * count + k] = mirror(first + k, length);
      const w = kernel(Math.abs(first + k - centre));
      weight[o * count + k] = w;
      sum += w;
    }
    for (let k = 0; k < count; k++) weight[o * count + k] = weight[o * count + k]! / sum;
  }
  return { count, index, weight };
}

function mirror(i: number, n: number): number {
  const at = ((i % (2 * n)) + 2 * n) % (2 * n);
  return at < n ? at : 2 * n - 1 - at;
}

/** One pixel of every block: the middle one, of an even number the last before the middle. */
export const skipTaps = (length: number, scale: number): Taps => ({
  count: 1,
  index: Int32Array.from({ length: length / scale }, (_, o) => o * scale + ((scale - 1) >> 1)),
  weight: new Float64Array(length / scale).fill(1),
});

/** Keys' cubic with a = −0.5 (IEEE Trans. ASSP 29 (1981) 1153). */
export function cubic(d: number): number {
  if (d <= 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

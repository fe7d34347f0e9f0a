/**
 * Tiles of an image that a network is applied to one by one, and the weights that their outputs are blended by. Tiles form a
 * grid, so that everything is a product of rows and columns: a plan is made for each of the two.
 */

/** `[start, stop)` of a tile along one dimension, and the weight of each of its pixels. */
export interface Span {
  readonly start: number;
  readonly stop: number;
  readonly weights: Float64Array;
}

export const blends = ["gaussian", "hann"] as const;
export type Blend = (typeof blends)[number];

export interface SpanOptions {
  /** Length of the image along the dimension. */
  readonly length: number;
  /** Of a tile, and of what two neighbours share. */
  readonly tile: number;
  readonly overlap: number;
  /** Tiles start at multiples of this. */
  readonly step: number;
  /** Pixels at a tile's inner borders that are not used, as the network misses their surroundings. */
  readonly margin: number;
  readonly blend: Blend;
}

/**
 * Tiles that cover a length. The last one ends with the image and may be up to `step − 1` longer than the others. Weights are
 * Gaussian (σ an eighth of the window) or a Hann window without its zero end points, 0 in the margins towards neighbours.
 */
export function spansOf({ length, tile, overlap, step, margin, blend }: SpanOptions): Span[] {
  const size = Math.max(step, Math.floor(tile / step) * step);
  const spans: { start: number; stop: number }[] = [];
  if (length <= size) spans.push({ start: 0, stop: length });
  else {
    const stride = Math.max(step, Math.floor((size - overlap) / step) * step);
    const last = Math.floor((length - size) / step) * step;
    for (let start = 0; start < last; start += stride) spans.push({ start, stop: start + size });
    spans.push({ start: last, stop: length });
  }
  // Half of what two neighbours share, at most, so that every pixel is used by one of them.
  const unused = (k: number): number => {
    const [before, after] = [spans[k - 1], spans[k]];
    return before && after ? Math.min(margin, Math.floor((before.stop - after.start) / 2)) : 0;
  };
  return spans.map(({ start, stop }, k) => {
    const window = blend === "gaussian" ? gaussian(stop - start) : hann(stop - start);
    window.fill(0, 0, unused(k));
    window.fill(0, window.length - unused(k + 1));
    return { start, stop, weights: window };
  });
}

const gaussian = (n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.exp(-0.5 * ((i - (n - 1) / 2) / (0.125 * n)) ** 2));

const hann = (n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.sin((Math.PI * (i + 1)) / (n + 1)) ** 2);

/** The sum of all tiles' weights at each pixel of a length. */
export function weightSums(length: number, spans: readonly Span[]): Float64Array {
  const sums = new Float64Array(length);
  for (const { start, weights } of spans) for (let i = 0; i < weights.length; i++) sums[start + i]! += weights[i]!;
  return sums;
}

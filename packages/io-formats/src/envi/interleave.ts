import { copyStrided, type Strided } from "../bytes/strided.ts";

/** Pixels of a band that are moved before the next bands: their places in the result stay in cache. */
const tile = 64;

/**
 * What `copyStrided` does, four times as fast where a dimension is contiguous in one and another in the other: band after band
 * becomes pixel after pixel, eight bands at a time.
 */
export function copyInterleaved(from: Strided, to: Strided, shape: readonly number[]): void {
  const pixel = shape.findIndex((n, d) => n > 1 && from.strides[d] === 1);
  const band = shape.findIndex((n, d) => n > 1 && to.strides[d] === 1);
  if (pixel < 0 || band < 0 || pixel === band) return copyStrided(from, to, shape);
  const rest = shape.map((_, d) => d).filter((d) => d !== pixel && d !== band);
  const walk = (k: number, start: number, place: number): void => {
    const d = rest[k];
    if (d === undefined) {
      const source = { data: from.data, start, strides: [from.strides[band]!] };
      transpose(source, { data: to.data, start: place, strides: [to.strides[pixel]!] }, shape[band]!, shape[pixel]!);
      return;
    }
    for (let i = 0; i < shape[d]!; i++) walk(k + 1, start + i * from.strides[d]!, place + i * to.strides[d]!);
  };
  walk(0, from.start, to.start);
}

/** `[bands][pixels]` to `[pixels][bands]`; the strides are those of a band here and of a pixel there. */
function transpose(from: Strided, to: Strided, bands: number, pixels: number): void {
  // Same-typed arrays; the cast spares a variant for bigint.
  const source = from.data as Float64Array;
  const target = to.data as Float64Array;
  const step = from.strides[0]!;
  const pixel = to.strides[0]!;
  for (let first = 0; first < pixels; first += tile) {
    const last = Math.min(first + tile, pixels);
    let band = 0;
    for (; band + 8 <= bands; band += 8) {
      const a = from.start + band * step;
      const [b, c, d] = [a + step, a + 2 * step, a + 3 * step];
      const [e, f, g, h] = [a + 4 * step, a + 5 * step, a + 6 * step, a + 7 * step];
      let t = to.start + first * pixel + band;
      for (let p = first; p < last; p++) {
        target[t] = source[a + p]!;
        target[t + 1] = source[b + p]!;
        target[t + 2] = source[c + p]!;
        target[t + 3] = source[d + p]!;
        target[t + 4] = source[e + p]!;
        target[t + 5] = source[f + p]!;
        target[t + 6] = source[g + p]!;
        target[t + 7] = source[h + p]!;
        t += pixel;
      }
    }
    for (; band < bands; band++)
      for (let p = first; p < last; p++) target[to.start + p * pixel + band] = source[from.start + band * step + p]!;
  }
}

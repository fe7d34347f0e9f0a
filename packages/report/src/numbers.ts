/** The numbers of a figure. JSON has no NaN: `null`, like any value that is not finite, is a gap. */
export type Numbers = ArrayLike<number | null>;

/** The value at an index; NaN where there is none. Data come from JSON, so the type is checked and not believed. */
export function numberAt(values: Numbers, index: number): number {
  const value: unknown = values[index];
  return typeof value === "number" ? value : NaN;
}

export interface Extent {
  readonly low: number;
  readonly high: number;
}

/** Smallest and largest finite value (above 0 only, for a logarithmic axis); undefined where there is none. */
export function extentOf(lists: Iterable<Numbers>, positive = false): Extent | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const values of lists)
    for (let i = 0; i < values.length; i++) {
      const value = numberAt(values, i);
      if (!Number.isFinite(value) || (positive && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? { low, high } : undefined;
}

/** The finite values, ascending. */
export function sortedFinite(values: Numbers): Float64Array {
  const out = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = numberAt(values, i);
    if (Number.isFinite(value)) out[n++] = value;
  }
  return out.subarray(0, n).sort();
}

/** Quantile of ascending values by linear interpolation (type 7 of Hyndman and Fan, NumPy's default). NaN when empty. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return NaN;
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const a = sorted[below]!;
  return below + 1 < sorted.length ? a + (at - below) * (sorted[below + 1]! - a) : a;
}

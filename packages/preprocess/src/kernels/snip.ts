export interface SnipOptions {
  /** Largest half width of a peak, in points. */
  readonly halfWindow: number;
  /** Whether windows shrink from the largest to 1 (smoother) or grow. */
  readonly decreasing: boolean;
  /** Whether to compress the range of values by `log(log(√(y + 1) + 1) + 1)` first, so that small peaks count too. */
  readonly lls: boolean;
}

/**
 * Statistics-sensitive non-linear iterative peak clipping (Ryan et al., Nucl. Instrum. Meth. B 34 (1988) 396; decreasing
 * windows: Morháč et al., Nucl. Instrum. Meth. A 401 (1997) 113): for every half width w, each point is lowered to the mean of its
 * two neighbours at distance w where that is lower. Nearer to an end than w, the neighbours are as far away as the end.
 * Writes the baseline into `out`, which must not be `y`; `previous` is working memory of the same length.
 */
export function snipBaseline(
  y: Float64Array,
  out: Float64Array,
  previous: Float64Array,
  { halfWindow, decreasing, lls }: SnipOptions,
): void {
  const n = y.length;
  let least = Infinity;
  for (let i = 0; i < n; i++) if (y[i]! < least) least = y[i]!;
  // The compression needs values from 0 upwards; its root is taken of the spectrum lifted to the minimum 0.
  for (let i = 0; i < n; i++) out[i] = lls ? Math.log(Math.log(Math.sqrt(y[i]! - least + 1) + 1) + 1) : y[i]!;
  for (let k = 1; k <= halfWindow; k++) {
    const w = decreasing ? halfWindow + 1 - k : k;
    previous.set(out);
    for (let i = 1; i < n - 1; i++) {
      const reach = Math.min(w, i, n - 1 - i);
      const mean = (previous[i - reach]! + previous[i + reach]!) / 2;
      if (mean < previous[i]!) out[i] = mean;
    }
  }
  if (!lls) return;
  for (let i = 0; i < n; i++) out[i] = (Math.exp(Math.exp(out[i]!) - 1) - 1) ** 2 - 1 + least;
}

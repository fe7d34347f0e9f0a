export interface DespikeOptions {
  /** Modified z-score above which a first difference is a jump. */
  readonly threshold: number;
  /** Widest spike, and reach of the mean that replaces it, in points. */
  readonly window: number;
}

/** Working memory for spectra of one length. */
export interface DespikeWorkspace {
  readonly sorted: Float64Array;
  /** −1, 0 or 1 at i: whether the step from point i to i + 1 is a jump, and which way. */
  readonly jumps: Int8Array;
  readonly spikes: Uint8Array;
}

export const despikeWorkspace = (length: number): DespikeWorkspace => ({
  sorted: new Float64Array(Math.max(0, length - 1)),
  jumps: new Int8Array(Math.max(0, length - 1)),
  spikes: new Uint8Array(length),
});

/**
 * Whitaker and Hayes (2018): a first difference d is a jump where its modified z-score `0.6745 (d − median) / MAD` exceeds
 * the threshold. The points between a jump and a jump back no more than `window` points later are a spike, as are those
 * between an end of the spectrum and a single jump that near to it; a single jump elsewhere is a step and stays. Spikes
 * become the mean of the clean points within `window` points of them. Where more than half of the differences are equal
 * the MAD is 0 and 1.2533 times the mean absolute deviation takes its place (Iglewicz and Hoaglin, 1993).
 */
export function despikeSpectrum(
  y: Float64Array,
  out: Float64Array,
  { sorted, jumps, spikes }: DespikeWorkspace,
  { threshold, window }: DespikeOptions,
): void {
  const n = y.length;
  out.set(y);
  if (n < 3) return;
  for (let i = 0; i < n - 1; i++) sorted[i] = y[i + 1]! - y[i]!;
  const median = medianOf(sorted);
  let mean = 0;
  for (let i = 0; i < n - 1; i++) {
    sorted[i] = Math.abs(y[i + 1]! - y[i]! - median);
    mean += sorted[i]! / (n - 1);
  }
  const spread = medianOf(sorted) / 0.6745 || 1.2533 * mean;
  if (spread === 0) return;
  for (let i = 0; i < n - 1; i++) {
    const d = y[i + 1]! - y[i]! - median;
    jumps[i] = Math.abs(d) > threshold * spread ? Math.sign(d) : 0;
  }
  markSpikes(y, jumps, spikes, window, threshold * spread);
  for (let i = 0; i < n; i++) {
    if (!spikes[i]) continue;
    let sum = 0;
    let count = 0;
    for (let k = Math.max(0, i - window); k <= Math.min(n - 1, i + window); k++)
      if (!spikes[k]) {
        sum += y[k]!;
        count++;
      }
    if (count > 0) out[i] = sum / count;
  }
}

function markSpikes(y: Float64Array, jumps: Int8Array, spikes: Uint8Array, window: number, limit: number): void {
  const steps = jumps.length;
  spikes.fill(0);
  for (let i = 0; i < steps; i++) {
    if (jumps[i] === 0) continue;
    // The last jump back within reach: a spike may come down in several steps.
    let back = -1;
    for (let k = i + 1; k < steps && k <= i + window; k++) if (jumps[k] === -jumps[i]!) back = k;
    if (back > 0) {
      // Near an end, where the levels on either side differ, the spike goes on to the end.
      const uneven = Math.abs(y[back + 1]! - y[i]!) > limit;
      const from = uneven && i < window ? 0 : i + 1;
      spikes.fill(1, from, uneven && from > 0 && back >= steps - window ? steps + 1 : back + 1);
      i = back;
    } else if (i < window && !spikes[i]) spikes.fill(1, 0, i + 1);
    else if (i >= steps - window) spikes.fill(1, i + 1);
  }
}

/** Sorts its argument. */
function medianOf(values: Float64Array): number {
  values.sort();
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

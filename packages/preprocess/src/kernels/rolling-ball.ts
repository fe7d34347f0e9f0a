/** Working memory for spectra of one length. */
export interface RollingBallWorkspace {
  readonly row: Float64Array;
  readonly queue: Int32Array;
}

export const rollingBallWorkspace = (length: number): RollingBallWorkspace => ({
  row: new Float64Array(length),
  queue: new Int32Array(length),
});

export interface RollingBallOptions {
  /** Half width, in points, of the flat ball that rolls below the spectrum. */
  readonly halfWindow: number;
  /** Half width, in points, of the moving mean that smooths its track; 0 leaves it as it is. */
  readonly smoothHalfWindow: number;
}

/**
 * Rolling ball (Kneen and Annegarn, Nucl. Instrum. Meth. B 109/110 (1996) 209): the moving maximum of the moving minimum, then a
 * moving mean. Windows end at the ends of the spectrum. Writes the baseline into `out`, which must not be `y`.
 */
export function rollingBallBaseline(
  y: Float64Array,
  out: Float64Array,
  { row, queue }: RollingBallWorkspace,
  { halfWindow, smoothHalfWindow }: RollingBallOptions,
): void {
  slidingExtreme(y, out, queue, halfWindow, 1);
  slidingExtreme(out, row, queue, halfWindow, -1);
  movingMean(row, out, smoothHalfWindow);
}

/**
 * Least (sign 1) or largest (sign −1) value within `half` points, in one pass: the queue holds the indices of the values
 * that may still become the extreme, in rising order of value (Lemire, Nordic J. Comput. 13 (2006) 328).
 */
function slidingExtreme(y: Float64Array, out: Float64Array, queue: Int32Array, half: number, sign: 1 | -1): void {
  const n = y.length;
  let head = 0;
  let tail = 0;
  for (let i = 0; i < n + half; i++) {
    if (i < n) {
      while (tail > head && sign * y[queue[tail - 1]!]! >= sign * y[i]!) tail--;
      queue[tail++] = i;
    }
    const centre = i - half;
    if (centre < 0 || centre >= n) continue;
    while (queue[head]! < centre - half) head++;
    out[centre] = y[queue[head]!]!;
  }
}

function movingMean(y: Float64Array, out: Float64Array, half: number): void {
  const n = y.length;
  for (let i = 0; i < n; i++) {
    // Summed anew for every point: a running sum would carry its rounding along the spectrum.
    const from = Math.max(0, i - half);
    const to = Math.min(n - 1, i + half);
    let sum = 0;
    for (let k = from; k <= to; k++) sum += y[k]!;
    out[i] = sum / (to - from + 1);
  }
}

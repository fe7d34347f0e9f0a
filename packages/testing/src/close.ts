export interface Tolerance {
  /** Allowed difference relative to the largest expected magnitude (not element by element: values near 0 are compared fairly). */
  readonly rtol?: number;
  /** Allowed absolute difference on top. */
  readonly atol?: number;
}

/** Throws unless every element is within `atol + rtol · max|expected|`; names the worst element. */
export function expectAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 0, atol = 0 }: Tolerance,
): void {
  if (actual.length !== expected.length) throw new Error(`expected ${expected.length} values, got ${actual.length}`);
  let scale = 0;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]!));
  let worst = -1;
  let at = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= worst)) {
      worst = difference;
      at = i;
      if (Number.isNaN(difference)) break;
    }
  }
  const allowed = atol + rtol * scale;
  if (expected.length > 0 && !(worst <= allowed))
    throw new Error(`element ${at}: got ${actual[at]}, expected ${expected[at]}; off by ${worst}, allowed ${allowed}`);
}

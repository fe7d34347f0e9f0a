import { type Axis, type Component, rng, type SpectralArray, spectralArray, type Transform } from "@spectrai/core";

/** Peaks and noise on a curved background, around 1. */
export function testSpectrum(length: number, name = "spectrum"): Float64Array {
  const random = rng("preprocess-test", name, length);
  const peaks = Array.from(
    { length: 4 },
    () => [random.uniform(0, length), random.uniform(0.3, 1), random.uniform(0.01, 0.04) * length] as const,
  );
  return Float64Array.from({ length }, (_, i) => {
    const t = i / length;
    let y = 0.6 + 0.8 * t - 0.5 * t * t + 0.02 * random.normal();
    for (const [at, height, width] of peaks) y += height * Math.exp(-(((i - at) / width) ** 2));
    return y;
  });
}

/** Dense Gaussian elimination with row exchanges: the slow obvious solver. */
export function denseSolve(matrix: readonly Float64Array[], right: ArrayLike<number>): Float64Array {
  const n = right.length;
  const a = matrix.map((row, i) => Float64Array.of(...row, right[i]!));
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[best]![k]!)) best = i;
    [a[k], a[best]] = [a[best]!, a[k]!];
    for (let i = k + 1; i < n; i++) {
      const m = a[i]![k]! / a[k]![k]!;
      for (let j = k; j <= n; j++) a[i]![j]! -= m * a[k]![j]!;
    }
  }
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = a[i]![n]!;
    for (let j = i + 1; j < n; j++) sum -= a[i]![j]! * x[j]!;
    x[i] = sum / a[i]![i]!;
  }
  return x;
}

/** `W + λ DᵀD`, built from the definition of the difference operator. */
export function penalizedMatrix(weights: ArrayLike<number>, lambda: number, order: number): Float64Array[] {
  const n = weights.length;
  let d = Array.from({ length: n }, (_, i) => new Float64Array(n).fill(1, i, i + 1));
  for (let k = 0; k < order; k++) d = d.slice(1).map((row, i) => row.map((v, j) => v - d[i]![j]!));
  const matrix = Array.from({ length: n }, () => new Float64Array(n));
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      matrix[i]![j] = lambda * d.reduce((sum, row) => sum + row[i]! * row[j]!, 0) + (i === j ? weights[i]! : 0);
  return matrix;
}

/** The slow solution of `(W + λ DᵀD) z = W y`. */
export const slowWhittaker = (
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  lambda: number,
  order: number,
): Float64Array =>
  denseSolve(
    penalizedMatrix(weights, lambda, order),
    Float64Array.from(y, (v, i) => v * weights[i]!),
  );

/** A component's transform, with the options a user would write. */
export async function make(component: Component<"transform">, options: object = {}): Promise<Transform> {
  const parsed = await component.schema["~standard"].validate(options);
  if (parsed.issues) throw new Error(JSON.stringify(parsed.issues));
  return component.create(parsed.value, {});
}

/** A spectrum or cube with the given values, on the axis 0, 1, … or another. */
export const array = (
  values: ArrayLike<number>,
  shape: readonly number[] = [values.length],
  axis?: Axis,
): SpectralArray => spectralArray(Float64Array.from(values), shape, axis);

/** The least-squares polynomial through the points that are kept, by the normal equations in powers of [−1, 1]. */
export function slowPolynomial(
  y: ArrayLike<number>,
  order: number,
  keep: ArrayLike<number> = { length: y.length },
): Float64Array {
  const n = y.length;
  const x = Float64Array.from({ length: n }, (_, i) => (2 * i) / (n - 1) - 1);
  const powers = Array.from({ length: order + 1 }, (_, k) => x.map((v) => v ** k));
  const weight = (i: number): number => keep[i] ?? 1;
  const sum = (term: (i: number) => number): number => x.reduce((total, _, i) => total + weight(i) * term(i), 0);
  const gram = powers.map((p) => Float64Array.from(powers, (q) => sum((i) => p[i]! * q[i]!)));
  const c = denseSolve(
    gram,
    powers.map((p) => sum((i) => p[i]! * y[i]!)),
  );
  return x.map((_, i) => powers.reduce((total, p, k) => total + c[k]! * p[i]!, 0));
}

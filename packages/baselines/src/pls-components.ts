import { innerGram, matrix, type Matrix, symmetricEigen, transposedMultiply } from "@spectrai/linalg";

/** Partial least squares: with component a, `weights` row a times a centred spectrum is its score, and that times `loadings` row a is what it adds to the targets. */
export interface PlsComponents {
  readonly count: number;
  readonly weights: Matrix;
  readonly loadings: Matrix;
}

/** What is left of XᵀY or of a score when nothing but rounding is left. */
const NEGLIGIBLE = 1e-12;

/**
 * NIPALS partial least squares (Wold, Sjöström, Eriksson, Chemom. Intell. Lab. Syst. 58 (2001) 109) without deflating X
 * (Dayal and MacGregor, J. Chemometrics 11 (1997) 73): the direction w is the leading left singular vector of XᵀY less what
 * is explained; the scores t = Xw are made orthogonal to the earlier ones, and the weights r with t = Xr follow along.
 *
 * @param x - centred `[n, p]`
 * @param y - centred `[n, m]`; several columns share their components (PLS2)
 */
export function plsComponents(x: Matrix, y: Matrix, most: number): PlsComponents {
  const [n, p, m] = [x.rows, x.columns, y.columns];
  const limit = Math.min(most, n, p);
  const weights = matrix(limit, p);
  const loadings = matrix(limit, m);
  const scores = matrix(limit, n);
  const norms = new Float64Array(limit);
  const cross = transposedMultiply(x, y);
  const start = norm(cross.data);
  let count = 0;
  for (; count < limit; count++) {
    if (!(norm(cross.data) > NEGLIGIBLE * start)) break;
    const r = leadingDirection(cross);
    const t = timesVector(x, r);
    const before = norm(t);
    // Twice, since the first pass leaves rounding of the large scores in small ones.
    for (let pass = 0; pass < 2; pass++)
      for (let a = 0; a < count; a++) {
        const ta = scores.data.subarray(a * n, (a + 1) * n);
        const share = dot(ta, t) / norms[a]!;
        addScaled(t, ta, -share);
        addScaled(r, weights.data.subarray(a * p, (a + 1) * p), -share);
      }
    const tt = dot(t, t);
    if (!(Math.sqrt(tt) > NEGLIGIBLE * before)) break;
    const q = transposedTimesVector(y, t).map((v) => v / tt);
    const loading = transposedTimesVector(x, t);
    for (let k = 0, at = 0; k < p; k++)
      for (let j = 0; j < m; j++, at++) cross.data[at] = cross.data[at]! - loading[k]! * q[j]!;
    weights.data.set(r, count * p);
    loadings.data.set(q, count * m);
    scores.data.set(t, count * n);
    norms[count] = tt;
  }
  return { count, weights: firstRows(weights, count), loadings: firstRows(loadings, count) };
}

/** Left singular vector of the largest singular value of a `[p, m]`. */
function leadingDirection(a: Matrix): Float64Array {
  const w = a.columns === 1 ? a.data.slice() : timesVector(a, symmetricEigen(innerGram(a)).vectors.data);
  const length = norm(w);
  return w.map((v) => v / length);
}

const firstRows = (a: Matrix, count: number): Matrix => matrix(count, a.columns, a.data.subarray(0, count * a.columns));

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

function addScaled(a: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i] = a[i]! + factor * b[i]!;
}

/** A·v, where of a longer `v` the beginning counts. */
function timesVector(a: Matrix, v: Float64Array): Float64Array {
  const out = new Float64Array(a.rows);
  for (let i = 0, at = 0; i < a.rows; i++) {
    let sum = 0;
    for (let k = 0; k < a.columns; k++, at++) sum += a.data[at]! * v[k]!;
    out[i] = sum;
  }
  return out;
}

/** Aᵀ·v. */
function transposedTimesVector(a: Matrix, v: Float64Array): Float64Array {
  const out = new Float64Array(a.columns);
  for (let i = 0, at = 0; i < a.rows; i++) {
    const factor = v[i]!;
    for (let k = 0; k < a.columns; k++, at++) out[k] = out[k]! + factor * a.data[at]!;
  }
  return out;
}

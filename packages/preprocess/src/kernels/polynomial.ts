import { SpectraiError } from "@spectrai/core";

/** Orthonormal polynomials on the points 0 … length − 1, and working memory for fits to spectra of that length. */
export interface PolynomialBasis {
  readonly length: number;
  readonly order: number;
  /** `rows[k]`: the polynomial of degree k at every point; the rows are orthonormal. */
  readonly rows: readonly Float64Array[];
  /** The first half of the rows of even and of odd degree, each list filled up with zeros to a multiple of three. */
  readonly even: readonly Float64Array[];
  readonly odd: readonly Float64Array[];
}

/**
 * Orthonormal polynomials of degree 0 … order by the three-term recurrence (Forsythe, J. SIAM 5 (1957) 74), with a second
 * orthogonalization that keeps them orthogonal to rounding at any order.
 *
 * @throws SPECTRAI_DATA_LENGTH when there are fewer points than coefficients
 */
export function polynomialBasis(length: number, order: number): PolynomialBasis {
  if (length <= order)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `A polynomial of order ${order} needs more than ${order} points, but the spectrum has ${length}.`,
    );
  const middle = (length - 1) / 2;
  const rows: Float64Array[] = [];
  for (let k = 0; k <= order; k++) {
    const row = new Float64Array(length).fill(1);
    if (k > 0) for (let i = 0; i < length; i++) row[i] = (rows[k - 1]![i]! * (i - middle)) / (middle || 1);
    for (let pass = 0; pass < 2; pass++)
      for (const other of rows) {
        const overlap = dot(row, other);
        for (let i = 0; i < length; i++) row[i] = row[i]! - overlap * other[i]!;
      }
    const norm = Math.sqrt(dot(row, row));
    for (let i = 0; i < length; i++) row[i] = row[i]! / norm;
    rows.push(row);
  }
  const half = Math.ceil(length / 2);
  const halves = (parity: number): Float64Array[] => {
    const list = rows.filter((_, k) => k % 2 === parity).map((row) => row.slice(0, half));
    while (list.length * 2 <= order || list.length % 3 > 0) list.push(new Float64Array(half));
    return list;
  };
  return { length, order, rows, even: halves(0), odd: halves(1) };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * The least-squares polynomial through `y` over the point index, written into `out`, which must not be `y`.
 *
 * The rows are orthonormal, so each coefficient is a projection of its own; and even or odd about the middle, so that sums
 * and differences of mirrored points do for half the work. Three rows of each kind share a pass over the data.
 */
export function fitPolynomial(y: Float64Array, out: Float64Array, basis: PolynomialBasis): void {
  const { length, even, odd } = basis;
  const pairs = length >> 1;
  const last = length - 1;
  const centre = length & 1 ? y[pairs]! : 0;
  for (let k = 0; k < even.length; k += 3) {
    const a = even[k]!;
    const b = odd[k]!;
    const c = even[k + 1]!;
    const d = odd[k + 1]!;
    const e = even[k + 2]!;
    const f = odd[k + 2]!;
    let ca = 0;
    let cb = 0;
    let cc = 0;
    let cd = 0;
    let ce = 0;
    let cf = 0;
    for (let i = 0; i < pairs; i++) {
      const low = y[i]!;
      const high = y[last - i]!;
      const sum = low + high;
      const difference = low - high;
      ca += sum * a[i]!;
      cb += difference * b[i]!;
      cc += sum * c[i]!;
      cd += difference * d[i]!;
      ce += sum * e[i]!;
      cf += difference * f[i]!;
    }
    if (length & 1) {
      ca += centre * a[pairs]!;
      cc += centre * c[pairs]!;
      ce += centre * e[pairs]!;
    }
    for (let i = 0; i < pairs; i++) {
      const p = ca * a[i]! + cc * c[i]! + ce * e[i]!;
      const q = cb * b[i]! + cd * d[i]! + cf * f[i]!;
      if (k === 0) {
        out[i] = p + q;
        out[last - i] = p - q;
      } else {
        out[i] = out[i]! + p + q;
        out[last - i] = out[last - i]! + p - q;
      }
    }
    if (length & 1) out[pairs] = (k === 0 ? 0 : out[pairs]!) + ca * a[pairs]! + cc * c[pairs]! + ce * e[pairs]!;
  }
}

/**
 * A background: the least-squares polynomial, lowered until no point of the spectrum lies below it, so that `y − out` has
 * the minimum 0. `out` must not be `y`.
 */
export function polynomialBaseline(y: Float64Array, out: Float64Array, basis: PolynomialBasis): void {
  fitPolynomial(y, out, basis);
  let lowest = Infinity;
  for (let i = 0; i < basis.length; i++) {
    const above = y[i]! - out[i]!;
    if (above < lowest) lowest = above; // seldom true, so well predicted; Math.min would wait for itself at every point
  }
  for (let i = 0; i < basis.length; i++) out[i] = out[i]! + lowest;
}

/** A dense matrix, row-major float64: element (i, j) is `data[i * columns + j]`. */
export interface Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

export const matrix = (
  rows: number,
  columns: number,
  data: Float64Array = new Float64Array(rows * columns),
): Matrix => ({ data, rows, columns });

/** Row `i` as a view. */
export const row = (a: Matrix, i: number): Float64Array => a.data.subarray(i * a.columns, (i + 1) * a.columns);

/** Aᵀ, in tiles that fit the cache. */
export function transpose(a: Matrix): Matrix {
  const { rows, columns, data } = a;
  const out = new Float64Array(data.length);
  const tile = 16;
  for (let i0 = 0; i0 < rows; i0 += tile) {
    const i1 = Math.min(i0 + tile, rows);
    for (let j0 = 0; j0 < columns; j0 += tile) {
      const j1 = Math.min(j0 + tile, columns);
      for (let i = i0; i < i1; i++) for (let j = j0; j < j1; j++) out[j * rows + i] = data[i * columns + j]!;
    }
  }
  return matrix(columns, rows, out);
}

/** The mean of each column. */
export function columnMeans(a: Matrix): Float64Array {
  const means = new Float64Array(a.columns);
  for (let i = 0, at = 0; i < a.rows; i++) for (let j = 0; j < a.columns; j++, at++) means[j] = means[j]! + a.data[at]!;
  for (let j = 0; j < a.columns; j++) means[j] = means[j]! / a.rows;
  return means;
}

/** A − 1·vᵀ: `v` taken from every row. */
export function subtractRow(a: Matrix, v: Float64Array): Matrix {
  const out = new Float64Array(a.data.length);
  for (let i = 0, at = 0; i < a.rows; i++) for (let j = 0; j < a.columns; j++, at++) out[at] = a.data[at]! - v[j]!;
  return matrix(a.rows, a.columns, out);
}

/** Each row times a factor of its own, in place. */
export function scaleRows(a: Matrix, factors: Float64Array): Matrix {
  for (let i = 0, at = 0; i < a.rows; i++)
    for (let j = 0; j < a.columns; j++, at++) a.data[at] = a.data[at]! * factors[i]!;
  return a;
}

/** The given rows, in that order. */
export function pickRows(a: Matrix, rows: readonly number[]): Matrix {
  const out = matrix(rows.length, a.columns);
  rows.forEach((from, to) => out.data.set(row(a, from), to * a.columns));
  return out;
}

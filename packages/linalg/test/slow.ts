import { rng } from "@spectrai/core";
import { type Matrix, matrix } from "../src/index.ts";

/** Standard normal elements. */
export function randomMatrix(rows: number, columns: number, seed: string): Matrix {
  const random = rng(1, seed);
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => random.normal()),
  );
}

/** The obvious triple loop. */
export function slowMultiply(a: Matrix, b: Matrix): Matrix {
  const out = matrix(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < b.columns; j++)
      for (let k = 0; k < a.columns; k++)
        out.data[i * b.columns + j]! += a.data[i * a.columns + k]! * b.data[k * b.columns + j]!;
  return out;
}

export function slowTranspose(a: Matrix): Matrix {
  const out = matrix(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.columns; j++) out.data[j * a.rows + i] = a.data[i * a.columns + j]!;
  return out;
}

/** Gauss-Jordan elimination with row exchange: X with A X = B. */
export function slowSolve(a: Matrix, b: Matrix): Matrix {
  const n = a.rows;
  const left = Array.from({ length: n }, (_, i) => Array.from(a.data.subarray(i * n, (i + 1) * n)));
  const right = Array.from({ length: n }, (_, i) => Array.from(b.data.subarray(i * b.columns, (i + 1) * b.columns)));
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(left[r]![c]!) > Math.abs(left[pivot]![c]!)) pivot = r;
    [left[c], left[pivot]] = [left[pivot]!, left[c]!];
    [right[c], right[pivot]] = [right[pivot]!, right[c]!];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const f = left[r]![c]! / left[c]![c]!;
      for (let k = c; k < n; k++) left[r]![k]! -= f * left[c]![k]!;
      for (let k = 0; k < b.columns; k++) right[r]![k]! -= f * right[c]![k]!;
    }
  }
  return matrix(n, b.columns, Float64Array.from(right.flatMap((values, i) => values.map((v) => v / left[i]![i]!))));
}

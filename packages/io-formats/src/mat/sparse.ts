import { dtypes, sizeOf, type NdArray, type Region, type TypedArray } from "@spectrai/core";
import { damaged, tooLarge } from "../bytes/errors.ts";
import { cut } from "../bytes/cut.ts";

/** A dense array of more elements than this is not made of a sparse one: a few bytes can announce any size. */
const mostElements = 1 << 26;

export interface SparseParts {
  readonly file: string;
  readonly name: string;
  readonly shape: readonly number[];
  /** Row of each value, and for each column where its values begin (compressed sparse columns). */
  readonly rows: ArrayLike<number>;
  readonly columns: ArrayLike<number>;
  readonly values: TypedArray;
  readonly dtype: NdArray["dtype"];
}

export const checkDense = (file: string, name: string, shape: readonly number[]): void => {
  if (sizeOf(shape) > mostElements)
    throw tooLarge(
      file,
      `the sparse variable "${name}" would have ${sizeOf(shape)} elements, more than the ${mostElements} that are unpacked`,
    );
};

/** The dense array (or a region of it) of compressed sparse columns. @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_TOO_LARGE */
export function densify({ file, name, shape, rows, columns, values, dtype }: SparseParts, region?: Region): NdArray {
  checkDense(file, name, shape);
  const [m = 0, n = 0] = shape;
  const out = new dtypes[dtype](m * n) as Float64Array;
  const from = values as Float64Array;
  if (columns.length < n + 1)
    throw damaged(file, `the sparse variable "${name}" has ${columns.length} column starts for ${n} columns`);
  for (let c = 0; c < n; c++)
    for (let k = columns[c]!; k < columns[c + 1]!; k++) {
      const r = rows[k];
      if (r === undefined || r < 0 || r >= m || k >= from.length)
        throw damaged(file, `the sparse variable "${name}" has an element outside its ${m} × ${n}`);
      out[r * n + c] = from[k]!;
    }
  return cut({ data: out, shape: [m, n], dtype }, file, name, region);
}

import type { Matrix } from "@spectrai/linalg";

/** Rows by the order of their values, feature after feature: all that a tree has to know of them. */
export interface RankedRows {
  readonly rows: number;
  /** The different values of each feature, ascending. */
  readonly values: readonly Float64Array[];
  /** `[features, rows]`: the position of each row's value among them. */
  readonly ranks: Uint32Array;
  /** `[features, rows]`: the rows by ascending value. */
  readonly ascending: Uint32Array;
}

export function rankRows({ data, rows, columns }: Matrix): RankedRows {
  const ranks = new Uint32Array(columns * rows);
  const ascending = new Uint32Array(columns * rows);
  const column = new Float64Array(rows);
  const values = Array.from({ length: columns }, (_, f) => {
    for (let i = 0; i < rows; i++) column[i] = data[i * columns + f]!;
    const different = differentValues(column);
    for (let i = 0; i < rows; i++) ranks[f * rows + i] = positionOf(different, column[i]!);
    orderByRank(ranks.subarray(f * rows, (f + 1) * rows), different.length, ascending.subarray(f * rows));
    return different;
  });
  return { rows, values, ranks, ascending };
}

/** Rows by ascending rank, by counting. */
function orderByRank(ranks: Uint32Array, different: number, out: Uint32Array): void {
  const next = new Uint32Array(different + 1);
  for (const rank of ranks) next[rank + 1] = next[rank + 1]! + 1;
  for (let rank = 0; rank < different; rank++) next[rank + 1] = next[rank + 1]! + next[rank]!;
  ranks.forEach((rank, row) => {
    out[next[rank]!] = row;
    next[rank] = next[rank]! + 1;
  });
}

function differentValues(column: Float64Array): Float64Array {
  const sorted = column.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i]! !== sorted[count - 1]!) {
      sorted[count] = sorted[i]!;
      count++;
    }
  return sorted.slice(0, count);
}

function positionOf(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

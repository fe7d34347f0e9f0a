import { columnMeans, matrix, type Matrix, multiplyTransposed, row, subtractRow } from "@spectrai/linalg";
import type { ClassifierFamily } from "./family.ts";

export type NeighbourSetting = { readonly neighbours: number; readonly distance: "euclidean" | "cosine" };

const COUNTS = [61, 41, 31, 21, 15, 11, 9, 7, 5, 3, 1];
const DISTANCES = ["euclidean", "cosine"] as const;

/** A nearer neighbour's vote counts so much more that equal votes are decided, and unequal ones never. */
const NEARER = 1e-5;

/**
 * The k nearest training spectra vote. Scores are log((votes + 1/K) / (k + 1)), the log of vote shares to which one vote, spread
 * over all classes, was added.
 */
export const neighboursFamily: ClassifierFamily<NeighbourSetting> = {
  name: "nearest-neighbours",
  centred: false,
  settings: (x) =>
    COUNTS.filter((neighbours) => neighbours === 1 || neighbours <= x.rows / 2).flatMap((neighbours) =>
      DISTANCES.map((distance) => ({ neighbours, distance })),
    ),
  fit(x, labels, classes, settings) {
    return (rows) => {
      const ranked = {
        euclidean: nearest(euclideanDistances(rows, x), COUNTS[0]!),
        cosine: nearest(cosineDistances(rows, x), COUNTS[0]!),
      };
      return settings.map(({ neighbours, distance }) => vote(ranked[distance], labels, classes, neighbours));
    };
  },
};

/** ‖a − b‖² for every row a of `rows` and b of `x`. Both are moved to the mean of `x`, where products lose fewer digits. */
export function euclideanDistances(rows: Matrix, x: Matrix): Matrix {
  const mean = columnMeans(x);
  const [a, b] = [subtractRow(rows, mean), subtractRow(x, mean)];
  const out = multiplyTransposed(a, b);
  const [aa, bb] = [squares(a), squares(b)];
  for (let i = 0, at = 0; i < a.rows; i++)
    for (let j = 0; j < b.rows; j++, at++) out.data[at] = aa[i]! + bb[j]! - 2 * out.data[at]!;
  return out;
}

/** 1 − cos of the angle between rows; 1 where one of them is zero. */
export function cosineDistances(rows: Matrix, x: Matrix): Matrix {
  const out = multiplyTransposed(rows, x);
  const [aa, bb] = [squares(rows), squares(x)];
  for (let i = 0, at = 0; i < rows.rows; i++)
    for (let j = 0; j < x.rows; j++, at++) {
      const norm = Math.sqrt(aa[i]! * bb[j]!);
      out.data[at] = norm > 0 ? 1 - out.data[at]! / norm : 1;
    }
  return out;
}

const squares = (a: Matrix): Float64Array =>
  Float64Array.from({ length: a.rows }, (_, i) => row(a, i).reduce((sum, v) => sum + v * v, 0));

/** The nearest columns of each row, nearest first; of equally near ones the earlier. */
function nearest(distances: Matrix, most: number): readonly Int32Array[] {
  return Array.from({ length: distances.rows }, (_, i) => {
    const d = row(distances, i);
    return Int32Array.from(d.keys())
      .sort((a, b) => d[a]! - d[b]! || a - b)
      .slice(0, most);
  });
}

function vote(ranked: readonly Int32Array[], labels: Int32Array, classes: number, neighbours: number): Matrix {
  const out = matrix(ranked.length, classes);
  ranked.forEach((order, i) => {
    const votes = row(out, i).fill(1 / classes);
    const k = Math.min(neighbours, order.length);
    for (let r = 0; r < k; r++) votes[labels[order[r]!]!] = votes[labels[order[r]!]!]! + 1 + NEARER * (k - r);
    for (let c = 0; c < classes; c++) votes[c] = Math.log(votes[c]! / (k + 1));
  });
  return out;
}

import { columnMeans, matrix, type Matrix, multiplyTransposed, row, subtractRow } from "@spectrai/linalg";
import type { ClassifierFamily } from "./family.ts";
import { neighbourSearch } from "./neighbour-search.ts";

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
    const [only] = settings;
    if (only && settings.length === 1) {
      const { neighbours, distance } = only;
      if (distance === "euclidean") {
        const search = neighbourSearch(x);
        return (rows) => [vote(search(rows, neighbours), labels, classes, neighbours)];
      }
      const search = neighbourSearch(ofUnitLength(x, false));
      return (rows) => [vote(search(ofUnitLength(rows, true), neighbours), labels, classes, neighbours)];
    }
    return (rows) => {
      const ranked = Object.fromEntries(
        DISTANCES.map((distance) => [distance, rankedBy(distance, settings, rows, x)]),
      ) as Record<(typeof DISTANCES)[number], readonly Int32Array[]>;
      return settings.map(({ neighbours, distance }) => vote(ranked[distance], labels, classes, neighbours));
    };
  },
};

/** As many neighbours of every row as the settings with this distance want. */
function rankedBy(
  distance: (typeof DISTANCES)[number],
  settings: readonly NeighbourSetting[],
  rows: Matrix,
  x: Matrix,
): readonly Int32Array[] {
  const most = settings.reduce((m, s) => (s.distance === distance ? Math.max(m, s.neighbours) : m), 0);
  if (most === 0) return [];
  return nearest(distance === "euclidean" ? euclideanDistances(rows, x) : cosineDistances(rows, x), most);
}

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

/**
 * Rows divided by their lengths, with a column more: half of their squared distances are the cosine distances. A known row of
 * zeros has a 1 there, which is at 1 from all others; an asked one, which all are at 1 from, is not a number.
 */
function ofUnitLength(a: Matrix, asked: boolean): Matrix {
  const out = matrix(a.rows, a.columns + 1);
  squares(a).forEach((square, i) => {
    const own = row(out, i);
    if (square === 0) own[a.columns] = asked ? NaN : 1;
    else {
      const length = Math.sqrt(square);
      for (let j = 0; j < a.columns; j++) own[j] = a.data[i * a.columns + j]! / length;
    }
  });
  return out;
}

const squares = (a: Matrix): Float64Array =>
  Float64Array.from({ length: a.rows }, (_, i) => row(a, i).reduce((sum, v) => sum + v * v, 0));

/** The nearest columns of each row, nearest first; of equally near ones the earlier. */
function nearest(distances: Matrix, most: number): readonly Int32Array[] {
  const count = Math.min(most, distances.columns);
  const best = new Float64Array(count);
  return Array.from({ length: distances.rows }, (_, i) => {
    const d = row(distances, i);
    const places = new Int32Array(count);
    best.fill(Infinity);
    for (let j = 0; j < d.length; j++) {
      const here = d[j]!;
      if (!(here < best[count - 1]!)) continue;
      let at = count - 1;
      for (; at > 0 && best[at - 1]! > here; at--) {
        best[at] = best[at - 1]!;
        places[at] = places[at - 1]!;
      }
      best[at] = here;
      places[at] = j;
    }
    return places;
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

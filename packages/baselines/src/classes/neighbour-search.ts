import {
  matrix,
  type Matrix,
  multiplyTransposed,
  pickRows,
  principalComponents,
  row,
  subtractRow,
} from "@spectrai/linalg";

/** Axes on which rows are compared before they are compared in full. */
const AXES = 12;

/** Rows the axes are found from. Any axes give the right neighbours; better ones spare comparisons. */
const ROWS_FOR_AXES = 200;

/**
 * The share of the squared lengths of two rows by which rounding may change what bounds their distance: what is left of a row is
 * a difference of squares, so that its length is known to the square root of rounding, about 1e-7 of the row's.
 */
const ROUNDING = 1e-6;

/**
 * The numbers of the nearest rows of `x` for every one of `rows`, nearest first; of equally near ones the earlier. To a row with
 * values that are not finite all are equally near.
 */
export type NeighbourSearch = (rows: Matrix, most: number) => readonly Int32Array[];

/**
 * The nearest rows by Euclidean distance, the same as if all were compared, but few are. On the leading principal axes, with the
 * length of what is left of a row as one more coordinate, rows are no farther apart than in full, and the first axis alone
 * tells where to stop (Friedman, Baskett, Shustek, IEEE Trans. Comput. 24 (1975) 1000). Begins with the neighbours of the row
 * before, since pixels resemble the pixel beside them.
 */
export function neighbourSearch(x: Matrix): NeighbourSearch {
  const stride = Math.ceil(x.rows / ROWS_FOR_AXES);
  const some = Array.from({ length: Math.ceil(x.rows / stride) }, (_, i) => i * stride);
  const { mean, axes: all } = principalComponents(pickRows(x, some));
  const axes = matrix(Math.min(AXES, all.rows), x.columns, all.data.subarray(0, AXES * x.columns));
  const unordered = shortened(subtractRow(x, mean), axes);
  const width = unordered.columns;
  const order = Array.from({ length: x.rows }, (_, i) => i);
  order.sort((a, b) => unordered.data[a * width]! - unordered.data[b * width]!);
  const short = pickRows(unordered, order);
  const full = pickRows(x, order);
  const numbers = Int32Array.from(order);
  let longest = 0;
  for (let i = 0; i < short.rows; i++) longest = Math.max(longest, squaredLength(row(short, i)));

  return (rows, most) => {
    const near = new NearestRows(Math.min(most, x.rows));
    const asked = shortened(subtractRow(rows, mean), axes);
    const seenBy = new Int32Array(x.rows).fill(-1);
    return Array.from({ length: rows.rows }, (_, i) => {
      const before = near.places.slice(0, near.count);
      near.count = 0;
      const first = asked.data[i * width]!;
      if (!Number.isFinite(first)) return Int32Array.from(near.numbers.keys());
      const slack = ROUNDING * (longest + squaredLength(row(asked, i)));
      const compare = (place: number): void => {
        if (seenBy[place] === i) return;
        seenBy[place] = i;
        const limit = near.limit() + slack;
        if (squaredDistance(asked.data, i * width, short.data, place * width, width, limit) > limit) return;
        const columns = x.columns;
        const distance = squaredDistance(rows.data, i * columns, full.data, place * columns, columns, near.limit());
        near.offer(distance, place, numbers[place]!);
      };
      before.forEach(compare);
      let up = firstNotBelow(short, first);
      let down = up - 1;
      while (up < x.rows || down >= 0) {
        const above = up < x.rows ? short.data[up * width]! - first : Infinity;
        const below = down >= 0 ? first - short.data[down * width]! : Infinity;
        if (Math.min(above, below) ** 2 > near.limit() + slack) break;
        compare(above < below ? up++ : down--);
      }
      return near.numbers.slice();
    });
  };
}

/** The nearest rows so far, in order. */
class NearestRows {
  readonly distances: Float64Array;
  readonly places: Int32Array;
  readonly numbers: Int32Array;
  count = 0;
  constructor(most: number) {
    this.distances = new Float64Array(most);
    this.places = new Int32Array(most);
    this.numbers = new Int32Array(most);
  }
  /** Rows beyond this distance are not wanted. */
  limit(): number {
    return this.count < this.distances.length ? Infinity : this.distances[this.count - 1]!;
  }
  offer(distance: number, place: number, number: number): void {
    const { distances, places, numbers } = this;
    if (this.count === distances.length) {
      const last = distances[this.count - 1]!;
      if (distance > last || (distance === last && number > numbers[this.count - 1]!)) return;
    } else this.count++;
    let at = this.count - 1;
    for (; at > 0; at--) {
      const other = distances[at - 1]!;
      if (other < distance || (other === distance && numbers[at - 1]! < number)) break;
      distances[at] = other;
      places[at] = places[at - 1]!;
      numbers[at] = numbers[at - 1]!;
    }
    distances[at] = distance;
    places[at] = place;
    numbers[at] = number;
  }
}

/** Rows along the axes, and the length of what the axes leave of them as the last column. */
function shortened(centred: Matrix, axes: Matrix): Matrix {
  const along = multiplyTransposed(centred, axes);
  const out = matrix(centred.rows, axes.rows + 1);
  for (let i = 0; i < centred.rows; i++) {
    const own = row(out, i);
    own.set(row(along, i));
    own[axes.rows] = Math.sqrt(Math.max(0, squaredLength(row(centred, i)) - squaredLength(own)));
  }
  return out;
}

/** ‖a − b‖², or anything beyond `limit` where it is beyond that. */
function squaredDistance(
  a: Float64Array,
  from: number,
  b: Float64Array,
  at: number,
  length: number,
  limit: number,
): number {
  let sum = 0;
  let j = 0;
  for (; j + 4 <= length; j += 4) {
    const d0 = a[from + j]! - b[at + j]!;
    const d1 = a[from + j + 1]! - b[at + j + 1]!;
    const d2 = a[from + j + 2]! - b[at + j + 2]!;
    const d3 = a[from + j + 3]! - b[at + j + 3]!;
    sum += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);
    if (sum > limit) return sum;
  }
  for (; j < length; j++) sum += (a[from + j]! - b[at + j]!) ** 2;
  return sum;
}

function squaredLength(a: Float64Array): number {
  let sum = 0;
  for (const v of a) sum += v * v;
  return sum;
}

/** The first row whose first element is not below `value`; rows ascend by it. */
function firstNotBelow({ data, rows, columns }: Matrix, value: number): number {
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (data[middle * columns]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

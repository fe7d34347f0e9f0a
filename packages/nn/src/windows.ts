import * as tf from "@tensorflow/tfjs-core";

const product = (values: readonly number[]): number => values.reduce((n, v) => n * v, 1);

/** How many whole windows fit in each spatial dimension of `[N, …spatial, C]`. */
export const windowCounts = (shape: readonly number[], sizes: readonly number[]): number[] =>
  sizes.map((size, i) => Math.floor(shape[i + 1]! / size));

/**
 * Deals `[N, …spatial, C]` out: the first points of all windows, then the second points, and so on in row-major order, each
 * `[N, …windows, C]`. Windows do not overlap; points that fill no window are left out.
 */
export function windowPoints(x: tf.Tensor, sizes: readonly number[]): tf.Tensor[] {
  const counts = windowCounts(x.shape, sizes);
  const covered = [x.shape[0]!, ...counts.map((n, i) => n * sizes[i]!), x.shape.at(-1)!];
  const whole = tf.util.arraysEqual(covered, x.shape)
    ? x
    : tf.slice(
        x,
        covered.map(() => 0),
        covered,
      );
  return sizes.reduce<tf.Tensor[]>((parts, size, i) => parts.flatMap((part) => deal(part, i + 1, size)), [whole]);
}

/** Puts the points of all windows back in place; what no window covers, up to `[N, …spatial, C]`, becomes 0. */
export function fromWindowPoints(
  points: readonly tf.Tensor[],
  sizes: readonly number[],
  shape: readonly number[],
): tf.Tensor {
  let parts = [...points];
  for (let i = sizes.length - 1; i >= 0; i--) {
    const size = sizes[i]!;
    parts = Array.from({ length: parts.length / size }, (_, k) => join(parts.slice(k * size, (k + 1) * size), i + 1));
  }
  const whole = parts[0]!;
  if (tf.util.arraysEqual(whole.shape, [...shape])) return whole;
  return tf.pad(
    whole,
    shape.map((n, i): [number, number] => [0, n - whole.shape[i]!]),
  );
}

/** Every n-th point along an axis: those at 0, n, 2n …, those at 1, n + 1 …, and so on. */
function deal(x: tf.Tensor, axis: number, n: number): tf.Tensor[] {
  if (n === 1) return [x];
  const shape = x.shape.map((d, i) => (i === axis ? d / n : d));
  const rows = tf.reshape(x, [product(shape.slice(0, axis + 1)), n * product(shape.slice(axis + 1))]);
  return tf.split(rows, n, 1).map((part) => tf.reshape(part, shape));
}

/** The inverse of {@link deal}. */
function join(parts: readonly tf.Tensor[], axis: number): tf.Tensor {
  if (parts.length === 1) return parts[0]!;
  const { shape } = parts[0]!;
  const rows = parts.map((part) =>
    tf.reshape(part, [product(shape.slice(0, axis + 1)), product(shape.slice(axis + 1))]),
  );
  return tf.reshape(
    tf.concat(rows, 1),
    shape.map((d, i) => (i === axis ? d * parts.length : d)),
  );
}

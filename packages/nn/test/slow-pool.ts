/** Max pooling with indices and un-pooling, one value at a time: what the layers are held to. */
export interface Grid {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

const product = (values: readonly number[]): number => values.reduce((n, v) => n * v, 1);

/** All positions of a grid, in row-major order. */
function* positions(shape: readonly number[]): Generator<number[]> {
  for (let flat = 0; flat < product(shape); flat++) {
    const at: number[] = [];
    let rest = flat;
    for (let d = shape.length - 1; d >= 0; d--) {
      at.unshift(rest % shape[d]!);
      rest = Math.floor(rest / shape[d]!);
    }
    yield at;
  }
}

const flatten = (shape: readonly number[], at: readonly number[]): number =>
  at.reduce((sum, i, d) => sum * shape[d]! + i, 0);

/** The position in `[N, …spatial, C]` of a point of a window. */
const pointOf = (window: readonly number[], point: readonly number[], sizes: readonly number[]): number[] =>
  window.map((i, d) => (d === 0 || d > sizes.length ? i : i * sizes[d - 1]! + point[d - 1]!));

export const slowPool = (
  { shape, values }: Grid,
  sizes: readonly number[],
): { values: number[]; indices: number[] } => {
  const windows = shape.map((n, d) => (d === 0 || d > sizes.length ? n : Math.floor(n / sizes[d - 1]!)));
  const found = [...positions(windows)].map((window) => {
    let best = { value: -Infinity, index: -1 };
    let index = 0;
    for (const point of positions(sizes)) {
      const value = values[flatten(shape, pointOf(window, point, sizes))]!;
      if (value > best.value) best = { value, index };
      index++;
    }
    return best;
  });
  return { values: found.map((f) => f.value), indices: found.map((f) => f.index) };
};

export function slowUnpool(
  { shape: windows, values }: Grid,
  indices: ArrayLike<number>,
  shape: readonly number[],
  sizes: readonly number[],
): number[] {
  const out = Array.from({ length: product(shape) }, () => 0);
  const points = [...positions(sizes)];
  let i = 0;
  for (const window of positions(windows)) {
    out[flatten(shape, pointOf(window, points[indices[i]!]!, sizes))] = values[i]!;
    i++;
  }
  return out;
}

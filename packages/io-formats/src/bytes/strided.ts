import type { TypedArray } from "@spectrai/core";

/** Element strides of a contiguous array: `C` = last index fastest, `F` = first index fastest (MATLAB, Fortran). */
export function stridesOf(shape: readonly number[], order: "C" | "F"): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  let n = 1;
  for (let k = 0; k < shape.length; k++) {
    const d = order === "C" ? shape.length - 1 - k : k;
    strides[d] = n;
    n *= shape[d]!;
  }
  return strides;
}

export interface Strided {
  readonly data: TypedArray;
  readonly start: number;
  readonly strides: readonly number[];
}

const tile = 32;

/**
 * Copies an n-dimensional block between two layouts. Where the fastest dimension differs on the two sides, it goes in
 * tiles of 32 × 32, so that both sides stay in cache.
 */
export function copyStrided(from: Strided, to: Strided, shape: readonly number[]): void {
  if (shape.includes(0)) return;
  const dims = shape.map((_, d) => d).filter((d) => shape[d]! > 1);
  // Same-typed arrays; the cast spares a variant for bigint.
  const source = from.data as Float64Array;
  const target = to.data as Float64Array;
  const inner = fastest(dims, to.strides);
  const other = fastest(dims, from.strides);
  if (inner === undefined || other === undefined) {
    target[to.start] = source[from.start]!;
    return;
  }
  const n = shape[inner]!;
  const si = from.strides[inner]!;
  const ti = to.strides[inner]!;
  const m = inner === other ? 1 : shape[other]!;
  const sourceOther = from.strides[other]!;
  const targetOther = to.strides[other]!;
  forEachOffset(
    dims.filter((d) => d !== inner && d !== other),
    shape,
    from,
    to,
    (s, t) => {
      if (inner === other) {
        if (si === 1 && ti === 1) target.set(source.subarray(s, s + n), t);
        else for (let i = 0; i < n; i++) target[t + i * ti] = source[s + i * si]!;
        return;
      }
      for (let j0 = 0; j0 < m; j0 += tile)
        for (let i0 = 0; i0 < n; i0 += tile) {
          const j1 = Math.min(j0 + tile, m);
          const i1 = Math.min(i0 + tile, n);
          for (let j = j0; j < j1; j++)
            for (let i = i0; i < i1; i++) target[t + i * ti + j * targetOther] = source[s + i * si + j * sourceOther]!;
        }
    },
  );
}

const fastest = (dims: readonly number[], strides: readonly number[]): number | undefined =>
  dims.reduce<number | undefined>(
    (best, d) => (best === undefined || strides[d]! < strides[best]! ? d : best),
    undefined,
  );

function forEachOffset(
  dims: readonly number[],
  shape: readonly number[],
  from: Strided,
  to: Strided,
  visit: (source: number, target: number) => void,
): void {
  const walk = (level: number, s: number, t: number): void => {
    const d = dims[level];
    if (d === undefined) return visit(s, t);
    for (let i = 0; i < shape[d]!; i++) walk(level + 1, s + i * from.strides[d]!, t + i * to.strides[d]!);
  };
  walk(0, from.start, to.start);
}

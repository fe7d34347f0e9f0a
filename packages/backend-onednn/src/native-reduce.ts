/** Reductions, by the numbers of native/src/reduce.h. */
export const Reduction = { sum: 0, maximum: 1, minimum: 2, product: 3 } as const;

/** The addon's functions of native/src/reduce.cc, documented there. */
export interface NativeReductions {
  reduce(operation: number, dimensions: Int32Array, x: number, y: number, scale: number): void;
  position(least: number, outer: number, n: number, inner: number, x: number, y: number): void;
  softmax(rows: number, n: number, x: number, y: number): void;
}

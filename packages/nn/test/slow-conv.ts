import { sizeOf } from "@spectrai/core";

export interface SlowConv {
  readonly strides: readonly number[];
  /** Zeros before and after, a dimension. */
  readonly pads: readonly (readonly [number, number])[];
  readonly dilations: readonly number[];
  readonly groups: number;
}

const indices = function* (shape: readonly number[]): Generator<number[]> {
  const total = sizeOf(shape);
  for (let flat = 0; flat < total; flat++) {
    const at: number[] = [];
    let rest = flat;
    for (let d = shape.length - 1; d >= 0; d--) {
      at[d] = rest % shape[d]!;
      rest = Math.floor(rest / shape[d]!);
    }
    yield at;
  }
};
const offset = (at: readonly number[], shape: readonly number[]): number =>
  at.reduce((sum, i, d) => sum * shape[d]! + i, 0);

/** Convolution by its definition, in float64: PyTorch's formula, channels last. Returns values and spatial shape. */
export function slowConv(
  x: ArrayLike<number>,
  xShape: readonly number[],
  kernel: ArrayLike<number>,
  kernelShape: readonly number[],
  bias: ArrayLike<number>,
  { strides, pads, dilations, groups }: SlowConv,
): { values: Float64Array; shape: number[] } {
  const spatial = xShape.slice(1, -1);
  const taps = kernelShape.slice(0, -2);
  const [inside, outside] = [kernelShape.at(-2)!, kernelShape.at(-1)!];
  const size = spatial.map(
    (n, d) => Math.floor((n + pads[d]![0] + pads[d]![1] - dilations[d]! * (taps[d]! - 1) - 1) / strides[d]!) + 1,
  );
  const shape = [xShape[0]!, ...size, outside];
  const values = new Float64Array(sizeOf(shape));
  for (const at of indices(shape)) {
    const o = at.at(-1)!;
    const group = Math.floor(o / (outside / groups));
    let sum = bias[o]!;
    for (const tap of indices(taps)) {
      const from = tap.map((t, d) => at[d + 1]! * strides[d]! + t * dilations[d]! - pads[d]![0]);
      if (from.some((p, d) => p < 0 || p >= spatial[d]!)) continue;
      for (let i = 0; i < inside; i++)
        sum += x[offset([at[0]!, ...from, group * inside + i], xShape)]! * kernel[offset([...tap, i, o], kernelShape)]!;
    }
    values[offset(at, shape)] = sum;
  }
  return { values, shape };
}

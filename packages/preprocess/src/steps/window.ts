import { type Axis, floatLike, SpectraiError, type SpectralArray, type Transform } from "@spectrai/core";
import { reflectAxis, reflectIndex } from "../kernels/reflect.ts";
import { perAxis } from "./memo.ts";
import { pickedTensor } from "./tensors.ts";

/** A stretch of a spectrum: `length` points from index `from`, which lies before 0 where points are added in front. */
export interface Window {
  readonly from: number;
  readonly length: number;
}

/**
 * Cuts or reflects every spectrum to a stretch of its axis. The inverse gives back the original points, if the stretch
 * holds them all; an output on a shorter stretch keeps its own axis.
 */
export function spectralWindow(windowOf: (length: number) => Window): Transform {
  const plan = perAxis((axis) => {
    const n = axis.values.length;
    const { from, length } = windowOf(n);
    const source = Int32Array.from({ length }, (_, i) => reflectIndex(from + i, n));
    const inside = from >= 0 && from + length <= n;
    const result: Axis = inside
      ? { ...axis, values: axis.values.slice(from, from + length) }
      : reflectAxis(axis, -from, length);
    return { from, source, axis: result };
  });
  return {
    affects: "spectral",
    axis: (axis) => plan(axis).axis,
    apply(x) {
      const { source, axis } = plan(x.axis);
      return pickPoints(x, source, axis);
    },
    tensor: (x, axis) => pickedTensor(x, plan(axis).source),
    inverseTensor(output, original, axis) {
      const n = original.shape.at(-1)!;
      const { from, source } = plan(axis);
      const whole = from <= 0 && from + source.length >= n && output.shape.at(-1) === source.length;
      return whole
        ? pickedTensor(
            output,
            Int32Array.from({ length: n }, (_, i) => i - from),
          )
        : output;
    },
    inverse(output, original): SpectralArray {
      const n = original.axis.values.length;
      const { from, source } = plan(original.axis);
      if (output.shape.at(-1) !== source.length)
        throw new SpectraiError(
          "SPECTRAI_DATA_LENGTH",
          `An output of ${output.shape.at(-1)} points cannot be brought back to the axis of an input that was made ${source.length} points long.`,
        );
      if (from > 0 || from + source.length < n) return output;
      return pickPoints(
        output,
        Int32Array.from({ length: n }, (_, i) => i - from),
        original.axis,
      );
    },
  };
}

/** The given points of every spectrum. */
export function pickPoints(x: SpectralArray, source: Int32Array, axis: Axis): SpectralArray {
  const n = x.shape.at(-1)!;
  const count = n > 0 ? x.data.length / n : 0;
  const data = floatLike(x.data, count * source.length);
  for (let s = 0, at = 0; s < count; s++)
    for (let i = 0; i < source.length; i++) data[at++] = x.data[s * n + source[i]!]!;
  return { ...x, data, shape: [...x.shape.slice(0, -1), source.length], axis };
}

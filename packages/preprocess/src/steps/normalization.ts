import * as tf from "@tensorflow/tfjs-core";
import { type Axis, floatLike, SpectraiError, type SpectralArray, type Transform } from "@spectrai/core";
import { z } from "zod";
import { counts, readRow, spectrumName } from "./spectra.ts";

/** The range of values a normalization looks at. */
export const perOption = z.enum(["spectrum", "cube"]).default("spectrum").meta({
  description:
    "Whether each spectrum of a cube gets a factor of its own, or the whole cube one; a single spectrum is the same either way.",
  group: "normalization",
});

/** What a normalization takes off and divides by; written anew for every spectrum. */
export interface Scale {
  offset: number;
  divisor: number;
}

/**
 * Measures a spectrum, or all spectra of a cube that count as one row. Returns what is wrong with it as the end of a sentence that begins
 * "The spectrum …", or nothing.
 */
export type Measure = (row: Float64Array, scale: Scale, x: SpectralArray) => string | undefined | void;

/** The same of a batch of tensors: offset (absent = 0) and divisor, over dimensions that are kept as ones. */
export type MeasureTensor = (
  x: tf.Tensor,
  over: readonly number[],
  axis: Axis,
) => { readonly offset?: tf.Tensor; readonly divisor: tf.Tensor };

/**
 * `(x − offset) / divisor`, spectrum by spectrum or cube by cube; pixels that do not count are left 0. The inverse multiplies
 * and adds what `original` measures, and leaves pixels as they are that did not count there.
 */
export function normalization(per: "spectrum" | "cube", measure: Measure, measureTensor: MeasureTensor): Transform {
  const scale: Scale = { offset: 0, divisor: 1 };
  let row = new Float64Array(0);

  /** Measures the spectra `from` to `to` that count as one row; false where none does. */
  const measureAt = (x: SpectralArray, from: number, to: number): boolean => {
    const points = x.shape.at(-1)!;
    let length = 0;
    for (let s = from; s < to; s++) if (counts(x, s)) length += points;
    if (length === 0) return false;
    if (row.length !== length) row = new Float64Array(length);
    for (let s = from, at = 0; s < to; s++)
      if (counts(x, s)) {
        readRow(x, s, row, at);
        at += points;
      }
    scale.offset = 0;
    scale.divisor = 1;
    const problem = measure(row, scale, x);
    if (problem)
      throw new SpectraiError(
        "SPECTRAI_DATA_VALUE",
        `${per === "spectrum" || x.shape.length === 1 ? spectrumName(x, from) : "The cube"} ${problem}`,
      );
    return true;
  };
  const dimensionsOf = ({ rank }: tf.Tensor): number[] =>
    per === "cube" ? Array.from({ length: rank - 1 }, (_, i) => i + 1) : [rank - 1];
  /** How many spectra are measured together. */
  const together = (x: SpectralArray): number =>
    per === "cube" ? Math.max(1, x.data.length / Math.max(1, x.shape.at(-1)!)) : 1;

  return {
    affects: "value",
    apply(x) {
      const points = x.shape.at(-1)!;
      const step = together(x);
      const data = floatLike(x.data, x.data.length);
      for (let at = 0, s = 0; at < data.length; at += step * points, s += step) {
        if (!measureAt(x, s, s + step)) continue;
        const { offset, divisor } = scale;
        for (let p = s; p < s + step; p++) {
          if (!counts(x, p)) continue;
          const end = (p + 1) * points;
          for (let i = p * points; i < end; i++) data[i] = (x.data[i]! - offset) / divisor;
        }
      }
      return { ...x, data };
    },
    tensor: (x, axis) =>
      tf.tidy(() => {
        const { offset, divisor } = measureTensor(x, dimensionsOf(x), axis);
        return tf.div(offset ? tf.sub(x, offset) : x, divisor);
      }),
    inverseTensor: (output, original, axis) =>
      tf.tidy(() => {
        const resized = output.shape.slice(0, -1).some((d, i) => d !== original.shape[i]);
        if (per === "spectrum" && resized)
          throw new SpectraiError(
            "SPECTRAI_EXPORT_UNSUPPORTED",
            "Pixels of a finer or coarser image cannot be scaled back one by one in an exported file; normalize whole cubes, or export without the preprocessing.",
          );
        const { offset, divisor } = measureTensor(original, dimensionsOf(original), axis);
        const scaled = tf.mul(output, divisor);
        return offset ? tf.add(scaled, offset) : scaled;
      }),
    inverse(output, original) {
      const length = together(output) * output.shape.at(-1)!;
      const data = floatLike(output.data, output.data.length);
      for (let at = 0, s = 0; at < data.length; at += length, s++) {
        const first = per === "cube" ? 0 : pixelOf(output, original, s);
        const known = measureAt(original, first, first + together(original));
        const { offset, divisor } = known ? scale : unscaled;
        for (let i = at; i < at + length; i++) data[i] = output.data[i]! * divisor + offset;
      }
      return { ...output, data };
    },
  };
}

const unscaled: Scale = { offset: 0, divisor: 1 };

/**
 * The pixel of `original` that spectrum `s` of a network's output belongs to: the same one, or, where the network changes
 * the size of images, the one at the same relative place.
 *
 * @throws SPECTRAI_DATA_SHAPE when one is a spectrum and the other a cube
 */
export function pixelOf(output: SpectralArray, original: SpectralArray, s: number): number {
  if (output.shape.length !== original.shape.length)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `An output of shape [${output.shape.join(", ")}] cannot be scaled back like an input of shape [${original.shape.join(", ")}].`,
    );
  if (output.shape.length === 1) return 0;
  const [h, w] = output.shape as [number, number];
  const [rows, columns] = original.shape as [number, number];
  return Math.floor((Math.floor(s / w) * rows) / h) * columns + Math.floor(((s % w) * columns) / w);
}

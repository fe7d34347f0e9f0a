import * as tf from "@tensorflow/tfjs-core";
import { floatLike, SpectraiError, type SpectralArray, type Transform } from "@spectrai/core";
import { perLength } from "./memo.ts";
import { pixelOf } from "./normalization.ts";
import { counts, mapSpectra, readRow, spectrumStep } from "./spectra.ts";

/** Finds the baseline of a spectrum `y` and writes it into `out`, which is another array. */
export type BaselineKernel = (y: Float64Array, out: Float64Array) => void;

/**
 * A transform that takes a baseline off every spectrum; the inverse finds the baseline of `original` again and adds it.
 *
 * @param make - makes the kernel for spectra of one length; called once for each of the last few lengths
 * @param subtractTensor - the spectra less their baselines, as tensors
 */
export function baselineSubtraction(
  make: (length: number) => BaselineKernel,
  subtractTensor?: (x: tf.Tensor) => tf.Tensor,
): Transform {
  const forLength = perLength((length) => {
    const baseline = make(length);
    const subtract = (row: Float64Array, out: Float64Array): void => {
      baseline(row, out);
      for (let i = 0; i < length; i++) out[i] = row[i]! - out[i]!;
    };
    return { baseline, step: spectrumStep(subtract, length) };
  });

  return {
    affects: "value",
    apply: (x) => mapSpectra(x, forLength(x.shape.at(-1)!).step),
    ...(subtractTensor
      ? {
          tensor: (x) => tf.tidy(() => subtractTensor(x)),
          inverseTensor: (output, original) =>
            tf.tidy(() => tf.add(output, tf.sub(original, subtractTensor(original)))),
        }
      : {}),
    inverse(output, original): SpectralArray {
      const length = original.shape.at(-1)!;
      if (output.shape.at(-1) !== length)
        throw new SpectraiError(
          "SPECTRAI_DATA_LENGTH",
          `The baseline of a spectrum of ${length} points cannot be added to an output of ${output.shape.at(-1)} points.`,
        );
      const { baseline, step } = forLength(length);
      const data = floatLike(output.data, output.data.length);
      for (let at = 0, s = 0, of = -1; at < data.length; at += length, s++) {
        const pixel = pixelOf(output, original, s);
        if (!counts(original, pixel)) {
          for (let i = 0; i < length; i++) data[at + i] = output.data[at + i]!;
          continue;
        }
        if (pixel !== of) {
          readRow(original, pixel, step.row);
          baseline(step.row, step.out);
          of = pixel;
        }
        for (let i = 0; i < length; i++) data[at + i] = output.data[at + i]! + step.out[i]!;
      }
      return { ...output, data };
    },
  };
}

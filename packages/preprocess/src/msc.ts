import * as tf from "@tensorflow/tfjs-core";
import { defineComponent, type JsonObject, SpectraiError, type SpectralArray, type Transform } from "@spectrai/core";
import { z } from "zod";
import { normalization, type Scale } from "./steps/normalization.ts";
import { numbersOf } from "./steps/state.ts";
import { forEachSpectrum } from "./steps/training-spectra.ts";

export const mscSchema = z.strictObject({});

/**
 * Multiplicative scatter correction: the straight line x ≈ a + b·m through each spectrum of `[L]` or `[H, W, L]` against
 * the mean spectrum m of the training part; `y = (x − a) / b`. Its state is `{ mean: number[] }`.
 *
 * @throws SPECTRAI_DATA_LENGTH when a spectrum is not as long as those it was fitted to
 */
export const msc = defineComponent({
  kind: "transform",
  name: "msc",
  summary:
    "Multiplicative scatter correction: bring every spectrum to the offset and slope of the mean training spectrum.",
  reference: "P. Geladi, D. MacDougall and H. Martens, Appl. Spectrosc. 39 (1985) 491",
  schema: mscSchema,
  create: (): Transform => {
    let reference: Reference | undefined;
    const scaling = normalization(
      "spectrum",
      (row, scale) => regress(row, reference!, scale),
      (x, over) => regressTensor(x, over, reference!),
    );
    const use = (state: JsonObject | undefined, { shape }: { readonly shape: readonly number[] }): void => {
      if (reference?.state !== state || !reference) reference = referenceOf(state);
      if (reference.centred.length !== shape.at(-1))
        throw new SpectraiError(
          "SPECTRAI_DATA_LENGTH",
          `The mean spectrum for msc has ${reference.centred.length} points, but this spectrum has ${shape.at(-1)}; resample to the axis it was trained on.`,
        );
    };
    return {
      affects: "value",
      fit: meanSpectrum,
      apply(x, state) {
        use(state, x);
        return scaling.apply(x);
      },
      tensor(x, axis, state) {
        use(state, x);
        return scaling.tensor!(x, axis);
      },
      inverseTensor(output, original, axis, state) {
        use(state, original);
        return scaling.inverseTensor!(output, original, axis);
      },
      inverse(output, original, state) {
        use(state, original);
        return scaling.inverse!(output, original);
      },
    };
  },
});

interface Reference {
  readonly state: JsonObject;
  readonly mean: number;
  /** The mean spectrum less its mean. */
  readonly centred: Float64Array;
  readonly squares: number;
}

function referenceOf(state: JsonObject | undefined): Reference {
  const centred = numbersOf("msc", state, "mean");
  const mean = centred.reduce((sum, v) => sum + v, 0) / centred.length;
  for (let i = 0; i < centred.length; i++) centred[i] = centred[i]! - mean;
  return { state: state!, mean, centred, squares: centred.reduce((sum, v) => sum + v * v, 0) };
}

function regress(row: Float64Array, { mean, centred, squares }: Reference, scale: Scale): string | undefined {
  let sum = 0;
  let product = 0;
  let size = 0;
  for (let i = 0; i < row.length; i++) {
    sum += row[i]!;
    product += row[i]! * centred[i]!;
    size += Math.abs(row[i]! * centred[i]!);
  }
  const slope = product / squares;
  scale.offset = sum / row.length - slope * mean;
  scale.divisor = slope;
  return Math.abs(product) > 1e-12 * size
    ? undefined
    : "has nothing in common with the mean training spectrum (slope 0); remove it.";
}

function regressTensor(
  x: tf.Tensor,
  over: readonly number[],
  { mean, centred, squares }: Reference,
): { readonly offset: tf.Tensor; readonly divisor: tf.Tensor } {
  const weights = tf.tensor1d(Float32Array.from(centred, (v) => v / squares));
  const divisor = tf.sum(tf.mul(x, weights), [...over], true);
  return { offset: tf.sub(tf.mean(x, [...over], true), tf.mul(divisor, mean)), divisor };
}

/** @throws SPECTRAI_DATA_EMPTY without spectra, SPECTRAI_DATA_LENGTH when they differ in length, SPECTRAI_DATA_VALUE when the mean is constant */
function meanSpectrum(train: Iterable<SpectralArray>): JsonObject {
  let sum = new Float64Array(0);
  const count = forEachSpectrum(train, "take the mean of", (row, index) => {
    if (index === 0) sum = new Float64Array(row.length);
    for (let i = 0; i < row.length; i++) sum[i] = sum[i]! + row[i]!;
  });
  const mean = sum.map((v) => v / count);
  if (mean.every((v) => v === mean[0]))
    throw new SpectraiError(
      "SPECTRAI_DATA_VALUE",
      "The mean training spectrum is constant, so nothing can be scaled to it; leave msc out.",
    );
  return { mean: Array.from(mean) };
}

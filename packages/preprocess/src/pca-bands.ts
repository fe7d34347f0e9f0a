import * as tf from "@tensorflow/tfjs-core";
import {
  defineComponent,
  floatLike,
  indexAxis,
  type JsonObject,
  rng,
  SpectraiError,
  type SpectralArray,
  type Transform,
} from "@spectrai/core";
import { principalComponents } from "@spectrai/linalg";
import { z } from "zod";
import { mapSpectra, type SpectrumStep, spectrumStep } from "./steps/spectra.ts";
import { expectLength, numbersOf } from "./steps/state.ts";
import { timesMatrix } from "./steps/tensors.ts";
import { forEachSpectrum, SpectrumSample } from "./steps/training-spectra.ts";

export const pcaBandsSchema = z.strictObject({
  components: z.int().min(1).max(4096).default(10).meta({
    description: "How many principal components take the place of the bands.",
    group: "components",
  }),
  whiten: z.boolean().default(false).meta({
    description: "Divide each component by its standard deviation over the training spectra.",
    group: "components",
  }),
  spectra: z.int().min(2).max(1_000_000).default(10_000).meta({
    description:
      "How many training spectra (pixels), drawn at random, the components are found from; fewer of more than 400 bands.",
    group: "fit",
  }),
});

/**
 * Projects spectra `[L]` or the pixels of cubes `[H, W, L]` on the first principal components of the training spectra, on an
 * axis 0, 1, …; the inverse maps scores back to bands. Signs are such that the largest loading of each component is positive. Where
 * the training spectra vary in fewer directions, the rest of the components is 0. State: `{ mean, loadings (component after
 * component), deviations }`.
 *
 * @throws SPECTRAI_DATA_LENGTH when there are fewer bands than components, or others than in training
 */
export const pcaBands = defineComponent({
  kind: "transform",
  name: "pca-bands",
  summary: "Project the bands on the principal components of the training spectra.",
  reference: "H. Hotelling, J. Educ. Psychol. 24 (1933) 417",
  schema: pcaBandsSchema,
  create: ({ components, whiten, spectra }): Transform => {
    let projection: Projection | undefined;
    const use = (state: JsonObject | undefined, bands: number): Projection => {
      if (!state || projection?.state !== state) projection = projectionOf(state, components);
      expectLength("pca-bands", projection.mean.length, bands);
      return projection;
    };
    return {
      affects: "spectral",
      fit: (train) => fit(train, components, whiten, spectra),
      axis({ values: { length } }) {
        if (length < components) throw tooFew(length, components);
        return indexAxis(components);
      },
      apply: (x, state) => mapSpectra(x, use(state, x.shape.at(-1)!).step, indexAxis(components)),
      tensor: (x, _, state) =>
        tf.tidy(() => {
          const { mean, deviations, forward } = use(state, x.shape.at(-1)!);
          const scores = timesMatrix(tf.sub(x, tf.tensor1d(Float32Array.from(mean))), forward(), components);
          return tf.div(scores, tf.tensor1d(Float32Array.from(deviations)));
        }),
      inverse: (output, original, state) => unproject(output, original, use(state, original.shape.at(-1)!)),
      inverseTensor: (output, original, _, state) =>
        tf.tidy(() => {
          const { mean, deviations, loadings } = use(state, original.shape.at(-1)!);
          const scores = tf.mul(output, tf.tensor1d(Float32Array.from(deviations)));
          const back = timesMatrix(scores, Float32Array.from(loadings), mean.length);
          return tf.add(back, tf.tensor1d(Float32Array.from(mean)));
        }),
    };
  },
});

interface Projection {
  readonly state: JsonObject;
  readonly mean: Float64Array;
  /** `[components, L]` */
  readonly loadings: Float64Array;
  /** What scores are divided by. */
  readonly deviations: Float64Array;
  readonly step: SpectrumStep;
  /** The loadings as `[L, components]`. */
  readonly forward: () => Float32Array;
}

const tooFew = (bands: number, components: number): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_DATA_LENGTH",
    `Spectra of ${bands} points have no ${components} principal components; ask pca-bands for ${bands} or fewer.`,
  );

function projectionOf(state: JsonObject | undefined, components: number): Projection {
  const mean = numbersOf("pca-bands", state, "mean");
  const loadings = numbersOf("pca-bands", state, "loadings");
  const deviations = numbersOf("pca-bands", state, "deviations");
  const bands = mean.length;
  if (deviations.length !== components || loadings.length !== components * bands)
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `The transform pca-bands learnt ${deviations.length} components, but is asked for ${components}; fit it again.`,
    );
  const kernel = (row: Float64Array, out: Float64Array): void => {
    for (let k = 0, at = 0; k < components; k++) {
      let score = 0;
      for (let i = 0; i < bands; i++, at++) score += (row[i]! - mean[i]!) * loadings[at]!;
      out[k] = score / deviations[k]!;
    }
  };
  const forward = (): Float32Array =>
    Float32Array.from(loadings, (_, i) => loadings[(i % components) * bands + Math.floor(i / components)]!);
  return { state: state!, mean, loadings, deviations, step: spectrumStep(kernel, bands, components), forward };
}

function fit(train: Iterable<SpectralArray>, components: number, whiten: boolean, limit: number): JsonObject {
  let sample: SpectrumSample | undefined;
  forEachSpectrum(train, "find principal components of", (row) => {
    if (row.length < components) throw tooFew(row.length, components);
    sample ??= new SpectrumSample(row.length, limit, rng("pca-bands"));
    sample.offer(row);
  });
  const { spectra } = sample!;
  const { mean, axes, variances } = principalComponents(spectra);
  const bands = spectra.columns;
  const loadings = new Float64Array(components * bands);
  loadings.set(axes.data.subarray(0, Math.min(components, axes.rows) * bands));
  for (let k = 0; k < components; k++) pointUp(loadings.subarray(k * bands, (k + 1) * bands));
  const deviations = Array.from({ length: components }, (_, k) =>
    whiten && k < variances.length ? Math.sqrt(variances[k]! / (spectra.rows - 1)) : 1,
  );
  return { mean: Array.from(mean), loadings: Array.from(loadings), deviations };
}

/** Turns a vector so that its largest element is positive. */
function pointUp(v: Float64Array): void {
  let largest = 0;
  for (const value of v) if (Math.abs(value) > Math.abs(largest)) largest = value;
  if (largest < 0) for (let i = 0; i < v.length; i++) v[i] = -v[i]!;
}

function unproject(output: SpectralArray, original: SpectralArray, p: Projection): SpectralArray {
  const components = p.deviations.length;
  const bands = p.mean.length;
  if (output.shape.at(-1) !== components)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `An output of ${output.shape.at(-1)} points cannot be brought back from ${components} principal components.`,
    );
  const count = output.data.length / components;
  const data = floatLike(output.data, count * bands);
  const line = new Float64Array(bands);
  for (let s = 0; s < count; s++) {
    line.set(p.mean);
    for (let k = 0, at = 0; k < components; k++) {
      const score = output.data[s * components + k]! * p.deviations[k]!;
      for (let i = 0; i < bands; i++, at++) line[i] = line[i]! + score * p.loadings[at]!;
    }
    for (let i = 0; i < bands; i++) data[s * bands + i] = line[i]!;
  }
  return { ...output, data, shape: [...output.shape.slice(0, -1), bands], axis: original.axis };
}

import { type Axis, sameAxis, type SpectralArray } from "../axes.ts";
import type { Dataset } from "../contracts/dataset.ts";
import type { SampleSpec, Target } from "../contracts/sample.ts";
import { isSpectraiError, SpectraiError } from "../errors.ts";
import { describeRange, resampleLinear } from "../resample.ts";

/** Whether spectra on an axis have to be interpolated for a model. Points without an axis are taken as they are. */
export const needsResampling = (from: Axis, to: Axis): boolean =>
  from.unit !== "index" && to.unit !== "index" && !sameAxis(from, to);

/** What is done to spectra on another axis than the model's, for the log and the result. */
export const describeResampling = (from: Axis, to: Axis): string =>
  `resampled from ${from.values.length} points (${describeRange(from)}) to the model's ${to.values.length} points (${describeRange(to)})`;

/**
 * A data set whose spectra are brought to a model's input axis as they are read, by linear interpolation. A spectral target on
 * the input's own axis goes with it; one on another axis stays as it is. Without need for it, the data set itself.
 *
 * @throws SPECTRAI_DATA_AXIS (here, or when a sample is read) where units cannot be converted or the data do not cover the axis
 */
export function onModelAxis(dataset: Dataset, axis: Axis): Dataset {
  const { spec, images } = dataset;
  if (!needsResampling(spec.axis, axis)) return dataset;
  const joined = spec.target.kind === "spectral" && sameAxis(spec.target.axis, spec.axis);
  const resampled = (x: SpectralArray): SpectralArray => (needsResampling(x.axis, axis) ? resampleLinear(x, axis) : x);
  const points = (shape: readonly number[]): number[] => [...shape.slice(0, -1), axis.values.length];
  const targetOf = (target: Target): Target =>
    joined && target.kind === "spectral" ? { kind: "spectral", value: resampled(target.value) } : target;
  const next: SampleSpec = {
    ...spec,
    shape: points(spec.shape),
    axis,
    target:
      joined && spec.target.kind === "spectral"
        ? { kind: "spectral", shape: points(spec.target.shape), axis }
        : spec.target,
  };
  return {
    spec: next,
    samples: dataset.samples,
    source: dataset.source,
    ...(dataset.redrawn ? { redrawn: true } : {}),
    ...(images
      ? {
          images: {
            ...images,
            async cut(parts) {
              const cut = await images.cut(parts);
              return { ...cut, dataset: onModelAxis(cut.dataset, axis) };
            },
          },
        }
      : {}),
    async read(index, epoch) {
      const sample = await dataset.read(index, epoch);
      try {
        return { ...sample, input: resampled(sample.input), target: targetOf(sample.target) };
      } catch (e) {
        if (!isSpectraiError(e)) throw e;
        throw new SpectraiError(e.code, `Sample ${sample.id}: ${e.message}`, {
          cause: e,
          details: { sample: sample.id },
        });
      }
    },
    ...(dataset.dispose ? { dispose: () => dataset.dispose!() } : {}),
  };
}

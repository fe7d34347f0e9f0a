import { type FloatArray, type Prediction, SpectraiError, type Target, sizeOf } from "@spectrai/core";

/** Output and target of one sample, of one shape. */
export interface Pair {
  readonly output: FloatArray;
  readonly target: FloatArray;
  readonly shape: readonly number[];
}

/**
 * A prediction beside its continuous target.
 *
 * @throws SPECTRAI_TASK_UNSUITABLE when the target is a label, SPECTRAI_DATA_SHAPE when the sizes differ
 */
export function pair(metric: string, output: Prediction, target: Target): Pair {
  if (target.kind !== "spectral" && target.kind !== "numbers")
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `The metric "${metric}" compares continuous values, but the target is of kind "${target.kind}"; use it for denoising, calibration, regression or super-resolution.`,
    );
  const data = target.kind === "spectral" ? target.value.data : target.value;
  const shape = target.kind === "spectral" ? target.value.shape : [data.length];
  if (
    output.data.length !== data.length ||
    output.shape.length !== shape.length ||
    output.shape.some((d, i) => d !== shape[i])
  )
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `The metric "${metric}" got a prediction of shape [${output.shape.join(", ")}] for a target of shape [${shape.join(", ")}].`,
    );
  return { output: output.data, target: data, shape };
}

/** Same for metrics of spectra and cubes: rows of `bands` points. */
export function spectra(metric: string, output: Prediction, target: Target): Pair & { bands: number; rows: number } {
  if (target.kind !== "spectral")
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `The metric "${metric}" compares spectra, but the target is of kind "${target.kind}"; use it for denoising, calibration or super-resolution.`,
    );
  const both = pair(metric, output, target);
  const bands = both.shape.at(-1) ?? 0;
  return { ...both, bands, rows: bands > 0 ? sizeOf(both.shape) / bands : 0 };
}

import { type FloatArray, type Prediction, SpectraiError, type Target, sizeOf } from "@spectrai/core";

/** Output and target of one sample, of one shape. */
export interface Pair {
  readonly output: FloatArray;
  readonly target: FloatArray;
  readonly shape: readonly number[];
}

/** Rows of `bands` points: spectra, or pixels of a cube. */
export interface Rows extends Pair {
  readonly bands: number;
  readonly rows: number;
}

/**
 * A prediction beside its continuous target. Of a cube whose target says which pixels count, those alone, as `[count, 1, L]`.
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
  const whole = { output: output.data, target: data, shape };
  return target.kind === "spectral" && target.value.valid ? counting(whole, target.value.valid) : whole;
}

function counting({ output, target, shape }: Pair, valid: Uint8Array): Pair {
  const bands = shape.at(-1)!;
  let count = 0;
  for (let s = 0; s < valid.length; s++) if (valid[s] !== 0) count++;
  const kept = {
    output: output.slice(0, count * bands),
    target: target.slice(0, count * bands),
    shape: [count, 1, bands],
  };
  for (let s = 0, at = 0; s < valid.length; s++) {
    if (valid[s] === 0) continue;
    for (let i = s * bands; i < (s + 1) * bands; i++, at++) {
      kept.output[at] = output[i]!;
      kept.target[at] = target[i]!;
    }
  }
  return kept;
}

/** Same for metrics of spectra and cubes. */
export function spectra(metric: string, output: Prediction, target: Target): Rows {
  if (target.kind !== "spectral")
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `The metric "${metric}" compares spectra, but the target is of kind "${target.kind}"; use it for denoising, calibration or super-resolution.`,
    );
  const both = pair(metric, output, target);
  const bands = both.shape.at(-1) ?? 0;
  return { ...both, bands, rows: bands > 0 ? sizeOf(both.shape) / bands : 0 };
}

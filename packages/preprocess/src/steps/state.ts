import { type JsonObject, SpectraiError } from "@spectrai/core";

/** A list of finite numbers of a transform's state. @throws SPECTRAI_MODEL_MISMATCH when it is not there */
export function numbersOf(step: string, state: JsonObject | undefined, name: string): Float64Array {
  const values = state?.[name];
  if (!Array.isArray(values) || values.length === 0 || !values.every((v) => typeof v === "number"))
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `The transform ${step} has not learnt its "${name}" yet; fit it to the training part first.`,
    );
  return Float64Array.from(values);
}

/** @throws SPECTRAI_DATA_LENGTH when spectra are not as long as those a transform was fitted to */
export function expectLength(step: string, fitted: number, length: number): void {
  if (length !== fitted)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `The transform ${step} was fitted to spectra of ${fitted} points, but this one has ${length}; resample to the axis it was trained on.`,
    );
}

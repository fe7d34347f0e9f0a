import type { Axis, Transform } from "@spectrai/core";
import { perAxis } from "./memo.ts";
import { mapSpectra, type SpectrumKernel, spectrumStep } from "./spectra.ts";

/** A transform that changes the values of every spectrum and leaves the axis as it is. */
export function valueTransform(make: (axis: Axis) => SpectrumKernel): Transform {
  const step = perAxis((axis) => spectrumStep(make(axis), axis.values.length));
  return { affects: "value", apply: (x) => mapSpectra(x, step(x.axis)) };
}

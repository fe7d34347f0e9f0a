import type { Axis, Transform } from "@spectrai/core";
import { perAxis } from "./memo.ts";
import { mapSpectra, type SpectrumKernel, spectrumStep } from "./spectra.ts";
import { linearTensor } from "./tensors.ts";

/** A transform that changes the values of every spectrum and leaves the axis as it is. */
export function valueTransform(make: (axis: Axis) => SpectrumKernel): Transform {
  const step = perAxis((axis) => spectrumStep(make(axis), axis.values.length));
  return { affects: "value", apply: (x) => mapSpectra(x, step(x.axis)) };
}

/** The same of a kernel that is linear in the spectrum. */
export const linearTransform = (make: (axis: Axis) => SpectrumKernel): Transform => ({
  ...valueTransform(make),
  tensor: linearTensor((axis) => ({ kernel: make(axis), points: axis.values.length })),
});

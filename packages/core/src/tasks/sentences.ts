import type { DataKind, TargetSpec } from "../contracts/sample.ts";

/** Kinds of data and targets as they are called in sentences. */
export const dataWords: Readonly<Record<DataKind, string>> = { spectrum: "spectra", cube: "hyperspectral cubes" };

export const targetWords: Readonly<Record<TargetSpec["kind"], string>> = {
  spectral: "target spectra or cubes",
  mask: "label masks",
  class: "one class a sample",
  numbers: "numbers for each sample",
  none: "no targets",
};

/** `a`, `a or b`, `a, b or c`. */
export const anyOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;

export const unsuitableTarget = (
  task: string,
  wanted: readonly TargetSpec["kind"][],
  given: TargetSpec["kind"],
): string =>
  `The task "${task}" learns from ${anyOf(wanted.map((t) => targetWords[t]))}, but the data come with ${targetWords[given]}.`;

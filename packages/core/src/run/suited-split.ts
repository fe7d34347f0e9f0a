import type { Dataset } from "../contracts/dataset.ts";

/**
 * The split that suits data of which the config does not say how they are split. Classes and numbers: whole groups where
 * samples share one, else equal shares of the classes, or at random for numbers. Spectra and masks: contiguous rows, as
 * neighbours may be near-duplicates.
 */
export function suitedSplit({ samples, spec: { target } }: Pick<Dataset, "samples" | "spec">): string {
  if (target.kind !== "class" && target.kind !== "numbers") return "block";
  if (new Set(samples.map((s) => s.group)).size < samples.length) return "group";
  return target.kind === "class" ? "stratified" : "random";
}

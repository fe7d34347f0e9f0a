import type { Dataset } from "../contracts/dataset.ts";

/**
 * The split that suits data of which the config does not say how they are split: whole groups where samples share one;
 * equal shares of the classes; at random for numbers; and contiguous rows for everything else, whose neighbours may be
 * near-duplicates.
 */
export function suitedSplit({ samples, spec: { target } }: Pick<Dataset, "samples" | "spec">): string {
  if (new Set(samples.map((s) => s.group)).size < samples.length) return "group";
  if (target.kind === "class") return "stratified";
  return target.kind === "numbers" ? "random" : "block";
}

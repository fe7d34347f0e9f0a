import type { Dataset } from "../contracts/dataset.ts";

/**
 * The split that suits data of which the config does not say how they are split. One image: strips of it. Classes and numbers:
 * whole groups where samples share one, else equal shares of the classes, or at random for numbers. Spectra and several
 * images: contiguous rows, as neighbours may be near-duplicates.
 */
export function suitedSplit({
  samples,
  images,
  spec: { target },
}: Pick<Dataset, "images" | "samples" | "spec">): string {
  if (images?.list.length === 1) return "strips";
  const grouped = new Set(samples.map((s) => s.group)).size < samples.length;
  if (images) return grouped ? "group" : "block";
  if (target.kind !== "class" && target.kind !== "numbers") return "block";
  if (grouped) return "group";
  return target.kind === "class" ? "stratified" : "random";
}

import type { Dataset } from "../contracts/dataset.ts";
import type { ComponentRef } from "../contracts/task.ts";
import type { JsonObject } from "../json.ts";
import { normalizeRef } from "../options.ts";
import type { GivenConfig } from "./config.ts";

/** What the folds are made of: samples at random, contiguous rows, whole groups, or equal shares of the classes. */
export type FoldKind = "shuffle" | "block" | "group" | "class";

const kindOfSplit: Readonly<Record<string, FoldKind>> = {
  random: "shuffle",
  block: "block",
  group: "group",
  stratified: "class",
};

/**
 * The kind of folds that suits the data, where nobody said: as the config splits; whole groups where the data have
 * groups; equal shares of the classes; at random for numbers; and contiguous rows for everything else, whose
 * neighbours may be near-duplicates.
 */
export function foldKind(given: GivenConfig, { samples, spec }: Dataset): FoldKind {
  if (given.file["split"] !== undefined) {
    const { name, options } = normalizeRef(given.raw.split as ComponentRef, "split");
    if (name === "k-fold" && options["by"] !== undefined) return options["by"] as FoldKind;
    const kind = kindOfSplit[name];
    if (kind) return kind;
  }
  if (new Set(samples.map((s) => s.group)).size < samples.length) return "group";
  if (spec.target.kind === "class") return "class";
  return spec.target.kind === "numbers" ? "shuffle" : "block";
}

/** The config of one fold: its split, its seed, and nothing written. */
export function configOfFold(
  given: GivenConfig,
  {
    folds,
    fold,
    by,
    seed,
  }: { readonly folds: number; readonly fold: number; readonly by: FoldKind; readonly seed: number },
): GivenConfig {
  const { options } = normalizeRef(given.raw.split as ComponentRef, "split");
  const kept: JsonObject = Object.fromEntries(
    ["validation", "blocks", "guard"].flatMap((name) =>
      typeof options[name] === "number" ? [[name, options[name]]] : [],
    ),
  );
  const split = { name: "k-fold", ...kept, folds, fold, by };
  return { ...given, raw: { ...given.raw, seed, split, callbacks: [] } };
}

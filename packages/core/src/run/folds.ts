import type { Dataset } from "../contracts/dataset.ts";
import type { ComponentRef } from "../contracts/task.ts";
import type { JsonObject } from "../json.ts";
import { normalizeRef } from "../options.ts";
import type { GivenConfig } from "./config.ts";
import { suitedSplit } from "./suited-split.ts";

/** What the folds are made of: samples at random, contiguous rows, whole groups, or equal shares of the classes. */
export type FoldKind = "shuffle" | "block" | "group" | "class";

const kindOfSplit: Readonly<Record<string, FoldKind>> = {
  random: "shuffle",
  block: "block",
  group: "group",
  stratified: "class",
};

/** The kind of folds where nobody said: as the config splits, or as suits the data. */
export function foldKind(given: GivenConfig, dataset: Dataset): FoldKind {
  const suited = suitedSplit(dataset);
  const { name, options } = normalizeRef((given.raw.split ?? suited) as ComponentRef, "split", suited);
  if (name === "k-fold" && options["by"] !== undefined) return options["by"] as FoldKind;
  return kindOfSplit[name] ?? kindOfSplit[suited]!;
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
  const { options } = normalizeRef((given.raw.split ?? "block") as ComponentRef, "split", "block");
  const kept: JsonObject = Object.fromEntries(
    ["validation", "blocks", "guard"].flatMap((name) =>
      typeof options[name] === "number" ? [[name, options[name]]] : [],
    ),
  );
  const split = { name: "k-fold", ...kept, folds, fold, by };
  return { ...given, raw: { ...given.raw, seed, split, callbacks: [] } };
}

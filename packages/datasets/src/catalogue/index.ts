import { nearest, SpectraiError } from "@spectrai/core";
import { airborneScenes } from "./airborne.ts";
import { ehuScenes } from "./ehu.ts";
import type { CatalogueEntry } from "./entry.ts";
import { houstonScenes } from "./houston.ts";
import { indoorScenes } from "./indoor.ts";
import { medicalScenes } from "./medical.ts";
import { ramanSets } from "./raman.ts";
import { unmixingScenes } from "./unmixing.ts";

/** Published data sets by name. */
export const catalogue: readonly CatalogueEntry[] = [
  ...ehuScenes,
  ...houstonScenes,
  ...airborneScenes,
  ...unmixingScenes,
  ...indoorScenes,
  ...medicalScenes,
  ...ramanSets,
];

/** @throws SPECTRAI_USAGE, offering the nearest name */
export function findEntry(name: string): CatalogueEntry {
  const found = catalogue.find((e) => e.name === name);
  if (found) return found;
  const names = catalogue.map((e) => e.name);
  const near = nearest(name, names);
  throw new SpectraiError(
    "SPECTRAI_USAGE",
    `There is no data set called "${name}". ${near ? `Did you mean "${near}"?` : `Known: ${names.join(", ")}.`}`,
  );
}

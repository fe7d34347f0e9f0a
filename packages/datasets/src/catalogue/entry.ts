import type { AxisUnit, JsonObject } from "@spectrai/core";

/** A file of a set. What nobody has verified is left out, not guessed. */
export interface CatalogueFile {
  /** Path inside the set's folder. */
  readonly name: string;
  /** Where it is published; absent where it has to be put into the folder by hand. */
  readonly url?: string;
  /** Size, for people: as reported, not checked. */
  readonly size?: number;
  /** In hexadecimal; a file with another is refused. */
  readonly sha256?: string;
  /** A zip archive: what is in it takes its place. These paths are there then; globs may name them. */
  readonly holds?: readonly string[];
}

/** A way to split a set that others have used, or that is fair: a config's `split` section. */
export interface StandardSplit {
  readonly name: string;
  readonly about: string;
  readonly split: JsonObject;
}

/** A published data set, as facts; nothing of it is shipped. */
export interface CatalogueEntry {
  /** As in the config and on the command line. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly data: "cube" | "spectrum";
  /** Sizes in words: images × rows × columns × bands. */
  readonly shape: string;
  readonly sensor: string;
  /** The spectral range; in `recipe` only where bands are evenly spaced or the files have the values. */
  readonly axis: { readonly unit: AxisUnit; readonly first: number; readonly last: number; readonly points: number };
  readonly classes?: readonly string[];
  readonly files: readonly CatalogueFile[];
  /** The publisher's page. */
  readonly page: string;
  /** What has to be done by hand, in order; absent where `spectrai data get` does all. */
  readonly manual?: readonly string[];
  /** As the publisher states it, or "not stated". */
  readonly licence: string;
  readonly citation: string;
  /** How it is read: a config's `data` section, with paths inside the set's folder. */
  readonly recipe?: { readonly name: "cubes" | "spectra" } & JsonObject;
  readonly splits: readonly StandardSplit[];
  /** What one has to know to use it rightly. */
  readonly notes: readonly string[];
}

/** Splits of one labelled image: the fair one first, and what most of the literature does. */
export const sceneSplits: readonly StandardSplit[] = [
  {
    name: "class rows",
    about: "The upper rows of every class for training, its lower rows for test, 8 pixels left out between them.",
    split: { name: "class-rows", train: 0.5, validation: 0.1, guard: 8 },
  },
  {
    name: "random pixels",
    about:
      "As in most publications; nearly every test pixel has a training pixel beside it, so that results are far too good.",
    split: { name: "random-pixels", train: 0.1, validation: 0.05 },
  },
];

/** The left 60 % of the columns for training, the right 25 % for test. */
export const stripSplit: StandardSplit = {
  name: "strips",
  about: "The left columns for training, the right ones for test, 4 columns left out between them.",
  split: { name: "strips", direction: "columns", train: 0.6, validation: 0.15, guard: 4 },
};

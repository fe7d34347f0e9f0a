import type { Rng } from "../rng.ts";
import type { SampleInfo } from "./sample.ts";

/** Indices into the data set's samples. Every index is in at most one part. */
export interface Split {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
}

export interface Splitter {
  /** @throws SPECTRAI_DATA_SPLIT when a part that was asked for would be empty. */
  split(samples: readonly SampleInfo[], rng: Rng): Split;
}

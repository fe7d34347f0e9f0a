import type { Sample, SampleInfo, SampleSpec } from "./sample.ts";

/** An ordered collection of samples. Opening it reads what is needed to describe it, not the samples. */
export interface Dataset {
  readonly spec: SampleSpec;
  /** One entry a sample, in the data's own order (neighbours in the file are neighbours here). */
  readonly samples: readonly SampleInfo[];
  read(index: number): Promise<Sample>;
  /** Where the data came from, for the report: paths, URL, licence, citation. */
  readonly source: string;
  dispose?(): void | Promise<void>;
}

import type { LabelArray, Sample, SampleInfo, SampleSpec } from "./sample.ts";
import type { ImageInfo, ImageParts, Split } from "./splitter.ts";

/** An ordered collection of samples. Opening it reads what is needed to describe it, not the samples. */
export interface Dataset {
  readonly spec: SampleSpec;
  /** One entry a sample, in the data's own order (neighbours in the file are neighbours here). */
  readonly samples: readonly SampleInfo[];
  /** @param epoch - what is drawn anew is drawn for this epoch; absent = 0, which validation and test are held to */
  read(index: number, epoch?: number): Promise<Sample>;
  /** Samples differ from epoch to epoch (patches at random places, noise), so that none is kept for the next. */
  readonly redrawn?: boolean;
  /** The images that the samples are cut from, where a split may divide their pixels. */
  readonly images?: ImageSet;
  /** Where the data came from, for the report: paths, URL, licence, citation. */
  readonly source: string;
  dispose?(): void | Promise<void>;
}

/** The images of a data set, before samples are cut from them. */
export interface ImageSet {
  readonly list: readonly ImageInfo[];
  /** The labels of an image, or of rows of it; absent where the target is no mask. */
  labels?(image: number, rows?: readonly [start: number, stop: number]): Promise<LabelArray>;
  /** The data set of windows of which each belongs to one part: pixels of other parts do not count in its target. */
  cut(parts: readonly ImageParts[]): Promise<{ readonly dataset: Dataset; readonly split: Split }>;
}

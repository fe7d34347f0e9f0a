import type { Rng } from "../rng.ts";
import type { LabelArray, Rectangle, SampleInfo } from "./sample.ts";

/** Indices into the data set's samples. Every index is in at most one part. */
export interface Split {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
}

export interface Splitter {
  /** @throws SPECTRAI_DATA_SPLIT when a part that was asked for would be empty. */
  split(samples: readonly SampleInfo[], rng: Rng): Split;
  /**
   * Divides the pixels of images, one entry an image. A splitter that has it is for images alone, and its `split` throws.
   *
   * @throws SPECTRAI_DATA_SPLIT
   */
  splitPixels?(images: readonly SplitImage[], rng: Rng): Promise<readonly ImageParts[]>;
}

export interface ImageInfo {
  readonly id: string;
  readonly group: string;
  readonly height: number;
  readonly width: number;
}

/** An image as a splitter sees it. */
export interface SplitImage extends ImageInfo {
  /** Class indices `[H, W]`; absent where the target is no mask. */
  labels?(): Promise<LabelArray>;
}

/**
 * The parts of one image. `rectangles`: windows are cut inside them, so that the network never sees a pixel of another
 * part. `pixels`: one number a pixel (0 = none, 1 = training, 2 = validation, 3 = test); windows may hold pixels of all
 * parts, and only those of their own count.
 */
export type ImageParts =
  | {
      readonly kind: "rectangles";
      readonly train: readonly Rectangle[];
      readonly validation: readonly Rectangle[];
      readonly test: readonly Rectangle[];
    }
  | { readonly kind: "pixels"; readonly part: Uint8Array };

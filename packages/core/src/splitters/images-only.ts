import type { Split, Splitter } from "../contracts/splitter.ts";
import { splitError } from "./parts.ts";

/** A splitter that divides images, and nothing else. */
export const imagesOnly = (name: string, splitPixels: NonNullable<Splitter["splitPixels"]>): Splitter => ({
  split(): Split {
    throw splitError(
      `The split ${name} divides the pixels of images, and these samples are no images that can be divided; use random, block or group.`,
    );
  },
  splitPixels,
});

/** Checks that every part that was asked for has a pixel. @throws SPECTRAI_DATA_SPLIT */
export function mustHavePixels(
  counts: Readonly<Record<"train" | "validation" | "test", number>>,
  asked: {
    readonly validation: boolean;
    readonly test: boolean;
  },
): void {
  for (const part of ["train", "validation", "test"] as const)
    if (counts[part] === 0 && (part === "train" || asked[part]))
      throw splitError(
        `The ${part === "train" ? "training" : part} part would be empty: ${counts.train} pixels for training, ${counts.validation} for validation, ${counts.test} for test. Change the shares, the guard band or the size of the blocks.`,
      );
}

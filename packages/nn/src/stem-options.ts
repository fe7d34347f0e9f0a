import { z } from "zod";

/** Options of a classifier's stem: its first convolution, and the pooling after it. */
export const stemOptions = {
  stemKernel: z.literal([3, 5, 7, 9, 11, 15, 21]).default(7).meta({
    description: "Points of the first convolution's kernel in each dimension.",
    group: "architecture",
    unit: "points",
  }),
  stemStride: z.literal([1, 2]).default(2).meta({
    description:
      "Step of the first convolution; 1 keeps twice as many points in all that follows, for short spectra and small cubes.",
    group: "architecture",
    unit: "points",
  }),
  stemPool: z.boolean().default(true).meta({
    description: "Halve what the first convolution gives with a max-pooling; false for short spectra and small cubes.",
    group: "architecture",
  }),
};

/** A stem, ready to be built. */
export interface StemOptions {
  /** Points of the first convolution's kernel, odd. */
  readonly stemKernel: number;
  /** Step of the first convolution. */
  readonly stemStride: number;
  /** Whether a max-pooling over 3 points halves what the first convolution gives. */
  readonly stemPool: boolean;
}

import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fitClassifiers } from "./classes/family.ts";
import { neighboursFamily } from "./classes/neighbours-family.ts";

/** `nearest-neighbours` has no options. */
export const nearestNeighboursSchema = z.strictObject({});

/**
 * The class that most of the k nearest training spectra have; among classes with equal votes the one whose spectra are nearer.
 * k, Euclidean or cosine distance, and autoscaling are chosen by five-fold cross-validation over training and validation; the
 * neighbours are taken from both.
 */
export const nearestNeighbours = defineComponent({
  kind: "baseline",
  name: "nearest-neighbours",
  summary: "Vote of the nearest training spectra; their number and the distance are chosen by cross-validation.",
  reference: "Cover, Hart, IEEE Trans. Inf. Theory 13 (1967) 21",
  supports: { tasks: ["classification", "segmentation"] },
  schema: nearestNeighboursSchema,
  create: (): Baseline => ({ fit: (train, validation) => fitClassifiers(neighboursFamily, train, validation) }),
});

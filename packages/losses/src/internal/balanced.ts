import { type Loss, SpectraiError } from "@spectrai/core";

/**
 * A weight for each class that makes all classes weigh the same together, and the mean weight of a sample 1: N / (K · n)
 * for a class of n of the N samples in K classes. A class without samples gets 1; the ignored one is left out.
 */
export function balancedWeights(counts: readonly number[], ignored?: number): number[] {
  const counted = counts.map((n, c) => (c === ignored ? 0 : n));
  const total = counted.reduce((a, b) => a + b, 0);
  const present = counted.filter((n) => n > 0).length;
  return counted.map((n) => (n > 0 ? total / (present * n) : 1));
}

interface Weighted {
  readonly weights?: "balanced" | readonly number[] | undefined;
  readonly ignored?: number | undefined;
}

/** A loss with its class weights, which it may have to learn from the training part. */
export function withWeights(
  name: string,
  { weights, ignored }: Weighted,
  make: (weights: readonly number[] | undefined) => Loss,
): Loss {
  if (weights !== "balanced") return make(weights);
  return {
    forTraining: ({ classCounts }) => make(balancedWeights(classCounts, ignored)),
    compute() {
      throw new SpectraiError(
        "SPECTRAI_INTERNAL",
        `The loss "${name}" with balanced weights was used before it was told of the training part.`,
      );
    },
  };
}

import { z } from "zod";

/** Options that the baselines and smoothers with a difference penalty share. */
export const lambdaOption = (byDefault: number, effect: string) =>
  z
    .number()
    .positive()
    .default(byDefault)
    .meta({
      description: `Weight λ of the penalty on differences; larger means a stiffer ${effect}.`,
      group: "smoothness",
    });

export const differencesOption = z.int().min(1).max(3).default(2).meta({
  description: "Order of the differences that are penalized; 2 penalizes curvature.",
  group: "smoothness",
});

export const iterationsOption = (byDefault: number) =>
  z.int().min(1).max(10_000).default(byDefault).meta({
    description: "Largest number of passes.",
    group: "iteration",
  });

export const toleranceOption = (of: string) =>
  z
    .number()
    .min(0)
    .default(1e-3)
    .meta({
      description: `Stop when the relative change of the ${of} falls below this; 0 does all the passes.`,
      group: "iteration",
    });

import { z } from "zod";
import { defineComponent } from "../component.ts";

export const oneCycleSchema = z.strictObject({
  rise: z.number().gt(0).lt(1).default(0.3).meta({
    description: "Share of the run in which the learning rate rises.",
    group: "schedule",
  }),
  startDivisor: z.number().min(1).default(25).meta({
    description: "The run starts at the highest learning rate divided by this.",
    group: "schedule",
  }),
  finalDivisor: z.number().min(1).default(1e4).meta({
    description: "The run ends at the starting learning rate divided by this.",
    group: "schedule",
  }),
  anneal: z.enum(["cosine", "linear"]).default("cosine").meta({
    description: "The form of the rise and of the fall.",
    group: "schedule",
  }),
});

/**
 * Smith and Topin, arXiv:1708.07120: one rise to the config's learning rate and one fall far below the start, by the
 * step, over the whole run. As PyTorch's `OneCycleLR` with two phases; momentum is left alone.
 */
export const oneCycle = defineComponent({
  kind: "schedule",
  name: "one-cycle",
  summary: "The learning rate rises to its highest value and falls to almost nothing, once over the run.",
  reference: "Smith and Topin, Super-convergence, 2018, arXiv:1708.07120",
  schema: oneCycleSchema,
  create: ({ rise, startDivisor, finalDivisor, anneal }) => {
    const between = (from: number, to: number, share: number): number =>
      anneal === "cosine" ? to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2 : from + (to - from) * share;
    return {
      start: ({ rate, epochs, stepsPerEpoch }) => {
        const last = epochs * stepsPerEpoch - 1;
        const peak = rise * (last + 1) - 1;
        const first = rate / startDivisor;
        const final = first / finalDivisor;
        return {
          rate: (step) => {
            // A run of a few steps has its peak at or before the first one.
            if (step <= peak && peak > 0) return between(first, rate, step / peak);
            return between(rate, final, Math.min((step - peak) / (last - peak), 1));
          },
        };
      },
    };
  },
});

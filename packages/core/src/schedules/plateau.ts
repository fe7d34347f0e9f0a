import { z } from "zod";
import { defineComponent } from "../component.ts";

export const plateauSchema = z.strictObject({
  factor: z.number().positive().lt(1).default(0.1).meta({
    description: "What the learning rate is multiplied by when the metric stands still.",
    group: "schedule",
  }),
  patience: z.int().min(0).default(10).meta({
    description: "Epochs without improvement that are put up with before the learning rate falls.",
    group: "schedule",
    unit: "epochs",
  }),
  threshold: z.number().min(0).default(1e-4).meta({
    description: "Smallest change that counts as an improvement, as a share of the best value so far.",
    group: "schedule",
  }),
  cooldown: z.int().min(0).default(0).meta({
    description: "Epochs after a fall in which none is counted.",
    group: "schedule",
    unit: "epochs",
  }),
  minimum: z.number().min(0).default(0).meta({
    description: "The learning rate never falls below this.",
    group: "schedule",
  }),
  smallestChange: z.number().min(0).default(1e-8).meta({
    description: "A fall of the learning rate by no more than this is not made.",
    group: "schedule",
  }),
});

const stateSchema = z.object({
  current: z.number(),
  best: z.number().nullable(),
  bad: z.int().min(0),
  resting: z.int().min(0),
});

/**
 * PyTorch's `ReduceLROnPlateau` (mode min, relative threshold) on the monitored metric. A metric that is not a number
 * is no improvement.
 */
export const plateau = defineComponent({
  kind: "schedule",
  name: "plateau",
  summary: "The learning rate falls when the monitored metric no longer improves.",
  schema: plateauSchema,
  create: ({ factor, patience, threshold, cooldown, minimum, smallestChange }) => ({
    start: ({ rate }) => {
      let current = rate;
      let best: number | null = null;
      let bad = 0;
      let resting = 0;
      return {
        rate: () => current,
        observe(value) {
          // |best|: a metric where higher is better arrives negated, and less than its best is no improvement either.
          if (!Number.isNaN(value) && (best === null || value < best - threshold * Math.abs(best))) {
            best = value;
            bad = 0;
          } else bad++;
          if (resting > 0) {
            resting--;
            bad = 0;
          }
          if (bad > patience) {
            const next = Math.max(current * factor, minimum);
            if (current - next > smallestChange) current = next;
            resting = cooldown;
            bad = 0;
          }
        },
        state: () => ({ current, best, bad, resting }),
        restore(state) {
          ({ current, best, bad, resting } = stateSchema.parse(state));
        },
      };
    },
  }),
});

import { z } from "zod";
import { defineComponent } from "../component.ts";

export const cyclicSchema = z.strictObject({
  baseFactor: z.number().positive().max(1).default(0.01).meta({
    description: "The lowest learning rate as a share of the config's, which is the highest.",
    group: "schedule",
  }),
  stepsUp: z.int().min(1).default(2000).meta({
    description: "Steps in which the learning rate rises.",
    group: "schedule",
    unit: "steps",
  }),
  stepsDown: z.int().min(1).optional().meta({
    description: "Steps in which it falls again; as many as it rises in unless given.",
    group: "schedule",
    unit: "steps",
  }),
  mode: z.enum(["triangular", "triangular2"]).default("triangular2").meta({
    description: "Whether every cycle has the same height (triangular) or half the last one's (triangular2).",
    group: "schedule",
  }),
});

/** Smith, WACV 2017: the rate moves linearly between two bounds, by the step. As PyTorch's `CyclicLR`, momentum left alone. */
export const cyclic = defineComponent({
  kind: "schedule",
  name: "cyclic",
  summary: "The learning rate rises and falls in triangles, step by step.",
  reference: "Smith, Cyclical learning rates for training neural networks, WACV 2017, arXiv:1506.01186",
  schema: cyclicSchema,
  create: ({ baseFactor, stepsUp, stepsDown = stepsUp, mode }) => ({
    start: ({ rate }) => {
      const base = rate * baseFactor;
      const length = stepsUp + stepsDown;
      return {
        rate: (step) => {
          const cycle = Math.floor(step / length);
          const at = step - cycle * length;
          const height = at <= stepsUp ? at / stepsUp : (length - at) / stepsDown;
          return base + (rate - base) * height * (mode === "triangular2" ? 0.5 ** cycle : 1);
        },
      };
    },
  }),
});

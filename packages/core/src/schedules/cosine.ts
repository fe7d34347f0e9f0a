import { z } from "zod";
import { defineComponent } from "../component.ts";

export const cosineSchema = z.strictObject({
  warmUp: z.number().min(0).lt(1).default(0.05).meta({
    description: "Share of the run in which the learning rate rises in a straight line; 0 = none.",
    group: "schedule",
  }),
  startFactor: z.number().min(0).max(1).default(0.01).meta({
    description: "The learning rate of the first step of the rise, as a share of the highest.",
    group: "schedule",
  }),
  finalFactor: z.number().min(0).max(1).default(0).meta({
    description: "What the learning rate falls towards, as a share of the highest.",
    group: "schedule",
  }),
});

/**
 * A linear rise, then half a cosine (Loshchilov and Hutter, ICLR 2017, without restarts), by the step. As PyTorch's
 * `LinearLR` followed by `CosineAnnealingLR` over the rest of the run.
 */
export const cosine = defineComponent({
  kind: "schedule",
  name: "cosine",
  summary: "The learning rate rises in a straight line for a short while, then falls along half a cosine.",
  reference: "Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR 2017, arXiv:1608.03983",
  schema: cosineSchema,
  create: ({ warmUp, startFactor, finalFactor }) => ({
    start: ({ rate, epochs, stepsPerEpoch }) => {
      const total = epochs * stepsPerEpoch;
      const rise = Math.round(warmUp * total);
      const final = rate * finalFactor;
      return {
        rate: (step) => {
          if (step < rise) return rate * (startFactor + ((1 - startFactor) * step) / rise);
          const share = Math.min((step - rise) / Math.max(total - rise, 1), 1);
          return final + ((rate - final) * (1 + Math.cos(Math.PI * share))) / 2;
        },
      };
    },
  }),
});

import { z } from "zod";
import { defineComponent } from "../component.ts";

export const stepSchema = z.strictObject({
  size: z.int().min(1).default(50).meta({
    description: "The learning rate falls after every so many epochs.",
    group: "schedule",
    unit: "epochs",
  }),
  factor: z.number().positive().default(0.2).meta({
    description: "What the learning rate is multiplied by then.",
    group: "schedule",
  }),
});

/** `rate · factor^⌊epoch / size⌋`, as PyTorch's `StepLR`. */
export const step = defineComponent({
  kind: "schedule",
  name: "step",
  summary: "The learning rate falls by a factor after every so many epochs.",
  schema: stepSchema,
  create: ({ size, factor }) => ({
    start: ({ rate }) => ({ rate: (_, epoch) => rate * factor ** Math.floor(epoch / size) }),
  }),
});

import { z } from "zod";
import { defineComponent } from "../component.ts";

export const multiplicativeSchema = z.strictObject({
  factor: z.number().positive().default(0.985).meta({
    description: "What the learning rate is multiplied by after each epoch.",
    group: "schedule",
  }),
});

/** `rate · factor^epoch`, as PyTorch's `MultiplicativeLR` with a constant factor. */
export const multiplicative = defineComponent({
  kind: "schedule",
  name: "multiplicative",
  summary: "The learning rate is multiplied by a factor after each epoch.",
  schema: multiplicativeSchema,
  create: ({ factor }) => ({ start: ({ rate }) => ({ rate: (_, epoch) => rate * factor ** epoch }) }),
});

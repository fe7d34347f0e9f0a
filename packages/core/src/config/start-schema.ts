import { z } from "zod";

const group = "transfer";

export const startRateSchema = z.strictObject({
  match: z.string().min(1).meta({ description: "Pattern of parameter names, as in freeze.", group }),
  scale: z.number().positive().meta({
    description: "Factor on the learning rate of these parameters; to leave them as they are, freeze them.",
    group,
  }),
});

export const startWarmUpSchema = z
  .strictObject({
    epochs: z.int().min(1).meta({
      description: "Epochs at the beginning in which only the new head learns.",
      group,
      unit: "epochs",
    }),
    rise: z.int().min(0).default(0).meta({
      description: "Epochs after that over which the rest joins in; 0 = at once.",
      group,
      unit: "epochs",
    }),
    unfreeze: z.enum(["together", "gradual"]).default("together").meta({
      description:
        "How the rest joins in over rise: all layers together, at a learning rate that rises linearly, or layer by layer from the last to the first (gradual unfreezing).",
      group,
    }),
  })
  .refine(({ unfreeze, rise }) => unfreeze === "together" || rise > 0, {
    path: ["unfreeze"],
    message: "gradual takes time: set a rise of one epoch or more",
  });

/** The config's section for going on from a trained model: transfer learning, fine-tuning. */
export const startSchema = z.strictObject({
  from: z.string().min(1).meta({
    description: "The model file to start from, or the folder of the run that wrote it.",
    group,
  }),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "must be 64 hex digits")
    .optional()
    .meta({ description: "SHA-256 of that file; the run refuses to start from another.", group }),
  head: z.enum(["auto", "keep", "new"]).default("auto").meta({
    description:
      "What becomes of the last layers, whose shape follows from the classes or values: kept, made new, or made new only where classes or values differ (auto).",
    group,
  }),
  resample: z.boolean().default(true).meta({
    description:
      "Bring spectra on another axis to the model's input axis; false leaves them, for networks that take any length.",
    group,
  }),
  freeze: z.array(z.string().min(1)).default([]).meta({
    description:
      "Patterns of the names of parameters that are not trained: * stands for anything, ? for one character, {a,b} for either.",
    group,
  }),
  statistics: z.enum(["frozen", "updated"]).default("frozen").meta({
    description:
      "Batch norms in frozen layers: normalize by the running statistics of the file, or by each batch's, and go on with the running ones.",
    group,
  }),
  rates: z.array(startRateSchema).default([]).meta({
    description: "Learning rates of groups of parameters; the first pattern that matches a parameter counts.",
    group,
  }),
  discriminative: z.number().positive().lt(1).nullable().default(null).meta({
    description:
      "Learning rate of the first layer as a share of the head's, rising geometrically from layer to layer; null = one rate for all.",
    group,
  }),
  warmUp: startWarmUpSchema.nullable().default(null).meta({
    description: "Let a new head learn by itself first; null = everything learns from the first step.",
    group,
  }),
});
export type StartConfig = z.output<typeof startSchema>;

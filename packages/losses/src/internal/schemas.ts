import { z } from "zod";

/** Options that losses on class labels share. */
export const labelOptions = {
  weights: z.array(z.number().nonnegative()).min(1).optional().meta({
    description: "One weight for each class, for classes of unequal size; absent = all alike.",
    group: "classes",
  }),
  ignored: z.int().optional().meta({
    description: "A class whose positions carry no loss; labels that name no class (255, -1) never carry any.",
    group: "classes",
  }),
};

/** The same for losses that a large class would drown small ones in. */
export const balancedLabelOptions = {
  ...labelOptions,
  weights: z
    .union([z.literal("balanced"), z.array(z.number().nonnegative()).min(1)])
    .optional()
    .meta({
      description:
        "Weights of the classes: balanced = every class weighs as much as any other, however many training samples it has; or one number for each class; absent = every sample weighs the same.",
      group: "classes",
    }),
};

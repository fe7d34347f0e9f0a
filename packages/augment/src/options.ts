import { z } from "zod";

/** How often an augmentation is applied. */
export const probabilityOption = (byDefault: number) =>
  z.number().min(0).max(1).default(byDefault).meta({
    description: "Probability with which a sample is changed at all.",
    group: "chance",
  });

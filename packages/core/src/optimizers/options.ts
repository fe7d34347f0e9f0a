import { z } from "zod";

/** Options that several optimizers have, with PyTorch's defaults and bounds. */
export const epsilonOption = (value: number) =>
  z
    .number()
    .positive()
    .default(value)
    .meta({ description: "Added to the denominator to keep it from vanishing.", group: "optimizer" });

export const weightDecayOption = (value: number, description: string) =>
  z.number().min(0).default(value).meta({ description, group: "regularization" });

export const l2Description = "Weight of the L2 penalty on the weights; biases and norms have none.";

export const betaOption = (value: number, description: string) =>
  z.number().min(0).lt(1).default(value).meta({ description, group: "optimizer" });

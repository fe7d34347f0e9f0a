import { z } from "zod";

/** How windows are cut out of images: the options of the data set `cubes`. */
export const windowOptions = {
  patch: z.int().min(1).max(65_536).optional().meta({
    description:
      "Side of the square patches that are trained on; whole images unless given, or patches of 32 pixels where images are large or a split divides them.",
    group: "patches",
    unit: "pixels",
  }),
  stride: z.int().min(1).max(65_536).optional().meta({
    description: "Distance between the patches of a grid; the patch's side unless given.",
    group: "patches",
    unit: "pixels",
  }),
  patches: z.enum(["grid", "random"]).default("grid").meta({
    description: "Training patches side by side, or at other random places in every epoch.",
    group: "patches",
  }),
  perEpoch: z.int().min(1).optional().meta({
    description: "How many random patches an epoch has; as many as a grid would have unless given.",
    group: "patches",
  }),
  balance: z.boolean().default(false).meta({
    description: "Random patches are drawn around pixels of all classes equally often.",
    group: "patches",
  }),
  evaluationPatch: z.int().min(8).max(65_536).default(128).meta({
    description: "Largest side of the windows that validation and test parts are measured in.",
    group: "patches",
    unit: "pixels",
  }),
};

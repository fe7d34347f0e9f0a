import { z } from "zod";

/** How windows are cut out of the images of a data set. */
export interface WindowOptions {
  /**
   * Side of the square windows that are trained on. Absent: whole images, unless a split divides them or they are large;
   * then 32, or the parts' smaller side where that is less.
   */
  readonly patch?: number;
  /** Distance between neighbouring windows of the grid; absent = the patch. */
  readonly stride?: number;
  /** `grid`: side by side, the same in every epoch. `random`: at other places in every epoch. */
  readonly patches: "grid" | "random";
  /** Random windows in an epoch; absent = as many as a grid without overlap would have. */
  readonly perEpoch?: number;
  /** Random windows hold a labelled pixel of a class that is drawn first, each class as often as any other. */
  readonly balance: boolean;
  /** Sides of the windows that are measured on, at most. */
  readonly evaluationPatch: number;
  readonly seed: number;
}

/** The options of a data set of images that say how windows are cut out of them: part of its schema. */
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

type Chosen = z.output<z.ZodObject<typeof windowOptions>>;

/** What a data set's options say about windows. @param seed - of the places of random windows */
export const windowsOf = (chosen: Chosen, seed: number): WindowOptions => ({
  ...(chosen.patch === undefined ? {} : { patch: chosen.patch }),
  ...(chosen.stride === undefined ? {} : { stride: chosen.stride }),
  ...(chosen.perEpoch === undefined ? {} : { perEpoch: chosen.perEpoch }),
  patches: chosen.patches,
  balance: chosen.balance,
  evaluationPatch: chosen.evaluationPatch,
  seed,
});

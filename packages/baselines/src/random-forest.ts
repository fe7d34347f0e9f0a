import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fitClassifiers } from "./classes/family.ts";
import { forestFamily } from "./classes/forest/forest-family.ts";

/** Options of `random-forest`. */
export const randomForestSchema = z.strictObject({
  trees: z.int().min(1).max(2000).default(100).meta({ description: "Number of trees.", group: "forest" }),
  depths: z
    .array(z.int().min(1).max(64))
    .min(1)
    .max(64)
    .default([2, 4, 6, 8, 10, 13, 16, 20, 25, 32])
    .meta({ description: "Depths of the trees to choose from.", group: "choice" }),
  minLeaf: z.int().min(1).max(1e6).default(1).meta({ description: "Least training rows of a leaf.", group: "forest" }),
});

/**
 * A random forest: decision trees by Gini impurity, each on a bootstrap sample, each node trying √L of the L points; the shares of
 * the classes in the leaves are averaged. The depth is chosen by five-fold cross-validation over training and validation; the
 * fit is on both. The same data give the same forest.
 */
export const randomForest = defineComponent({
  kind: "baseline",
  name: "random-forest",
  summary: "Mean of many randomized decision trees; their depth is chosen by cross-validation.",
  reference: "Breiman, Mach. Learn. 45 (2001) 5",
  supports: { tasks: ["classification", "segmentation"] },
  schema: randomForestSchema,
  create: (options): Baseline => {
    const family = forestFamily(options);
    return { fit: (train, validation) => fitClassifiers(family, train, validation) };
  },
});

import { z } from "zod";
import { defineComponent } from "../component.ts";
import { shares, withinWhole } from "./options.ts";
import { splitByShares } from "./parts.ts";
import { takeRandom } from "./take-random.ts";

export const randomSplitSchema = z.strictObject(shares).check(withinWhole);

/** Any sample in any part. Neighbours and samples of one group come apart: look at the leak, or use `block` or `group`. */
export const randomSplit = defineComponent({
  kind: "splitter",
  name: "random",
  summary: "Samples drawn at random; only for samples that have nothing to do with each other.",
  schema: randomSplitSchema,
  create: (options) => ({
    split: (samples, rng) => splitByShares(samples.length, options, takeRandom(rng)),
  }),
});

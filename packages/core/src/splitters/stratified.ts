import { z } from "zod";
import { defineComponent } from "../component.ts";
import { shares, withinWhole } from "./options.ts";
import { splitByShares } from "./parts.ts";
import { takeClasses } from "./take-classes.ts";

export const stratifiedSplitSchema = z.strictObject(shares).check(withinWhole);

export const stratifiedSplit = defineComponent({
  kind: "splitter",
  name: "stratified",
  summary: "Samples drawn at random, the same share of every class.",
  schema: stratifiedSplitSchema,
  create: (options) => ({
    split: (samples, rng) => splitByShares(samples.length, options, takeClasses(samples, rng)),
  }),
});

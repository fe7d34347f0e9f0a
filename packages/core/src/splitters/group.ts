import { z } from "zod";
import { defineComponent } from "../component.ts";
import { shares, withinWhole } from "./options.ts";
import { splitByShares } from "./parts.ts";
import { takeGroups } from "./take-groups.ts";

export const groupSplitSchema = z.strictObject(shares).check(withinWhole);

export const groupSplit = defineComponent({
  kind: "splitter",
  name: "group",
  summary: "Whole groups (acquisitions, patients, images), so that no group is on two sides.",
  schema: groupSplitSchema,
  create: (options) => ({
    split: (samples, rng) => splitByShares(samples.length, options, takeGroups(samples, rng)),
  }),
});

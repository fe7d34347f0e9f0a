import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { despikeSpectrum, despikeWorkspace } from "./kernels/despike.ts";
import { valueTransform } from "./steps/value.ts";

export const despikeSchema = z.strictObject({
  threshold: z.number().positive().default(8).meta({
    description: "A jump counts as the side of a spike when its modified z-score exceeds this.",
    group: "detection",
  }),
  window: z.int().min(1).max(1000).default(3).meta({
    description: "Widest spike that is looked for, and how far to each side clean points are averaged to replace it.",
    group: "replacement",
    unit: "points",
  }),
});

/** Replaces cosmic-ray spikes in every spectrum of `[L]` or `[H, W, L]`; see {@link despikeSpectrum}. */
export const despike = defineComponent({
  kind: "transform",
  name: "despike",
  summary: "Replace narrow spikes, as cosmic rays leave them, by the mean of clean neighbours.",
  reference: "D. Whitaker and K. Hayes, Chemometr. Intell. Lab. Syst. 179 (2018) 82",
  schema: despikeSchema,
  create: (options) =>
    valueTransform((axis) => {
      const workspace = despikeWorkspace(axis.values.length);
      return (y, out) => despikeSpectrum(y, out, workspace, options);
    }),
});

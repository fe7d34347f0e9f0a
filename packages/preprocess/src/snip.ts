import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { snipBaseline } from "./kernels/snip.ts";
import { baselineSubtraction } from "./steps/baseline.ts";

export const snipSchema = z.strictObject({
  halfWindow: z.int().min(1).max(100_000).default(40).meta({
    description: "Largest half width of a peak; wider features count as baseline.",
    group: "window",
    unit: "points",
  }),
  decreasing: z.boolean().default(true).meta({
    description: "Clip with the widest window first, which gives a smoother baseline.",
    group: "window",
  }),
  lls: z.boolean().default(true).meta({
    description:
      "Compress the range of values by two logarithms and a root while clipping, so that small peaks are clipped as well as large ones.",
    group: "values",
  }),
});

/** Takes off the SNIP baseline of every spectrum of `[L]` or `[H, W, L]`; see {@link snipBaseline}. */
export const snip = defineComponent({
  kind: "transform",
  name: "snip",
  summary: "Subtract a baseline found by clipping peaks in windows of every width (SNIP).",
  reference: "C. Ryan et al., Nucl. Instrum. Meth. B 34 (1988) 396",
  schema: snipSchema,
  create: (options) =>
    baselineSubtraction((length) => {
      const previous = new Float64Array(length);
      return (y, out) => snipBaseline(y, out, previous, options);
    }),
});

import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { aslsBaseline } from "./kernels/asls.ts";
import { baselineWorkspace } from "./kernels/baseline-workspace.ts";
import { baselineSubtraction } from "./steps/baseline.ts";
import { differencesOption, iterationsOption, lambdaOption, toleranceOption } from "./steps/whittaker-options.ts";

export const aslsSchema = z.strictObject({
  lambda: lambdaOption(1e6, "baseline"),
  p: z.number().gt(0).lt(1).default(0.01).meta({
    description: "Weight of points above the baseline; points below get 1 − p.",
    group: "asymmetry",
  }),
  iterations: iterationsOption(50),
  tolerance: toleranceOption("weights"),
  differences: differencesOption,
});

/** Takes off the asymmetric least-squares baseline of every spectrum of `[L]` or `[H, W, L]`; see {@link aslsBaseline}. */
export const asls = defineComponent({
  kind: "transform",
  name: "asls",
  summary: "Subtract an asymmetric least-squares baseline.",
  reference:
    "P. Eilers and H. Boelens, Baseline correction with asymmetric least squares smoothing, Leiden University (2005)",
  schema: aslsSchema,
  create: (options) =>
    baselineSubtraction((length) => {
      const workspace = baselineWorkspace(length, options.differences);
      return (y, out) => aslsBaseline(y, out, workspace, options);
    }),
});

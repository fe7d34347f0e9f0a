import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { arplsBaseline } from "./kernels/arpls.ts";
import { baselineWorkspace } from "./kernels/baseline-workspace.ts";
import { baselineSubtraction } from "./steps/baseline.ts";
import { differencesOption, iterationsOption, lambdaOption, toleranceOption } from "./steps/whittaker-options.ts";

export const arplsSchema = z.strictObject({
  lambda: lambdaOption(1e5, "baseline"),
  iterations: iterationsOption(50),
  tolerance: toleranceOption("weights"),
  differences: differencesOption,
});

/** Takes off the arPLS baseline of every spectrum of `[L]` or `[H, W, L]`; see {@link arplsBaseline}. */
export const arpls = defineComponent({
  kind: "transform",
  name: "arpls",
  summary: "Subtract an asymmetrically reweighted penalized least-squares baseline (arPLS).",
  reference: "S.-J. Baek, A. Park, Y.-J. Ahn and J. Choo, Analyst 140 (2015) 250",
  schema: arplsSchema,
  create: (options) =>
    baselineSubtraction((length) => {
      const workspace = baselineWorkspace(length, options.differences);
      return (y, out) => arplsBaseline(y, out, workspace, options);
    }),
});

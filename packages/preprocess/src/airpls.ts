import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { airplsBaseline } from "./kernels/airpls.ts";
import { baselineWorkspace } from "./kernels/baseline-workspace.ts";
import { baselineSubtraction } from "./steps/baseline.ts";
import { differencesOption, iterationsOption, lambdaOption, toleranceOption } from "./steps/whittaker-options.ts";

export const airplsSchema = z.strictObject({
  lambda: lambdaOption(1e6, "baseline"),
  iterations: iterationsOption(50),
  tolerance: toleranceOption("part of the spectrum below the baseline"),
  differences: differencesOption,
});

/** Takes off the airPLS baseline of every spectrum of `[L]` or `[H, W, L]`; see {@link airplsBaseline}. */
export const airpls = defineComponent({
  kind: "transform",
  name: "airpls",
  summary: "Subtract an adaptive iteratively reweighted penalized least-squares baseline (airPLS).",
  reference: "Z.-M. Zhang, S. Chen and Y.-Z. Liang, Analyst 135 (2010) 1138",
  schema: airplsSchema,
  create: (options) =>
    baselineSubtraction((length) => {
      const workspace = baselineWorkspace(length, options.differences);
      return (y, out) => airplsBaseline(y, out, workspace, options);
    }),
});

import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { baselineWorkspace } from "./kernels/baseline-workspace.ts";
import { whittakerSmooth } from "./kernels/whittaker.ts";
import { differencesOption, lambdaOption } from "./steps/whittaker-options.ts";
import { linearTransform } from "./steps/value.ts";

export const whittakerSchema = z.strictObject({
  lambda: lambdaOption(10, "curve"),
  differences: differencesOption,
});

/** Smooths every spectrum of `[L]` or `[H, W, L]`; see {@link whittakerSmooth}. */
export const whittaker = defineComponent({
  kind: "transform",
  name: "whittaker",
  summary: "Smooth spectra with a penalty on their differences (Whittaker smoother).",
  reference: "P. Eilers, A perfect smoother, Anal. Chem. 75 (2003) 3631",
  schema: whittakerSchema,
  create: ({ lambda, differences }) =>
    linearTransform((axis) => {
      const workspace = baselineWorkspace(axis.values.length, differences);
      return (y, out) => whittakerSmooth(y, out, workspace, lambda);
    }),
});

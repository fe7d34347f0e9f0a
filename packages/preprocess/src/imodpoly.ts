import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { imodpolyBaseline } from "./kernels/imodpoly.ts";
import { modpolyWorkspace } from "./kernels/modpoly.ts";
import { baselineSubtraction } from "./steps/baseline.ts";
import { orderOption } from "./steps/polynomial-options.ts";
import { iterationsOption, toleranceOption } from "./steps/whittaker-options.ts";

export const imodpolySchema = z.strictObject({
  order: orderOption(2),
  iterations: iterationsOption(250),
  tolerance: toleranceOption("standard deviation of the residual"),
});

/** Takes off the IModPoly baseline of every spectrum of `[L]` or `[H, W, L]`; see {@link imodpolyBaseline}. */
export const imodpoly = defineComponent({
  kind: "transform",
  name: "imodpoly",
  summary: "Subtract a ModPoly baseline that allows for noise and leaves out the peaks (IModPoly).",
  reference: "J. Zhao, H. Lui, D. McLean and H. Zeng, Appl. Spectrosc. 61 (2007) 1225",
  schema: imodpolySchema,
  create: (options) =>
    baselineSubtraction((length) => {
      const workspace = modpolyWorkspace(length, options.order);
      return (y, out) => imodpolyBaseline(y, out, workspace, options);
    }),
});

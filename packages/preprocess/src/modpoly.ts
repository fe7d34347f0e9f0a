import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { modpolyBaseline, modpolyWorkspace } from "./kernels/modpoly.ts";
import { baselineSubtraction } from "./steps/baseline.ts";
import { orderOption } from "./steps/polynomial-options.ts";
import { iterationsOption, toleranceOption } from "./steps/whittaker-options.ts";

export const modpolySchema = z.strictObject({
  order: orderOption(2),
  iterations: iterationsOption(250),
  tolerance: toleranceOption("fitted polynomial"),
});

/** Takes off the ModPoly baseline of every spectrum of `[L]` or `[H, W, L]`; see {@link modpolyBaseline}. */
export const modpoly = defineComponent({
  kind: "transform",
  name: "modpoly",
  summary: "Subtract a polynomial baseline fitted again and again to the spectrum clipped to it (ModPoly).",
  reference: "C. Lieber and A. Mahadevan-Jansen, Appl. Spectrosc. 57 (2003) 1363",
  schema: modpolySchema,
  create: (options) =>
    baselineSubtraction((length) => {
      const workspace = modpolyWorkspace(length, options.order);
      return (y, out) => modpolyBaseline(y, out, workspace, options);
    }),
});

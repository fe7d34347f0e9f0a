import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { buildUNet } from "./build-unet.ts";
import { normOption, sharedOptions } from "./options.ts";

export const resunetSchema = z.strictObject({ ...sharedOptions, norm: normOption("none") });

/** The UNet with two more convolutions inside a residual connection in each block: twice as deep, and as easy to train. */
export const resunet = defineComponent({
  kind: "model",
  name: "resunet",
  summary: "UNet with a residual connection in each block.",
  reference: "Horgan and Bergholt, spectrai, J. Spectral Imaging 11, a7, 2022.",
  schema: resunetSchema,
  create: (options) => ({ build: (spec, init) => buildUNet("resunet", { ...options, residual: true }, spec, init) }),
});

import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { buildUNet } from "./build-unet.ts";
import { normOption, sharedOptions } from "./options.ts";

export const unetSchema = z.strictObject({ ...sharedOptions, norm: normOption("batch") });

/**
 * UNet for spectra (1-D) and cubes (2-D on bands as channels, or 3-D), for every task: spectra and cubes of the same size or a
 * finer grid, masks, classes and numbers.
 */
export const unet = defineComponent({
  kind: "model",
  name: "unet",
  summary: "UNet: halve the resolution step by step, and come back with what each step saw.",
  reference:
    "Ronneberger, Fischer and Brox, U-Net, MICCAI 2015; as in Horgan and Bergholt, spectrai, J. Spectral Imaging 11, a7, 2022.",
  schema: unetSchema,
  create: (options) => ({ build: (spec, init) => buildUNet("unet", { ...options, residual: false }, spec, init) }),
});

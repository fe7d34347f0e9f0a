/**
 * The default denoiser for spectra: a low-rank network with a convolutional correction.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { spectralDenoiser } from "./spectral-denoiser.ts";

export * from "./log-power-means.ts";
export * from "./principal-start.ts";
export * from "./spectral-denoiser.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/models-denoiser",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [spectralDenoiser],
});
export default plugin;

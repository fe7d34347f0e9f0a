/**
 * Deterministic preprocessing of spectra and cubes.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { crop } from "./crop.ts";
import { maxNormalize } from "./max-normalize.ts";

export * from "./crop.ts";
export * from "./kernels/asls.ts";
export * from "./kernels/banded.ts";
export * from "./kernels/polynomial.ts";
export * from "./kernels/savitzky-golay.ts";
export * from "./max-normalize.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/preprocess",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [crop, maxNormalize],
});
export default plugin;

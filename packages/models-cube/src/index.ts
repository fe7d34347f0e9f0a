/**
 * Spectral-spatial networks for hyperspectral cubes, which start from a closed form.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { spectralSpatial } from "./spectral-spatial.ts";
import { subspaceDenoiser } from "./subspace-denoiser.ts";

export { spectralSpatial, spectralSpatialSchema } from "./spectral-spatial.ts";
export { subspaceDenoiser, subspaceDenoiserSchema } from "./subspace-denoiser.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/models-cube",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [spectralSpatial, subspaceDenoiser],
});
export default plugin;

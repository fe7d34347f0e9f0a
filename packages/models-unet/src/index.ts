/**
 * UNet, ResUNet and the DeepeR ResUNet for spectra and cubes.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { deeperResunet } from "./deeper-resunet.ts";
import { resunet } from "./resunet.ts";
import { unet } from "./unet.ts";

export * from "./deeper-network.ts";
export * from "./deeper-resunet.ts";
export * from "./resunet.ts";
export type { StyleOptions } from "./style.ts";
export * from "./unet-network.ts";
export * from "./unet.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/models-unet",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [unet, resunet, deeperResunet],
});
export default plugin;

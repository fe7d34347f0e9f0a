/**
 * ResNet 18 to 152 for spectra and cubes, in one, two and three dimensions.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { resnet } from "./resnet.ts";

export { resnetSchema } from "./options.ts";
export { depths, type ResNetDepth, resnetNetwork, type ResNetOptions } from "./resnet-network.ts";
export { resnet } from "./resnet.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/models-resnet",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [resnet],
});
export default plugin;

/**
 * DenseNet 121 to 201 for spectra and cubes, in one, two and three dimensions.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { densenet } from "./densenet.ts";

export { densenetNetwork, type DenseNetOptions } from "./densenet-network.ts";
export { densenet } from "./densenet.ts";
export { densenetSchema } from "./options.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/models-densenet",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [densenet],
});
export default plugin;

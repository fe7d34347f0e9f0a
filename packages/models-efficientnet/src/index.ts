/**
 * EfficientNet b0 to b7 for cubes of any number of bands.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { efficientnet } from "./efficientnet.ts";

export { type EfficientNetOptions, efficientNetNetwork } from "./efficientnet-network.ts";
export { efficientnet, efficientNetSchema } from "./efficientnet.ts";
export { type EfficientNetVariant, type Scaling, scalings, variants } from "./scaling.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/models-efficientnet",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [efficientnet],
});
export default plugin;

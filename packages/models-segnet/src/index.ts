/**
 * SegNet for the segmentation of cubes, in two and three dimensions.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { segnet } from "./segnet.ts";

export { segnetNetwork, type SegNetOptions } from "./segnet-network.ts";
export { segnet, segnetSchema } from "./segnet.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/models-segnet",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [segnet],
});
export default plugin;

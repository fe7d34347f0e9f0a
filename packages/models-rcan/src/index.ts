/**
 * RCAN for the super-resolution of hyperspectral cubes.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { rcan } from "./rcan.ts";

export { rcanNetwork, type RcanOptions } from "./rcan-network.ts";
export { rcan, rcanSchema } from "./rcan.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/models-rcan",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [rcan],
});
export default plugin;

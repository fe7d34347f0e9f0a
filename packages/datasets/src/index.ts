/**
 * Public data sets by name, and physical simulators.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { ramanPairs } from "./raman-pairs.ts";

export * from "./raman-pairs.ts";
export { type Band, type Constituent, constituents } from "./raman/bands.ts";
export { type Detector } from "./raman/detector.ts";
export { type RamanOptions, type RamanPair, type RamanSimulator, ramanSimulator } from "./raman/simulator.ts";
export { faddeevaReal, voigt } from "./raman/voigt.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/datasets",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [ramanPairs],
});
export default plugin;

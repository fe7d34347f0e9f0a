/**
 * Public data sets by name, and physical simulators.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { hyperspectralScene } from "./hyperspectral-scene.ts";
import { ramanPairs } from "./raman-pairs.ts";
import { scene } from "./scene.ts";

export * from "./hyperspectral-scene.ts";
export * from "./raman-pairs.ts";
export * from "./scene.ts";
export { type CatalogueEntry, type CatalogueFile, type StandardSplit } from "./catalogue/entry.ts";
export { catalogue, findEntry } from "./catalogue/index.ts";
export { missingFiles, recipeIn, setFolder } from "./catalogue/place.ts";
export { type Band, type Constituent, constituents } from "./raman/bands.ts";
export { type Detector } from "./raman/detector.ts";
export { type RamanOptions, type RamanPair, type RamanSimulator, ramanSimulator } from "./raman/simulator.ts";
export { gaussianHalf } from "./scene/blur.ts";
export { type Material, materials } from "./scene/materials.ts";
export { type RandomField, randomField } from "./scene/random-field.ts";
export { bandNoise, type BandNoise } from "./scene/sensor.ts";
export { type SimulatedRows, type SimulatedScene, simulateRows, simulateScene } from "./scene/simulate.ts";
export {
  type SceneOptions,
  type SceneParts,
  type SceneRegion,
  type SceneSimulator,
  sceneSimulator,
} from "./scene/simulator.ts";
export { faddeevaReal, voigt } from "./raman/voigt.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/datasets",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [hyperspectralScene, ramanPairs, scene],
});
export default plugin;

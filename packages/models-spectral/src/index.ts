/**
 * Networks for the classification, regression and calibration of spectra.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { inceptionTime } from "./inception-time.ts";
import { linearStandardiser } from "./linear-standardiser.ts";
import { rocketStack } from "./rocket-stack.ts";

export { inceptionTime, type InceptionTimeOptions, inceptionTimeSchema } from "./inception-time.ts";
export { linearStandardiser, type LinearStandardiserOptions, linearStandardiserSchema } from "./linear-standardiser.ts";
export { rocketStack, type RocketStackOptions, rocketStackSchema } from "./rocket-stack.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/models-spectral",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [inceptionTime, linearStandardiser, rocketStack],
});
export default plugin;

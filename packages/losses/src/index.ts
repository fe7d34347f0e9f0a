/**
 * Losses and metrics for spectra and cubes.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { charbonnierLoss } from "./losses/charbonnier.ts";
import { huberLoss } from "./losses/huber.ts";
import { l1Loss } from "./losses/l1.ts";
import { mseLoss } from "./losses/mse.ts";
import { maeMetric } from "./metrics/mae.ts";
import { mseMetric } from "./metrics/mse.ts";
import { psnrMetric } from "./metrics/psnr.ts";
import { rmseMetric } from "./metrics/rmse.ts";
import { samMetric } from "./metrics/sam.ts";

export * from "./losses/charbonnier.ts";
export * from "./losses/huber.ts";
export * from "./losses/l1.ts";
export * from "./losses/mse.ts";
export * from "./metrics/mae.ts";
export * from "./metrics/mse.ts";
export * from "./metrics/psnr.ts";
export * from "./metrics/rmse.ts";
export * from "./metrics/sam.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/losses",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [l1Loss, mseLoss, huberLoss, charbonnierLoss, mseMetric, rmseMetric, maeMetric, psnrMetric, samMetric],
});
export default plugin;

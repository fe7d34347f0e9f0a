/**
 * Losses and metrics for spectra and cubes.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { bceLoss } from "./losses/bce.ts";
import { charbonnierLoss } from "./losses/charbonnier.ts";
import { crossEntropyLoss } from "./losses/cross-entropy.ts";
import { diceLoss } from "./losses/dice.ts";
import { focalLoss } from "./losses/focal.ts";
import { huberLoss } from "./losses/huber.ts";
import { l1Loss } from "./losses/l1.ts";
import { mseLoss } from "./losses/mse.ts";
import { spectralAngleLoss } from "./losses/spectral-angle.ts";
import { ssimLoss } from "./losses/ssim.ts";
import { sumLoss } from "./losses/sum.ts";
import { aaMetric } from "./metrics/aa.ts";
import { accuracyMetric } from "./metrics/accuracy.ts";
import { confusionMatrixMetric } from "./metrics/confusion-matrix.ts";
import { ergasMetric } from "./metrics/ergas.ts";
import { f1Metric } from "./metrics/f1.ts";
import { kappaMetric } from "./metrics/kappa.ts";
import { maeMetric } from "./metrics/mae.ts";
import { miouMetric } from "./metrics/miou.ts";
import { mseMetric } from "./metrics/mse.ts";
import { oaMetric } from "./metrics/oa.ts";
import { psnrMetric } from "./metrics/psnr.ts";
import { r2Metric } from "./metrics/r2.ts";
import { rmseMetric } from "./metrics/rmse.ts";
import { rpdMetric } from "./metrics/rpd.ts";
import { samMetric } from "./metrics/sam.ts";
import { sidMetric } from "./metrics/sid.ts";
import { biasMetric } from "./metrics/bias.ts";
import { brierMetric } from "./metrics/brier.ts";
import { eceMetric } from "./metrics/ece.ts";
import { logLossMetric } from "./metrics/log-loss.ts";
import { precisionMetric } from "./metrics/precision.ts";
import { rocAucMetric } from "./metrics/roc-auc.ts";
import { sepMetric } from "./metrics/sep.ts";
import { ssimMetric } from "./metrics/ssim.ts";

export * from "./losses/bce.ts";
export * from "./losses/charbonnier.ts";
export * from "./losses/cross-entropy.ts";
export * from "./losses/dice.ts";
export * from "./losses/focal.ts";
export * from "./losses/huber.ts";
export * from "./losses/l1.ts";
export * from "./losses/mse.ts";
export * from "./losses/spectral-angle.ts";
export * from "./losses/ssim.ts";
export * from "./losses/sum.ts";
export * from "./metrics/aa.ts";
export * from "./metrics/accuracy.ts";
export * from "./metrics/confusion-matrix.ts";
export * from "./metrics/ergas.ts";
export * from "./metrics/f1.ts";
export * from "./metrics/kappa.ts";
export * from "./metrics/mae.ts";
export * from "./metrics/miou.ts";
export * from "./metrics/mse.ts";
export * from "./metrics/oa.ts";
export * from "./metrics/psnr.ts";
export * from "./metrics/r2.ts";
export * from "./metrics/rmse.ts";
export * from "./metrics/rpd.ts";
export * from "./metrics/sam.ts";
export * from "./metrics/sid.ts";
export * from "./metrics/bias.ts";
export * from "./metrics/brier.ts";
export * from "./metrics/ece.ts";
export * from "./metrics/log-loss.ts";
export * from "./metrics/precision.ts";
export * from "./metrics/roc-auc.ts";
export * from "./metrics/sep.ts";
export * from "./metrics/ssim.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/losses",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [
    l1Loss,
    mseLoss,
    huberLoss,
    charbonnierLoss,
    crossEntropyLoss,
    bceLoss,
    focalLoss,
    diceLoss,
    spectralAngleLoss,
    ssimLoss,
    sumLoss,
    mseMetric,
    rmseMetric,
    maeMetric,
    r2Metric,
    rpdMetric,
    biasMetric,
    sepMetric,
    psnrMetric,
    ssimMetric,
    samMetric,
    sidMetric,
    ergasMetric,
    accuracyMetric,
    oaMetric,
    aaMetric,
    kappaMetric,
    f1Metric,
    precisionMetric,
    rocAucMetric,
    logLossMetric,
    brierMetric,
    eceMetric,
    miouMetric,
    confusionMatrixMetric,
  ],
});
export default plugin;

/**
 * The classical method to beat for each task.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { directStandardisation } from "./direct-standardisation.ts";
import { piecewiseDirectStandardisation } from "./piecewise-direct-standardisation.ts";
import { bicubic } from "./bicubic.ts";
import { lanczos } from "./lanczos.ts";
import { lda } from "./lda.ts";
import { linearSvm } from "./linear-svm.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { majorityClass } from "./majority-class.ts";
import { nearestNeighbours } from "./nearest-neighbours.ts";
import { plsDa } from "./pls-da.ts";
import { lowRank } from "./low-rank.ts";
import { median } from "./median.ts";
import { mean } from "./mean.ts";
import { pcaRegression } from "./pca-regression.ts";
import { pcaImage } from "./pca-image.ts";
import { pca } from "./pca.ts";
import { pls } from "./pls.ts";
import { randomForest } from "./random-forest.ts";
import { raw } from "./raw.ts";
import { ridge } from "./ridge.ts";
import { savitzkyGolayBaseline } from "./savitzky-golay.ts";
import { whittakerBaseline } from "./whittaker.ts";

export * from "./direct-standardisation.ts";
export * from "./piecewise-direct-standardisation.ts";
export * from "./bicubic.ts";
export * from "./lanczos.ts";
export * from "./lda.ts";
export * from "./linear-svm.ts";
export * from "./logistic-regression.ts";
export * from "./majority-class.ts";
export * from "./nearest-neighbours.ts";
export * from "./pls-da.ts";
export * from "./mean.ts";
export * from "./low-rank.ts";
export * from "./median.ts";
export * from "./pca-regression.ts";
export * from "./pca-image.ts";
export * from "./pca.ts";
export * from "./pls.ts";
export * from "./random-forest.ts";
export * from "./raw.ts";
export * from "./ridge.ts";
export * from "./savitzky-golay.ts";
export * from "./whittaker.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/baselines",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [
    raw,
    savitzkyGolayBaseline,
    whittakerBaseline,
    pca,
    pcaRegression,
    ridge,
    pls,
    mean,
    lda,
    logisticRegression,
    plsDa,
    nearestNeighbours,
    linearSvm,
    randomForest,
    directStandardisation,
    piecewiseDirectStandardisation,
    majorityClass,
    bicubic,
    lanczos,
    median,
    pcaImage,
    lowRank,
  ],
});
export default plugin;

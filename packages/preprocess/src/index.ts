/**
 * Deterministic preprocessing of spectra and cubes.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { airpls } from "./airpls.ts";
import { areaNormalize } from "./area-normalize.ts";
import { arpls } from "./arpls.ts";
import { asls } from "./asls.ts";
import { bicubicResize } from "./bicubic-resize.ts";
import { centerCrop } from "./center-crop.ts";
import { crop } from "./crop.ts";
import { despike } from "./despike.ts";
import { fitLength } from "./fit-length.ts";
import { imodpoly } from "./imodpoly.ts";
import { maxNormalize } from "./max-normalize.ts";
import { minMaxNormalize } from "./min-max-normalize.ts";
import { minimum } from "./minimum.ts";
import { modpoly } from "./modpoly.ts";
import { msc } from "./msc.ts";
import { padImage } from "./pad-image.ts";
import { pad } from "./pad.ts";
import { pcaBands } from "./pca-bands.ts";
import { pickBands } from "./pick-bands.ts";
import { polynomial } from "./polynomial.ts";
import { rangeScale } from "./range-scale.ts";
import { resample } from "./resample.ts";
import { rollingBall } from "./rolling-ball.ts";
import { savitzkyGolay } from "./savitzky-golay.ts";
import { snip } from "./snip.ts";
import { snv } from "./snv.ts";
import { standardize } from "./standardize.ts";
import { vectorNormalize } from "./vector-normalize.ts";
import { whittaker } from "./whittaker.ts";

export * from "./airpls.ts";
export * from "./area-normalize.ts";
export * from "./arpls.ts";
export * from "./asls.ts";
export * from "./bicubic-resize.ts";
export * from "./center-crop.ts";
export * from "./crop.ts";
export * from "./despike.ts";
export * from "./fit-length.ts";
export * from "./imodpoly.ts";
export * from "./kernels/airpls.ts";
export * from "./kernels/arpls.ts";
export * from "./kernels/asls.ts";
export * from "./kernels/banded.ts";
export * from "./kernels/baseline-workspace.ts";
export * from "./kernels/bicubic.ts";
export * from "./kernels/despike.ts";
export * from "./kernels/imodpoly.ts";
export * from "./kernels/interpolation.ts";
export * from "./kernels/modpoly.ts";
export * from "./kernels/polynomial.ts";
export * from "./kernels/reflect.ts";
export * from "./kernels/rolling-ball.ts";
export * from "./kernels/savitzky-golay.ts";
export * from "./kernels/snip.ts";
export * from "./kernels/whittaker.ts";
export * from "./max-normalize.ts";
export * from "./min-max-normalize.ts";
export * from "./minimum.ts";
export * from "./modpoly.ts";
export * from "./msc.ts";
export * from "./pad-image.ts";
export * from "./pad.ts";
export * from "./pca-bands.ts";
export * from "./pick-bands.ts";
export * from "./polynomial.ts";
export * from "./range-scale.ts";
export * from "./resample.ts";
export * from "./rolling-ball.ts";
export * from "./savitzky-golay.ts";
export * from "./snip.ts";
export * from "./snv.ts";
export * from "./standardize.ts";
export * from "./vector-normalize.ts";
export * from "./whittaker.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/preprocess",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [
    airpls,
    areaNormalize,
    arpls,
    asls,
    bicubicResize,
    centerCrop,
    crop,
    despike,
    fitLength,
    imodpoly,
    maxNormalize,
    minMaxNormalize,
    minimum,
    modpoly,
    msc,
    padImage,
    pad,
    pcaBands,
    pickBands,
    polynomial,
    rangeScale,
    resample,
    rollingBall,
    savitzkyGolay,
    snip,
    snv,
    standardize,
    vectorNormalize,
    whittaker,
  ],
});
export default plugin;

/**
 * Random augmentation and noise models for spectra and cubes.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { addBackground } from "./add-background.ts";
import { bandNoise } from "./band-noise.ts";
import { deadlineNoise } from "./deadline-noise.ts";
import { downsample } from "./downsample.ts";
import { gaussianNoise } from "./gaussian-noise.ts";
import { horizontalFlip } from "./horizontal-flip.ts";
import { impulseNoise } from "./impulse-noise.ts";
import { mixedNoise } from "./mixed-noise.ts";
import { mixup } from "./mixup.ts";
import { noiseResample } from "./noise-resample.ts";
import { poissonNoise } from "./poisson-noise.ts";
import { randomCrop } from "./random-crop.ts";
import { rotate90 } from "./rotate-90.ts";
import { scale } from "./scale.ts";
import { spectralFlip } from "./spectral-flip.ts";
import { spectralShift } from "./spectral-shift.ts";
import { stripeNoise } from "./stripe-noise.ts";
import { verticalFlip } from "./vertical-flip.ts";

export * from "./add-background.ts";
export * from "./band-noise.ts";
export * from "./deadline-noise.ts";
export * from "./downsample.ts";
export * from "./gaussian-noise.ts";
export * from "./horizontal-flip.ts";
export * from "./impulse-noise.ts";
export * from "./mixed-noise.ts";
export * from "./mixup.ts";
export * from "./noise-resample.ts";
export * from "./poisson-noise.ts";
export * from "./random-crop.ts";
export * from "./range.ts";
export * from "./rotate-90.ts";
export * from "./scale.ts";
export * from "./spectral-flip.ts";
export * from "./spectral-shift.ts";
export * from "./stripe-noise.ts";
export * from "./vertical-flip.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/augment",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [
    addBackground,
    bandNoise,
    deadlineNoise,
    downsample,
    gaussianNoise,
    horizontalFlip,
    impulseNoise,
    mixedNoise,
    mixup,
    noiseResample,
    poissonNoise,
    randomCrop,
    rotate90,
    scale,
    spectralFlip,
    spectralShift,
    stripeNoise,
    verticalFlip,
  ],
});
export default plugin;

import type { Component } from "../component.ts";
import { calibration } from "./calibration.ts";
import { classification } from "./classification.ts";
import { denoising } from "./denoising.ts";
import { regression } from "./regression.ts";
import { segmentation } from "./segmentation.ts";
import { superResolution } from "./super-resolution.ts";

export { calibration, calibrationSchema } from "./calibration.ts";
export { classification, classificationSchema } from "./classification.ts";
export {
  type Combination,
  type Compatibility,
  compatibilityMatrix,
  dataKinds,
  explainUnsuitable,
  type NamedTask,
  type SupportedComponent,
} from "./compatibility.ts";
export { denoising, denoisingSchema } from "./denoising.ts";
export { regression, regressionSchema } from "./regression.ts";
export { segmentation, segmentationSchema } from "./segmentation.ts";
export { superResolution, superResolutionSchema } from "./super-resolution.ts";

export const tasks: readonly Component<"task">[] = [
  calibration,
  classification,
  denoising,
  regression,
  segmentation,
  superResolution,
];

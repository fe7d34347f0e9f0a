import type { BackendCase } from "./case.ts";
import { elementwiseCases } from "./elementwise.ts";
import { convolutionCases, productCases } from "./linear.ts";
import { poolingCases } from "./pooling.ts";
import { reductionCases } from "./reductions.ts";
import { shapeCases } from "./shapes.ts";

/** The operations that layers, losses and optimizers of first-party packages are made of, on awkward shapes. */
export const backendCases = (): readonly BackendCase[] => [
  ...elementwiseCases(),
  ...reductionCases(),
  ...productCases(),
  ...convolutionCases(),
  ...poolingCases(),
  ...shapeCases(),
];

import type { BackendCase } from "./case.ts";
import { elementwiseCases, specialCases } from "./elementwise.ts";
import { convolutionCases, productCases } from "./linear.ts";
import { poolingCases } from "./pooling.ts";
import { reductionCases } from "./reductions.ts";
import { shapeCases } from "./shapes.ts";

/** The operations that layers, losses and optimizers of first-party packages are made of, on awkward shapes and finite numbers. */
export const finiteCases = (): readonly BackendCase[] => [
  ...elementwiseCases(),
  ...reductionCases(),
  ...productCases(),
  ...convolutionCases(),
  ...poolingCases(),
  ...shapeCases(),
];

/** The same, and what comes of NaN and infinities. */
export const backendCases = (): readonly BackendCase[] => [...finiteCases(), ...specialCases()];

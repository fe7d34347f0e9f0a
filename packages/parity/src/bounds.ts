import type { CaseKind } from "./case.ts";

/**
 * The largest difference from the cpu backend that is put down to rounding, by kind of case, relative to the largest magnitude
 * of what is compared. Reasons: docs/parity.md.
 */
export const parityBounds: Readonly<Record<CaseKind, number>> = {
  operation: 2e-5,
  layer: 2e-5,
  model: 1e-3,
  training: 1e-3,
};

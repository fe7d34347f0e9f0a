import { type PenalizedSolver, penalizedSolver } from "./banded.ts";

/** Working memory of the iterated penalized baselines, for spectra of one length. */
export interface BaselineWorkspace {
  readonly solver: PenalizedSolver;
  readonly weights: Float64Array;
  /** 1 where the spectrum was above the baseline. */
  readonly above: Uint8Array;
  /** The weights of points below and above. */
  readonly choice: Float64Array;
}

/**
 * @param order - of the differences that are penalized: 1, 2 or 3
 * @throws SPECTRAI_DATA_LENGTH when the spectrum is not longer than the order
 */
export const baselineWorkspace = (length: number, order = 2): BaselineWorkspace => ({
  solver: penalizedSolver(length, order),
  weights: new Float64Array(length),
  above: new Uint8Array(length),
  choice: new Float64Array(2),
});

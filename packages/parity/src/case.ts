/** What is compared: single operations, layers of `@spectrai/nn`, whole models, and models after steps of training. */
export const caseKinds = ["operation", "layer", "model", "training"] as const;
export type CaseKind = (typeof caseKinds)[number];

/** One result of a case, read from the backend. */
export interface Value {
  /** What it is: "the output", "the gradient of fc.weight". */
  readonly what: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** A magnitude that differences are taken relative to where the value itself is smaller: below it there is only rounding. */
  readonly least?: number;
}

/** A computation that must give the same on every backend. */
export interface ParityCase {
  readonly kind: CaseKind;
  readonly title: string;
  /** Evaluates it on tfjs's current backend, and leaves no tensor there. */
  evaluate(): Promise<readonly Value[]>;
}

import { type CaseKind, caseKinds } from "./case.ts";
import type { CaseResult } from "./run.ts";

/** The cases of one kind. */
export interface KindSummary {
  readonly kind: CaseKind;
  readonly run: number;
  readonly failed: number;
  /** The case with the largest difference; absent where none could be compared. */
  readonly largest?: { readonly difference: number; readonly title: string; readonly what: string };
}

/** For each kind of case how many ran and failed, and where the largest difference is. */
export const summarize = (results: readonly CaseResult[]): KindSummary[] =>
  caseKinds.map((kind) => {
    const own = results.filter((r) => r.kind === kind);
    let largest: KindSummary["largest"];
    for (const { title, difference, what } of own)
      if (difference !== undefined && what !== undefined && !(largest && difference <= largest.difference))
        largest = { difference, title, what };
    const failed = own.filter((r) => r.failure !== undefined).length;
    return { kind, run: own.length, failed, ...(largest ? { largest } : {}) };
  });

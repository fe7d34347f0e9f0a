import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type Backend, SpectraiError } from "@spectrai/core";
import { parityBounds } from "./bounds.ts";
import type { CaseKind, ParityCase, Value } from "./case.ts";
import { compareValues } from "./difference.ts";

/** How a backend did in one case. */
export interface CaseResult {
  readonly kind: CaseKind;
  readonly title: string;
  /** The largest difference from the reference, relative to the largest magnitude; absent where there is none to tell. */
  readonly difference?: number;
  /** Which of the case's results it is in. */
  readonly what?: string;
  /** Why the case failed: a difference beyond the bound, an error, NaN, a tensor that was left behind. */
  readonly failure?: string;
}

export interface ParityProgress {
  readonly done: number;
  readonly total: number;
  readonly title: string;
}

/** What every case gives on the cpu backend; cases that fail there are compared nowhere. */
export interface Reference {
  readonly values: ReadonlyMap<ParityCase, readonly Value[]>;
  readonly failed: readonly CaseResult[];
}

/** Evaluates the cases on tfjs's cpu backend: plain JavaScript, which adds up in float64. */
export async function evaluateReference(
  cases: readonly ParityCase[],
  onProgress?: (progress: ParityProgress) => void,
): Promise<Reference> {
  await tf.setBackend("cpu");
  // On its first use in Node.js it would print an advertisement.
  (tf.backend() as { firstUse?: boolean }).firstUse = false;
  const values = new Map<ParityCase, readonly Value[]>();
  const failed: CaseResult[] = [];
  for (const [i, one] of cases.entries()) {
    const { kind, title } = one;
    try {
      values.set(one, await balanced(one));
    } catch (error) {
      failed.push({ kind, title, failure: messageOf(error) });
    }
    onProgress?.({ done: i + 1, total: cases.length, title });
  }
  return { values, failed };
}

/**
 * Evaluates the cases on a backend and compares them with the reference. What fails is told in the case's result: nothing
 * is thrown. Where the device is lost, the cases that are left fail with that.
 */
export async function compareBackend(
  backend: Backend,
  reference: Reference,
  onProgress?: (progress: ParityProgress) => void,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const total = reference.values.size;
  let broken: string | undefined;
  try {
    await backend.init();
  } catch (error) {
    broken = messageOf(error);
  }
  for (const [one, expected] of reference.values) {
    const { kind, title } = one;
    onProgress?.({ done: results.length, total, title });
    results.push(broken === undefined ? await compare(one, expected) : { kind, title, failure: broken });
    broken ??= backend.lost?.();
  }
  onProgress?.({ done: total, total, title: "" });
  return results;
}

async function compare(one: ParityCase, expected: readonly Value[]): Promise<CaseResult> {
  const { kind, title } = one;
  try {
    const found = compareValues(await balanced(one), expected);
    if ("reason" in found) return { kind, title, failure: found.reason };
    const bound = parityBounds[kind];
    if (found.difference <= bound) return { kind, title, ...found };
    const failure = `${found.what} differs by ${found.difference.toExponential(1)}, more than ${bound.toExponential(0)}`;
    return { kind, title, ...found, failure };
  } catch (error) {
    return { kind, title, failure: messageOf(error) };
  }
}

/** @throws SPECTRAI_INTERNAL where the case leaves tensors behind */
async function balanced(one: ParityCase): Promise<readonly Value[]> {
  const before = tf.memory().numTensors;
  const values = await one.evaluate();
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new SpectraiError("SPECTRAI_INTERNAL", `${left} tensors were left behind.`);
  return values;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

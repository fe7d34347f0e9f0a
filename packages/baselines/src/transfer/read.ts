import { type Axis, type BaselineData } from "@spectrai/core";
import { pickRows } from "@spectrai/linalg";
import { allSamples } from "../features.ts";
import { type Folds, innerFolds, splitRows } from "../folds.ts";
import { type Pairs, readPairs } from "../pairs.ts";

/** Spectra of two instruments, pair by pair, and the inner folds they are judged in. */
export interface TransferPairs extends Pairs {
  readonly folds: Folds;
  readonly inputAxis: Axis;
  readonly targetAxis: Axis;
}

/**
 * All pairs of training and validation.
 *
 * @throws SPECTRAI_DATA_EMPTY, SPECTRAI_TASK_UNSUITABLE, SPECTRAI_DATA_LENGTH, SPECTRAI_DATA_VALUE
 */
export function transferPairs(train: BaselineData, validation: BaselineData, baseline: string): TransferPairs {
  const samples = allSamples(train, validation);
  const pairs = readPairs({ size: samples.length, sample: (i) => samples[i]! }, baseline, Infinity);
  const { input, target } = samples[0]!;
  return {
    ...pairs,
    folds: innerFolds(
      samples.map((s) => s.group),
      new Int32Array(samples.length),
      baseline,
    ),
    inputAxis: input.axis,
    targetAxis: target.kind === "spectral" ? target.value.axis : input.axis,
  };
}

/** What is learnt from in fold `f`, and what is held out. */
export function foldPairs(
  { inputs, targets, folds }: TransferPairs,
  f: number,
): { readonly train: Pairs; readonly held: Pairs } {
  const rows = splitRows(folds, f);
  const pick = (which: readonly number[]): Pairs => ({
    inputs: pickRows(inputs, which),
    targets: pickRows(targets, which),
  });
  return { train: pick(rows.train), held: pick(rows.held) };
}

import type { Split } from "../contracts/splitter.ts";
import { SpectraiError } from "../errors.ts";
import type { Rows, Shares } from "./options.ts";

export const splitError = (sentence: string): SpectraiError => new SpectraiError("SPECTRAI_DATA_SPLIT", sentence);

/** Some of a pool, and what is left of it. */
export interface Taken {
  readonly taken: readonly number[];
  readonly rest: readonly number[];
}

/**
 * Takes about `count` samples of a pool. `leave` is how many parts the rest must still be enough for: whoever takes
 * whole groups leaves that many.
 */
export type Take = (pool: readonly number[], count: number, leave: number) => Taken;

export const ascending = (indices: readonly number[]): number[] => [...indices].sort((a, b) => a - b);

export const allIndices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;

/** Parts all samples by their shares: first the test part, then the validation part; what is left is trained on. */
export function splitByShares(count: number, shares: Shares, take: Take): Split {
  const size = (part: "train" | "validation" | "test", share: number): number => {
    const samples = Math.round(share * count);
    if (share > 0 && samples === 0)
      throw splitError(
        `The ${part} part, ${percent(share)} of ${count} samples, would be empty; raise its share or add samples.`,
      );
    return samples;
  };
  const { train, validation, test } = shares;
  const first = take(allIndices(count), size("test", test), validation > 0 ? 2 : 1);
  const second = take(first.rest, Math.min(size("validation", validation), first.rest.length), 1);
  const left = second.rest.length;
  const limited = train !== undefined && train + validation + test < 1 - 1e-9;
  const third = limited ? take(second.rest, Math.min(size("train", train), left), 0).taken : second.rest;
  return finished(
    { train: third, validation: second.taken, test: first.taken },
    {
      validation: validation > 0,
      test: test > 0,
    },
  );
}

/** Puts every part in the data's own order and checks that none that was asked for is empty. */
export function finished(split: Split, asked: { readonly validation: boolean; readonly test: boolean }): Split {
  for (const part of ["train", "validation", "test"] as const)
    if (split[part].length === 0 && (part === "train" || asked[part]))
      throw splitError(
        `The ${part === "train" ? "training" : part} part would be empty: ${split.train.length} samples for training, ${split.validation.length} for validation, ${split.test.length} for test. Change the shares or add samples.`,
      );
  return { train: ascending(split.train), validation: ascending(split.validation), test: ascending(split.test) };
}

const isRange = (rows: Rows): rows is [number, number] => typeof rows[0] === "number";

/** The indices that row ranges name, in order. @throws SPECTRAI_DATA_SPLIT when they go beyond the data or are empty. */
export function rowIndices(rows: Rows, count: number, part: string): number[] {
  const ranges = isRange(rows) ? [rows] : rows;
  const found = new Set<number>();
  for (const [start, stop] of ranges) {
    if (start >= stop)
      throw splitError(
        `${part}: [${start}, ${stop}] names no rows; the second number is the first row that is left out.`,
      );
    if (stop > count)
      throw splitError(
        `${part}: [${start}, ${stop}] goes beyond the ${count} samples, whose rows are 0 to ${count - 1}.`,
      );
    for (let i = start; i < stop; i++) found.add(i);
  }
  return ascending([...found]);
}

/** @throws SPECTRAI_DATA_SPLIT when two parts have a row in common. */
export function mustBeDisjoint(parts: Readonly<Record<string, readonly number[]>>): void {
  const owner = new Map<number, string>();
  for (const [part, indices] of Object.entries(parts))
    for (const i of indices) {
      const other = owner.get(i);
      if (other !== undefined)
        throw splitError(`Row ${i} is both in the ${other} and in the ${part} part; a sample can be in one only.`);
      owner.set(i, part);
    }
}

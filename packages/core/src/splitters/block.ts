import { z } from "zod";
import { defineComponent } from "../component.ts";
import type { Split } from "../contracts/splitter.ts";
import type { Rng } from "../rng.ts";
import { rowsSchema, shareOrRowsSchema } from "./options.ts";
import { allIndices, finished, mustBeDisjoint, rowIndices, splitError } from "./parts.ts";
import { awayFrom, takeBlocks } from "./take-blocks.ts";

export const blockSplitSchema = z.strictObject({
  test: shareOrRowsSchema.default(0.15).meta({
    description: "The last rows, as a share of all, or the rows named: [800, 1000] is rows 800 to 999; 0 = none.",
    group: "parts",
  }),
  train: rowsSchema.optional().meta({
    description: "The rows that training and validation are taken from; all but the test rows unless given.",
    group: "parts",
  }),
  validation: shareOrRowsSchema.default(0.15).meta({
    description: "Blocks among the rows left for training, as a share of those rows, or the rows named; 0 = none.",
    group: "parts",
  }),
  blocks: z.int().min(1).default(4).meta({
    description: "How many blocks a validation part given as a share is spread over.",
    group: "blocks",
  }),
  guard: z.int().min(0).default(0).meta({
    description: "Rows left out between two parts, so that near-duplicates do not end up on both sides.",
    group: "blocks",
    unit: "samples",
  }),
});

export type BlockSplitOptions = z.output<typeof blockSplitSchema>;

/** Contiguous rows, for data in which neighbours resemble each other: maps, time series, depth profiles. */
export const blockSplit = defineComponent({
  kind: "splitter",
  name: "block",
  summary: "Contiguous rows: the test part at the end or where told, validation as blocks of the rest.",
  schema: blockSplitSchema,
  create: (options) => ({ split: (samples, rng) => splitBlocks(samples.length, options, rng) }),
});

function splitBlocks(count: number, { test, train, validation, blocks, guard }: BlockSplitOptions, rng: Rng): Split {
  const testRows = typeof test === "number" ? lastRows(count, test) : rowIndices(test, count, "test");
  const named = typeof validation === "number" ? undefined : rowIndices(validation, count, "validation");
  const isTest = new Set(testRows);
  const trainRows = train ? rowIndices(train, count, "train") : allIndices(count).filter((i) => !isTest.has(i));
  mustBeDisjoint({ test: testRows, ...(train ? { train: trainRows } : {}), ...(named ? { validation: named } : {}) });

  const pool = awayFrom(trainRows, testRows, guard, count);
  const share = typeof validation === "number" ? Math.round(validation * pool.length) : 0;
  if (typeof validation === "number" && validation > 0 && share === 0)
    throw splitError(
      `The validation part, ${validation} of ${pool.length} rows, would be empty; raise its share or name its rows.`,
    );
  const taken = named ? awayFrom(named, testRows, guard, count) : takeBlocks(blocks, rng)(pool, share, 1).taken;
  const isTaken = new Set(taken);
  const left = pool.filter((i) => !isTaken.has(i));
  return finished(
    { train: awayFrom(left, taken, guard, count), validation: taken, test: testRows },
    { validation: validation !== 0, test: test !== 0 },
  );
}

function lastRows(count: number, share: number): number[] {
  const size = Math.round(share * count);
  if (share > 0 && size === 0)
    throw splitError(`The test part, ${share} of ${count} samples, would be empty; raise its share or name its rows.`);
  return allIndices(count).slice(count - size);
}

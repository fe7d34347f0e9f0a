import { z } from "zod";
import { defineComponent } from "../component.ts";
import type { SampleInfo } from "../contracts/sample.ts";
import type { Split } from "../contracts/splitter.ts";
import type { Rng } from "../rng.ts";
import { shareSchema } from "./options.ts";
import { allIndices, finished, splitError, type Take } from "./parts.ts";
import { awayFrom, takeBlocks } from "./take-blocks.ts";
import { shuffledClasses, takeClasses } from "./take-classes.ts";
import { foldsOfGroups } from "./folds-of-groups.ts";
import { takeGroups } from "./take-groups.ts";
import { takeRandom } from "./take-random.ts";

export const kFoldSplitSchema = z
  .strictObject({
    folds: z.int().min(2).default(5).meta({
      description: "How many folds the samples are parted into; each is the test part of one run.",
      group: "folds",
    }),
    fold: z.int().min(0).default(0).meta({
      description: "The fold that is the test part of this run, from 0.",
      group: "folds",
    }),
    by: z.enum(["shuffle", "block", "group", "class"]).default("shuffle").meta({
      description:
        "What a fold is: samples drawn at random, contiguous rows, whole groups (with an equal share of every class, as far as groups allow), or an equal share of every class.",
      group: "folds",
    }),
    validation: shareSchema.default(0.15).meta({
      description:
        "Share of the samples outside the fold that becomes the validation part, taken in the same way; 0 = none.",
      group: "parts",
    }),
    blocks: z.int().min(1).default(4).meta({
      description: "By block: how many blocks the validation part is spread over.",
      group: "blocks",
    }),
    guard: z.int().min(0).default(0).meta({
      description: "By block: rows left out between two parts.",
      group: "blocks",
      unit: "samples",
    }),
  })
  .refine(({ fold, folds }) => fold < folds, {
    path: ["fold"],
    error: "is counted from 0: the last fold is the number of folds minus 1",
  });

export type KFoldSplitOptions = z.output<typeof kFoldSplitSchema>;

/** One fold of a cross-validation. The folds are the same whichever of them is the test part. */
export const kFoldSplit = defineComponent({
  kind: "splitter",
  name: "k-fold",
  summary: "One fold of a cross-validation: every sample is in the test part of exactly one fold.",
  schema: kFoldSplitSchema,
  create: (options) => ({
    split(samples, rng) {
      // One stream for the folds and one for validation, so that neither depends on the other's draws.
      const folds = foldsOf(samples, options, rng.child("folds"));
      const test = folds[options.fold]!;
      if (folds.some((fold) => fold.length === 0))
        throw splitError(
          `${samples.length} samples cannot be parted into ${options.folds} folds by ${options.by}; ask for fewer folds.`,
        );
      return splitRest(samples, test, options, rng.child("validation", options.fold));
    },
  }),
});

function foldsOf(samples: readonly SampleInfo[], { folds, by }: KFoldSplitOptions, rng: Rng): number[][] {
  const all = allIndices(samples.length);
  const out = Array.from({ length: folds }, (): number[] => []);
  if (by === "group") return foldsOfGroups(samples, folds, rng);
  if (by === "block") {
    for (const i of all) out[Math.floor((i * folds) / all.length)]!.push(i);
    return out;
  }
  const order = by === "class" ? shuffledClasses(all, samples, rng).flat() : Array.from(rng.permutation(all.length));
  order.forEach((i, at) => out[at % folds]!.push(i));
  return out;
}

function splitRest(
  samples: readonly SampleInfo[],
  test: readonly number[],
  { by, validation, blocks, guard }: KFoldSplitOptions,
  rng: Rng,
): Split {
  const take: Take = {
    shuffle: () => takeRandom(rng),
    block: () => takeBlocks(blocks, rng),
    group: () => takeGroups(samples, rng),
    class: () => takeClasses(samples, rng),
  }[by]();
  const inTest = new Set(test);
  const others = allIndices(samples.length).filter((i) => !inTest.has(i));
  const band = by === "block" ? guard : 0;
  const pool = awayFrom(others, test, band, samples.length);
  const { taken, rest } = take(pool, Math.round(validation * pool.length), 1);
  return finished(
    { train: awayFrom(rest, taken, band, samples.length), validation: taken, test },
    { validation: validation > 0, test: true },
  );
}

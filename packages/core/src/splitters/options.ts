import { z } from "zod";

const notPercent = "is a share from 0 to 1, not a percentage: write 0.15 for 15 %";

export const shareSchema = z.number().min(0, notPercent).max(1, notPercent);

/** The share of a part, in the splitters that part all samples alike. */
export const share = (part: string, value: number) =>
  shareSchema.default(value).meta({
    description: `Share of all samples that becomes the ${part} part; 0 = none.`,
    group: "parts",
  });

export const shares = {
  train: shareSchema.gt(0).optional().meta({
    description: "Share of all samples that is trained on; what the other parts leave unless given.",
    group: "parts",
  }),
  validation: share("validation", 0.15),
  test: share("test", 0.15),
};

export interface Shares {
  readonly train?: number | undefined;
  readonly validation: number;
  readonly test: number;
}

/** Pixels between two parts of an image. */
export const guardOption = z.int().min(0).max(4096).default(4).meta({
  description: "Pixels left out between two parts, so that neighbours do not end up on both sides.",
  group: "guard",
  unit: "pixels",
});

const sumOf = ({ train = 0, validation, test }: Shares): number => train + validation + test;

/** For `.check`: shares of more than the whole are refused, with their sum named. */
export function withinWhole({ value, issues }: z.core.ParsePayload<Shares>): void {
  const sum = sumOf(value);
  if (sum > 1 + 1e-9)
    issues.push({
      code: "custom",
      input: value,
      message: `train, validation and test add up to ${Number(sum.toFixed(6))}; together they may be 1 at most`,
    });
}

const row = (least: number) => z.int("takes whole rows").min(least, `takes rows from ${least} up`);

/** `[first, end]`: the rows from `first` up to, but not with, `end`. */
export const rangeSchema = z.tuple([row(0), row(1)]);

/** Rows from 0: `[0, 800]` is rows 0 to 799; several such ranges in a list. */
export const rowsSchema = z.union([rangeSchema, z.array(rangeSchema).min(1)], {
  error: "takes rows as [first, end] (the end is not included), or a list of such ranges",
});
export type Rows = z.output<typeof rowsSchema>;

export const shareOrRowsSchema = z.union([shareSchema, rangeSchema, z.array(rangeSchema).min(1)], {
  error:
    "takes a share from 0 to 1 (0.15 is 15 %), or rows as [first, end] (the end is not included), or a list of such ranges",
});

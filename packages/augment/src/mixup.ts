import { type BatchAugmentation, defineComponent, type FloatArray } from "@spectrai/core";
import { z } from "zod";
import { numbersOf } from "./params.ts";

export const mixupSchema = z.strictObject({
  alpha: z.number().positive().max(100).default(0.2).meta({
    description:
      "Both parameters of the Beta distribution that the share λ is drawn from; small values mix few samples much.",
    group: "mixing",
  }),
  per: z.enum(["batch", "sample"]).default("batch").meta({
    description: "Whether a batch has one share λ or every sample its own.",
    group: "mixing",
  }),
  p: z.number().min(0).max(1).default(1).meta({
    description: "Probability with which a batch is mixed at all.",
    group: "chance",
  }),
});

/**
 * Mixup (Zhang, Cisse, Dauphin and Lopez-Paz, ICLR 2018): every row of a batch becomes λ times itself and 1 − λ times another,
 * the inputs and the targets alike, λ ~ Beta(α, α). Record: `{ lambda: number[], permutation: number[] }`, one λ for all
 * rows or one a row.
 */
export const mixup = defineComponent({
  kind: "augmentation",
  name: "mixup",
  summary: "Mix every sample of a batch, and its target, with another one.",
  reference: "H. Zhang, M. Cisse, Y. Dauphin and D. Lopez-Paz, mixup: beyond empirical risk minimization, ICLR 2018",
  schema: mixupSchema,
  create: ({ alpha, per, p }): BatchAugmentation => ({
    scope: "batch",
    sample(size, random) {
      if (!random.chance(p)) return null;
      const lambda = Array.from({ length: per === "batch" ? 1 : size }, () => random.beta(alpha, alpha));
      return { lambda, permutation: Array.from(random.permutation(size)) };
    },
    apply({ size, input, target }, params) {
      const lambda = numbersOf(params, "lambda");
      const permutation = numbersOf(params, "permutation");
      mixRows(input, size, lambda, permutation);
      mixRows(target, size, lambda, permutation);
    },
  }),
});

/** Row i becomes `λ row i + (1 − λ) row permutation[i]`, in place; one λ for all rows or one a row. */
export function mixRows(
  data: FloatArray,
  rows: number,
  lambda: readonly number[],
  permutation: readonly number[],
): void {
  const before = data.slice();
  const length = rows > 0 ? data.length / rows : 0;
  for (let row = 0; row < rows; row++) {
    const share = lambda.length === 1 ? lambda[0]! : lambda[row]!;
    const at = row * length;
    const other = permutation[row]! * length;
    for (let i = 0; i < length; i++) data[at + i] = share * before[at + i]! + (1 - share) * before[other + i]!;
  }
}

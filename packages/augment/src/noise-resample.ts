import { type BatchAugmentation, defineComponent, type FloatArray, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { numbersOf } from "./params.ts";

export const noiseResampleSchema = z.strictObject({
  p: z.number().min(0).max(1).default(0.5).meta({
    description: "Probability with which a sample gets the noise of another one of its batch.",
    group: "chance",
  }),
});

/**
 * For paired data whose input is the target with noise: the input becomes its own signal with the noise of another
 * sample. With the least-squares gain `g = ⟨x, y⟩ / ⟨y, y⟩` of a pair, its noise is `x − g y`, so `xᵢ ← gᵢ yᵢ + (xⱼ − gⱼ yⱼ)`.
 * A few hundred pairs give their number squared, with noise as it was measured. The record is `{ from: number[] }`, the
 * row each row's noise comes from.
 */
export const noiseResample = defineComponent({
  kind: "augmentation",
  name: "noise-resample",
  summary: "Give a sample the measured noise of another one of its batch (paired data).",
  supports: { tasks: ["denoising"] },
  schema: noiseResampleSchema,
  create: ({ p }): BatchAugmentation => ({
    scope: "batch",
    sample(size, random) {
      const from = Array.from({ length: size }, (_, i) => (random.chance(p) ? random.integer(size) : i));
      return from.some((j, i) => j !== i) ? { from } : null;
    },
    apply({ size, input, target }, params) {
      if (input.length !== target.length)
        throw new SpectraiError(
          "SPECTRAI_TASK_UNSUITABLE",
          "augment: noise-resample needs targets on the same points as their inputs; take it out of augment.",
        );
      resampleNoise(input, target, size, numbersOf(params, "from"));
    },
  }),
});

/** Row i of `input` becomes its own signal with the noise of row `from[i]`, in place; where they are the same it stays. */
export function resampleNoise(input: FloatArray, target: FloatArray, rows: number, from: readonly number[]): void {
  const before = input.slice();
  const length = rows > 0 ? input.length / rows : 0;
  const gains = Float64Array.from({ length: rows }, (_, row) => gainOf(before, target, row * length, length));
  for (let row = 0; row < rows; row++) {
    const source = from[row]!;
    if (source === row) continue;
    const at = row * length;
    const other = source * length;
    for (let k = 0; k < length; k++)
      input[at + k] = gains[row]! * target[at + k]! + before[other + k]! - gains[source]! * target[other + k]!;
  }
}

/** The factor that brings the target nearest to the input, in the sense of least squares; 0 for a target of zeros. */
function gainOf(input: FloatArray, target: FloatArray, at: number, length: number): number {
  let product = 0;
  let square = 0;
  for (let k = at; k < at + length; k++) {
    product += input[k]! * target[k]!;
    square += target[k]! * target[k]!;
  }
  return square > 0 ? product / square : 0;
}

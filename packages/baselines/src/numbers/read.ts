import { type Sample, SpectraiError } from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";
import { requireFinite } from "../features.ts";

/**
 * The regression targets, a row for every sample.
 *
 * @throws SPECTRAI_TASK_UNSUITABLE where a target is not of numbers, SPECTRAI_DATA_SHAPE, SPECTRAI_DATA_VALUE
 */
export function numberTargets(samples: readonly Sample[], baseline: string): Matrix {
  const values = samples.map(({ id, target }) => {
    if (target.kind !== "numbers")
      throw new SpectraiError(
        "SPECTRAI_TASK_UNSUITABLE",
        `The baseline "${baseline}" predicts numbers, but the target of sample "${id}" is of kind "${target.kind}"; choose a baseline for that task.`,
      );
    requireFinite(target.value, id);
    return target.value;
  });
  const count = values[0]?.length ?? 0;
  const out = matrix(values.length, count);
  values.forEach((value, i) => {
    if (value.length !== count)
      throw new SpectraiError(
        "SPECTRAI_DATA_SHAPE",
        `Sample "${samples[i]!.id}" has ${value.length} target values, the first sample ${count}; give every sample the same targets.`,
      );
    out.data.set(value, i * count);
  });
  return out;
}

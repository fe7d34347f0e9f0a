import type { FloatArray } from "@spectrai/core";

/** log softmax of the `classes` logits from `start` on, by log-sum-exp. */
export function logSoftmaxAt(logits: FloatArray, start: number, classes: number): Float64Array {
  let largest = -Infinity;
  for (let c = 0; c < classes; c++) largest = Math.max(largest, logits[start + c]!);
  const out = new Float64Array(classes);
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    out[c] = logits[start + c]! - largest;
    sum += Math.exp(out[c]!);
  }
  const log = Math.log(sum);
  return out.map((v) => v - log);
}

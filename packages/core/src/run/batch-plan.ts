import type { OutputSpec } from "../contracts/model.ts";
import { augmentSample, type Augmenter, type Batch, epochOrder, makeBatch, type Part } from "./batches.ts";

export interface BatchPlan {
  readonly stepsPerEpoch: number;
  /** The batches of one step, the same whenever they are asked for. */
  batches(epoch: number, stepOfEpoch: number): Batch[];
}

/** How many steps it takes to see a training part once. */
export const stepsOfEpoch = (size: number, batchSize: number, accumulate: number): number =>
  Math.ceil(Math.ceil(size / batchSize) / accumulate);

export interface BatchPlanOptions {
  readonly part: Part;
  readonly output: OutputSpec;
  readonly augmenters: readonly Augmenter[];
  readonly batchSize: number;
  /** Batches of one step. */
  readonly accumulate: number;
  readonly seed: number;
}

/** Deals the training part into batches, in an order that the seed and the epoch decide. */
export function planBatches({ part, output, augmenters, batchSize, accumulate, seed }: BatchPlanOptions): BatchPlan {
  const batchesPerEpoch = Math.ceil(part.size / batchSize);
  let order: { readonly epoch: number; readonly indices: Int32Array } | undefined;
  return {
    stepsPerEpoch: stepsOfEpoch(part.size, batchSize, accumulate),
    batches(epoch, stepOfEpoch) {
      if (order?.epoch !== epoch) order = { epoch, indices: epochOrder(part.size, seed, epoch) };
      const { indices } = order;
      const first = stepOfEpoch * accumulate;
      return Array.from({ length: Math.min(accumulate, batchesPerEpoch - first) }, (_, k) => {
        const rows = indices.subarray((first + k) * batchSize, (first + k + 1) * batchSize);
        const samples = Array.from(rows, (i) => augmentSample(part.sample(i), augmenters, seed, epoch).sample);
        return makeBatch(samples, output, augmenters, seed, epoch);
      });
    },
  };
}

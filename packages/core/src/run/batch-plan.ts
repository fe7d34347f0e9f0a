import type { OutputSpec } from "../contracts/model.ts";
import type { Sample } from "../contracts/sample.ts";
import { augmentSample, type Augmenter, type Batch, epochOrder, makeBatch, type Part } from "./batches.ts";

export interface BatchPlan {
  readonly stepsPerEpoch: number;
  /** The batches of one step, the same whenever they are asked for. */
  batches(epoch: number, stepOfEpoch: number): Promise<Batch[]>;
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

/** Deals the training part into batches, in an order that the seed and the epoch decide. The next step's samples are read while one is computed. */
export function planBatches({ part, output, augmenters, batchSize, accumulate, seed }: BatchPlanOptions): BatchPlan {
  const stepsPerEpoch = stepsOfEpoch(part.size, batchSize, accumulate);
  let order: { readonly epoch: number; readonly indices: Int32Array } | undefined;
  const read = (epoch: number, stepOfEpoch: number): Promise<Sample[]> => {
    if (order?.epoch !== epoch) order = { epoch, indices: epochOrder(part.size, seed, epoch) };
    const size = batchSize * accumulate;
    const rows = order.indices.subarray(stepOfEpoch * size, (stepOfEpoch + 1) * size);
    return Promise.all(Array.from(rows, (i) => part.read(i, epoch)));
  };
  let ahead: { readonly epoch: number; readonly step: number; readonly samples: Promise<Sample[]> } | undefined;
  return {
    stepsPerEpoch,
    async batches(epoch, stepOfEpoch) {
      const samples = await (ahead?.epoch === epoch && ahead.step === stepOfEpoch
        ? ahead.samples
        : read(epoch, stepOfEpoch));
      const step = stepOfEpoch + 1;
      ahead = step < stepsPerEpoch ? { epoch, step, samples: read(epoch, step) } : undefined;
      // What went wrong is told when the step's turn comes.
      ahead?.samples.catch(() => undefined);
      const batches: Batch[] = [];
      for (let at = 0; at < samples.length; at += batchSize) {
        const rows = samples.slice(at, at + batchSize);
        const augmented = rows.map((s) => augmentSample(s, augmenters, seed, epoch).sample);
        batches.push(makeBatch(augmented, output, augmenters, seed, epoch));
      }
      return batches;
    },
  };
}

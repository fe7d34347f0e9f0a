import type { SpectralArray } from "../axes.ts";
import type { Sample } from "../contracts/sample.ts";
import { type Applied, augmentSample, createAugmenters } from "./batches.ts";
import type { GivenConfig, RunConfig } from "./config.ts";
import { prepareData, type PreparedData } from "./data.ts";
import { openRun } from "./open.ts";
import type { Workbench } from "./workbench.ts";

/** A training sample on its way to the network. */
export interface PreviewSample {
  readonly id: string;
  readonly original: SpectralArray;
  readonly preprocessed: Sample;
  readonly augmented: readonly { readonly sample: Sample; readonly history: readonly Applied[] }[];
}

export interface Preview {
  readonly config: RunConfig;
  readonly data: PreparedData;
  readonly samples: readonly PreviewSample[];
}

/** Evenly spaced training samples before and after preprocessing, and as augmentation draws them in the first epochs. */
export async function previewRun(bench: Workbench, given: GivenConfig, count: number, draws: number): Promise<Preview> {
  const { config, dataset } = await openRun(bench, given);
  const data = await prepareData(bench, config, dataset);
  const augmenters = await createAugmenters(config.augment, bench.services);
  const { train } = data.parts;
  const shown = Math.min(count, train.size);
  const samples: PreviewSample[] = [];
  for (let k = 0; k < shown; k++) {
    const i = Math.floor(((k + 0.5) * train.size) / shown);
    const preprocessed = await train.read(i);
    const augmented =
      augmenters.length > 0
        ? Array.from({ length: draws }, (_, epoch) => augmentSample(preprocessed, augmenters, config.seed, epoch))
        : [];
    samples.push({ id: preprocessed.id, original: await train.original(i), preprocessed, augmented });
  }
  return { config, data, samples };
}

import type { Prediction } from "../contracts/metric.ts";
import type { Sample } from "../contracts/sample.ts";
import type { ModelCard } from "../model-file.ts";
import type { Part } from "./batches.ts";

/** What makes predictions of a network's outputs; it is kept in the model file. Empty = the outputs are the predictions. */
export interface Readout {
  /**
   * Mean and standard deviation of each number over the training part. The network learns and gives (y − mean) / sd, so
   * that numbers of any size and unit weigh the same in the loss and lie where a network starts.
   */
  readonly scale?: { readonly mean: readonly number[]; readonly sd: readonly number[] };
  /** What logits are divided by, so that the probabilities made of them are as high as the network is often right. */
  readonly temperature?: number;
}

/** The readout that a model file keeps. */
export const readoutOf = ({ readout }: ModelCard): Readout => ({
  ...(readout?.scale ? { scale: readout.scale } : {}),
  ...(readout?.temperature === undefined ? {} : { temperature: readout.temperature }),
});

/** The scale of the numbers of a training part; empty for other targets. A number that never changes gets sd 1. */
export async function learnScale(part: Part): Promise<Readout> {
  if (part.size === 0 || (await part.read(0)).target.kind !== "numbers") return {};
  const rows: Float64Array[] = [];
  for (let i = 0; i < part.size; i++) {
    const { target } = await part.read(i);
    if (target.kind === "numbers") rows.push(target.value);
  }
  const [first] = rows;
  if (!first) return {};
  const mean = Array.from(first, (_, k) => rows.reduce((s, r) => s + r[k]!, 0) / rows.length);
  const sd = mean.map((m, k) => Math.sqrt(rows.reduce((s, r) => s + (r[k]! - m) ** 2, 0) / rows.length) || 1);
  return { scale: { mean, sd } };
}

/** Without the temperature, which belongs to the weights it was fitted for. */
export const scaleOnly = ({ scale }: Readout): Readout => (scale ? { scale } : {});

/** A sample with its numbers as the network is to give them. */
export function forNetwork(sample: Sample, { scale }: Readout): Sample {
  const { target } = sample;
  if (!scale || target.kind !== "numbers") return sample;
  return {
    ...sample,
    target: { kind: "numbers", value: target.value.map((v, k) => (v - scale.mean[k]!) / scale.sd[k]!) },
  };
}

/** A part whose samples are as the network is to give them. */
export const partForNetwork = (part: Part, readout: Readout): Part => ({
  size: part.size,
  read: async (i, epoch) => forNetwork(await part.read(i, epoch), readout),
});

/** A network's output as a prediction: numbers in their units, logits at their temperature. */
export function readOutput(output: Prediction, { scale, temperature }: Readout): Prediction {
  if (scale) return { ...output, data: Float64Array.from(output.data, (v, k) => v * scale.sd[k]! + scale.mean[k]!) };
  if (temperature !== undefined && temperature !== 1)
    return { ...output, data: Float64Array.from(output.data, (v) => v / temperature) };
  return output;
}

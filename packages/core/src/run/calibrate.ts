import type { Logger } from "../tokens.ts";
import type { Part } from "./batches.ts";
import { evaluateModel, type Predictor } from "./evaluate.ts";
import type { Readout } from "./readout.ts";
import { fitTemperature, type Judged } from "./temperature.ts";

/** The readout of a trained network with, for classes, the temperature that fits the validation part. */
export async function withTemperature(
  network: Predictor,
  validation: Part,
  batchSize: number,
  logger: Logger,
): Promise<Readout> {
  const { output, readout } = network;
  if (output.kind !== "class") return readout;
  if (validation.size === 0) {
    logger.warn("There is no validation part, so the probabilities of the classes are not calibrated.");
    return readout;
  }
  const judged: Judged[] = [];
  await evaluateModel(network, validation, [], batchSize, undefined, (_, { target }, { data }) => {
    if (target.kind === "class") judged.push({ logits: data, label: target.value });
  });
  return { ...readout, temperature: fitTemperature(judged) };
}

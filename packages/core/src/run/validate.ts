import type { Example } from "../contracts/callback.ts";
import type { Loss } from "../contracts/loss.ts";
import type { ValidationResult } from "../trainer.ts";
import type { PreparedPart } from "./data.ts";
import { evaluateModel, type NamedMetric, plainValues, type Predictor } from "./evaluate.ts";

/** Samples shown to callbacks after every epoch, evenly spaced over the validation part. */
const shownPerEpoch = 3;

/** Loss and metrics of the validation part, with a few of its samples; null where there is no such part. */
export async function validate(
  network: Predictor,
  part: PreparedPart,
  metrics: readonly NamedMetric[],
  batchSize: number,
  loss: Loss,
): Promise<ValidationResult | null> {
  if (part.size === 0) return null;
  const shown = new Set(
    Array.from({ length: shownPerEpoch }, (_, k) => Math.floor(((k + 0.5) * part.size) / shownPerEpoch)),
  );
  const kept: (Example & { readonly index: number })[] = [];
  const values = await evaluateModel(network, part, metrics, batchSize, loss, (i, sample, { data, shape }) => {
    // The prediction is a view of the whole batch's: what is kept is copied.
    if (shown.has(i)) kept.push({ index: i, sample, output: { data: data.slice(), shape } });
  });
  const examples: Example[] = [];
  for (const { index, ...example } of kept) examples.push({ ...example, original: await part.original(index) });
  return { values: plainValues(values, "the validation part"), examples };
}

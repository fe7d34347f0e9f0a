import * as tf from "@tensorflow/tfjs-core";
import type { Baseline, BaselineData } from "../contracts/baseline.ts";
import type { Loss } from "../contracts/loss.ts";
import type { Metric, MetricResult, Prediction } from "../contracts/metric.ts";
import type { Model, OutputSpec } from "../contracts/model.ts";
import type { Sample } from "../contracts/sample.ts";
import { isSpectraiError, SpectraiError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { createComponent, type ResolvedRef } from "../options.ts";
import type { Services } from "../services.ts";
import { disposeBatch, makeBatch, type Part } from "./batches.ts";
import { ErrorProfile } from "./error-profile.ts";
import { lossOf } from "./masked-loss.ts";
import { forward, splitRows } from "./predict.ts";
import { forNetwork, type Readout, readOutput } from "./readout.ts";

export interface NamedMetric {
  readonly name: string;
  readonly metric: Metric;
}

/** The config's metrics, ready to accumulate. */
export async function createMetrics(
  refs: readonly ResolvedRef<"metric">[],
  services: Services,
): Promise<NamedMetric[]> {
  const metrics: NamedMetric[] = [];
  for (const ref of refs) metrics.push({ name: ref.name, metric: await createComponent(ref, services) });
  return metrics;
}

export type MetricValues = Readonly<Record<string, MetricResult>>;

/** Told of every sample and what came out for it, in order. */
export type Watch = (index: number, sample: Sample, output: Prediction) => void;

/** A network with what makes predictions of its outputs. */
export interface Predictor {
  readonly model: Model;
  readonly output: OutputSpec;
  readonly readout: Readout;
}

/** Loss (where given) and metrics of a network over a part, batch by batch; metrics are of its predictions, the loss of its outputs. The values do not depend on the batch size's order. */
export async function evaluateModel(
  { model, output, readout }: Predictor,
  part: Part,
  metrics: readonly NamedMetric[],
  batchSize: number,
  loss?: Loss,
  watch?: Watch,
): Promise<MetricValues> {
  const accumulators = metrics.map(({ name, metric }) => ({ name, accumulator: metric.start() }));
  let lossSum = 0;
  for await (const { start, samples } of batchesOf(part, batchSize)) {
    const batch = makeBatch(
      samples.map((s) => forNetwork(s, readout)),
      output,
      [],
      0,
      0,
    );
    const result = forward(model, batch.input);
    if (loss) {
      const value = tf.tidy(() => lossOf(loss, result, batch));
      lossSum += (await value.data())[0]! * samples.length;
      value.dispose();
    }
    const predictions = (await splitRows(result)).map((p) => readOutput(p, readout));
    result.dispose();
    disposeBatch(batch);
    for (const [i, prediction] of predictions.entries()) {
      for (const { accumulator } of accumulators) accumulator.add(prediction, samples[i]!.target);
      watch?.(start + i, samples[i]!, prediction);
    }
  }
  return {
    ...(loss ? { loss: { value: lossSum / part.size } } : {}),
    ...Object.fromEntries(accumulators.map(({ name, accumulator }) => [name, accumulator.result()])),
  };
}

/** A batch holds at most so many input values beyond its first sample, so that large images do not fill the memory. */
const mostValues = 2 ** 24;

/** A part in its order, in batches of equal shapes. */
async function* batchesOf(
  part: Part,
  batchSize: number,
): AsyncGenerator<{ readonly start: number; readonly samples: readonly Sample[] }> {
  let samples: Sample[] = [];
  let start = 0;
  for (let i = 0; i < part.size; i++) {
    const sample = await part.read(i);
    const [first] = samples;
    const full =
      first !== undefined &&
      (samples.length === batchSize ||
        (samples.length + 1) * sample.input.data.length > mostValues ||
        !first.input.shape.every((d, k) => d === sample.input.shape[k]));
    if (full) {
      yield { start, samples };
      start = i;
      samples = [];
    }
    samples.push(sample);
  }
  if (samples.length > 0) yield { start, samples };
}

export interface BaselineScore {
  readonly name: string;
  readonly chosen: JsonObject;
  readonly metrics: MetricValues;
  readonly seconds: number;
  readonly errors: ErrorProfile;
  readonly predict: (sample: Sample) => Prediction;
}

/** A baseline that does not apply to the data (other axis in than out, say) is left out with its reason. */
export interface BaselineScores {
  readonly scores: readonly BaselineScore[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

export async function evaluateBaselines(
  baselines: readonly { readonly name: string; readonly baseline: Baseline }[],
  train: BaselineData,
  validation: BaselineData,
  test: Part,
  metrics: readonly NamedMetric[],
  signal?: AbortSignal,
): Promise<BaselineScores> {
  const scores: BaselineScore[] = [];
  const skipped: { name: string; reason: string }[] = [];
  for (const { name, baseline } of baselines) {
    // A baseline computes in one go: between two of them, a signal gets its turn.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (signal?.aborted)
      throw new SpectraiError(
        "SPECTRAI_TRAIN_INTERRUPTED",
        "The run was interrupted while its baselines were scored; the trained state is saved, and --resume scores it.",
      );
    const start = performance.now();
    try {
      const fitted = await baseline.fit(train, validation);
      const accumulators = metrics.map((m) => ({ name: m.name, accumulator: m.metric.start() }));
      const errors = new ErrorProfile();
      for (let i = 0; i < test.size; i++) {
        const sample = await test.read(i);
        const prediction = fitted.predict(sample.input);
        for (const { accumulator } of accumulators) accumulator.add(prediction, sample.target);
        errors.add(prediction, sample.target);
      }
      scores.push({
        name,
        chosen: fitted.chosen,
        metrics: Object.fromEntries(accumulators.map((a) => [a.name, a.accumulator.result()])),
        seconds: (performance.now() - start) / 1000,
        errors,
        predict: (sample) => fitted.predict(sample.input),
      });
    } catch (e) {
      if (!isSpectraiError(e) || e.code !== "SPECTRAI_TASK_UNSUITABLE") throw e;
      skipped.push({ name, reason: e.message });
    }
  }
  return { scores, skipped };
}

/** The values alone. @throws SPECTRAI_DATA_VALUE when a metric came out as no number */
export function plainValues(values: MetricValues, where: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, { value }]) => {
      if (Number.isNaN(value))
        throw new SpectraiError(
          "SPECTRAI_DATA_VALUE",
          `The metric ${name} of ${where} is not a number: nothing there has data and labels to be measured on, or too little for this metric; choose other parts or another metric.`,
        );
      return [name, value];
    }),
  );
}

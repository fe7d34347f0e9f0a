import * as tf from "@tensorflow/tfjs-core";
import type { Callback, Example, RunControl } from "./contracts/callback.ts";
import type { Loss } from "./contracts/loss.ts";
import type { ForwardContext, Model } from "./contracts/model.ts";
import type { OptimizerState } from "./contracts/optimizer.ts";
import type { RunningSchedule } from "./contracts/schedule.ts";
import { SpectraiError } from "./errors.ts";
import { valueAndGradients } from "./gradients/backward.ts";
import { registerGradients } from "./gradients/index.ts";
import { clipByGlobalNorm, globalNorm } from "./optimizers/clip.ts";
import type { WeightAverage } from "./optimizers/ema.ts";
import { type Batch, disposeBatch } from "./run/batches.ts";
import { lossOf } from "./run/masked-loss.ts";

/** Where a run stands between two steps. JSON, so that it goes into a checkpoint as it is. */
export interface Progress {
  epoch: number;
  stepOfEpoch: number;
  step: number;
  /** Sum over this epoch's samples of their loss, and how many there were. */
  lossSum: number;
  lossCount: number;
  seconds: number;
  best: { readonly epoch: number; readonly value: number } | null;
  epochsSinceBest: number;
}

export const startOfRun = (): Progress => ({
  epoch: 0,
  stepOfEpoch: 0,
  step: 0,
  lossSum: 0,
  lossCount: 0,
  seconds: 0,
  best: null,
  epochsSinceBest: 0,
});

export interface ValidationResult {
  readonly values: Readonly<Record<string, number>>;
  readonly examples: readonly Example[];
}

export interface Training {
  readonly model: Model;
  readonly loss: Loss;
  readonly optimizer: OptimizerState;
  readonly schedule: RunningSchedule;
  readonly average: WeightAverage | null;
  /** Buffers that stay as they are, with the frozen layers they belong to. */
  readonly frozen?: ReadonlySet<tf.Variable>;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly clipNorm: number | null;
  readonly seed: number;
  /** The batches of one step (more than one where gradients are accumulated). */
  batches(epoch: number, stepOfEpoch: number): Promise<Batch[]>;
  /** Metrics of the validation part; null where there is none. */
  validate(): Promise<ValidationResult | null>;
  readonly monitor: { readonly name: string; readonly better: "lower" | "higher" };
  readonly earlyStopping: { readonly patience: number; readonly minDelta: number } | null;
  readonly progress: Progress;
  readonly callbacks: readonly Callback[];
  /** Keeps the state: `best` right after a better epoch, `epoch` after each, `interrupted` before leaving early. */
  save(moment: "best" | "epoch" | "interrupted"): Promise<void>;
  readonly signal?: AbortSignal;
}

/**
 * Trains until the epochs are done, a callback or early stopping ends it, or the signal aborts.
 *
 * @throws SPECTRAI_TRAIN_DIVERGED naming the batch's samples; SPECTRAI_TRAIN_INTERRUPTED after the state was saved
 */
export async function train(run: Training): Promise<"finished" | "early-stopping"> {
  registerGradients();
  const { progress } = run;
  let stopped = patienceIsOver(run);
  const control: RunControl = {
    stop: () => {
      stopped = true;
    },
  };

  while (progress.epoch < run.epochs && !stopped) {
    const epochStart = performance.now();
    while (progress.stepOfEpoch < run.stepsPerEpoch) {
      const stepStart = performance.now();
      const rate = run.schedule.rate(progress.step, progress.epoch);
      const { loss, gradientNorm, samples } = await takeStep(run, rate);
      const seconds = (performance.now() - stepStart) / 1000;
      progress.lossSum += loss * samples;
      progress.lossCount += samples;
      progress.seconds += seconds;
      const { epoch, step, stepOfEpoch } = progress;
      progress.step++;
      progress.stepOfEpoch++;
      for (const c of run.callbacks)
        await c.stepEnd?.({ epoch, step, stepOfEpoch, loss, rate, gradientNorm, samples, seconds }, control);
      if (run.signal?.aborted) {
        await run.save("interrupted");
        throw new SpectraiError(
          "SPECTRAI_TRAIN_INTERRUPTED",
          `Training was interrupted in epoch ${epoch + 1} of ${run.epochs}; its state is saved, and --resume goes on from here.`,
        );
      }
    }

    run.average?.swapIn();
    const validation = await run.validate();
    const trainLoss = progress.lossSum / progress.lossCount;
    const value = validation ? validation.values[run.monitor.name]! : trainLoss;
    const better = isBetter(value, run);
    if (better) {
      progress.best = { epoch: progress.epoch, value };
      progress.epochsSinceBest = 0;
      await run.save("best");
    } else progress.epochsSinceBest++;
    run.average?.swapOut();
    run.schedule.observe?.(run.monitor.better === "lower" ? value : -value);

    const event = {
      epoch: progress.epoch,
      step: progress.step,
      rate: run.schedule.rate(progress.step - 1, progress.epoch),
      seconds: (performance.now() - epochStart) / 1000,
      train: { loss: trainLoss },
      validation: validation?.values ?? {},
      best: better,
      examples: validation?.examples ?? [],
    };
    for (const c of run.callbacks) await c.epochEnd?.(event, control);
    stopped ||= patienceIsOver(run);
    startNextEpoch(progress);
    await run.save("epoch");
  }
  return stopped && progress.epoch < run.epochs ? "early-stopping" : "finished";
}

const patienceIsOver = ({ earlyStopping, progress }: Training): boolean =>
  earlyStopping !== null && progress.epochsSinceBest >= earlyStopping.patience;

function startNextEpoch(progress: Progress): void {
  progress.epoch++;
  progress.stepOfEpoch = 0;
  progress.lossSum = 0;
  progress.lossCount = 0;
}

function isBetter(value: number, { progress, monitor, earlyStopping }: Training): boolean {
  if (progress.best === null) return true;
  const gain = monitor.better === "lower" ? progress.best.value - value : value - progress.best.value;
  return gain > (earlyStopping?.minDelta ?? 0);
}

/** One optimizer step over the gradients of one or more batches, each weighted by its samples. */
async function takeStep(run: Training, rate: number): Promise<{ loss: number; gradientNorm: number; samples: number }> {
  const { epoch, stepOfEpoch, step } = run.progress;
  const batches = await run.batches(epoch, stepOfEpoch);
  const samples = batches.reduce((n, b) => n + b.ids.length, 0);
  // Values are asked for as soon as they are ordered and awaited together: on a graphics card each wait costs a round trip.
  const losses: Promise<number>[] = [];
  let sum: tf.Tensor[] | undefined;
  try {
    for (const [i, batch] of batches.entries()) {
      const { value, gradients, buffers } = differentiate(run, batch, step * batches.length + i);
      losses.push(readScalar(value));
      for (const [buffer, next] of buffers) {
        buffer.assign(next);
        next.dispose();
      }
      sum = accumulate(sum, gradients, batch.ids.length / samples);
    }
    const [gradientNorm, ...values] = await Promise.all([readScalar(globalNorm(sum!)), ...losses]);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw diverged(batches[wrong]!, epoch, step, values[wrong]!);
    if (!Number.isFinite(gradientNorm)) throw diverged(batches[0]!, epoch, step, gradientNorm);
    const loss = values.reduce((total, value, i) => total + (value * batches[i]!.ids.length) / samples, 0);
    if (run.clipNorm !== null && gradientNorm > run.clipNorm) {
      const clipped = clipByGlobalNorm(sum!, gradientNorm, run.clipNorm);
      tf.dispose(sum!);
      sum = clipped;
    }
    run.optimizer.step(sum!, rate);
    run.average?.update();
    return { loss, gradientNorm, samples };
  } finally {
    // Where something else failed, nobody awaits these any more.
    void Promise.allSettled(losses);
    if (sum) tf.dispose(sum);
    for (const batch of batches) disposeBatch(batch);
  }
}

async function readScalar(scalar: tf.Tensor): Promise<number> {
  const values = await scalar.data();
  scalar.dispose();
  return values[0]!;
}

function differentiate(
  run: Training,
  batch: Batch,
  seed: number,
): { value: tf.Scalar; gradients: tf.Tensor[]; buffers: [tf.Variable, tf.Tensor][] } {
  const buffers: [tf.Variable, tf.Tensor][] = [];
  const context: ForwardContext = {
    training: true,
    seed: (run.seed * 1_000_003 + seed) >>> 0,
    ...(run.frozen ? { frozen: run.frozen } : {}),
    update: (buffer, value) => {
      if (!run.frozen?.has(buffer)) buffers.push([buffer, tf.keep(value)]);
    },
  };
  const trainable = run.model.parameters.filter((p) => p.trainable).map((p) => p.variable);
  try {
    return { ...valueAndGradients(() => trainingLoss(run, batch, context), trainable), buffers };
  } catch (error) {
    tf.dispose(buffers.map(([, next]) => next));
    throw error;
  }
}

/** The mean loss of the model's outputs. */
function trainingLoss({ model, loss }: Training, batch: Batch, context: ForwardContext): tf.Scalar {
  const outputs = model.outputs?.(batch.input, context) ?? [model.apply(batch.input, context)];
  const losses = outputs.map((output) => lossOf(loss, output, batch));
  return losses.length === 1 ? losses[0]! : tf.div(tf.addN(losses), losses.length);
}

/** `sum + share · gradients`, freeing what it takes. */
function accumulate(sum: tf.Tensor[] | undefined, gradients: tf.Tensor[], share: number): tf.Tensor[] {
  if (!sum && share === 1) return gradients;
  const next = gradients.map((g, i) => tf.tidy(() => (sum ? tf.add(sum[i]!, tf.mul(g, share)) : tf.mul(g, share))));
  tf.dispose([gradients, sum ?? []]);
  return next;
}

function diverged(batch: Batch, epoch: number, step: number, value: number): SpectraiError {
  const ids = batch.ids.slice(0, 8).join(", ") + (batch.ids.length > 8 ? `, … (${batch.ids.length} in all)` : "");
  return new SpectraiError(
    "SPECTRAI_TRAIN_DIVERGED",
    `Training diverged: the loss became ${value} in epoch ${epoch + 1}, step ${step + 1}, on the samples ${ids}. Look at these samples, lower train.learningRate, or set train.clipNorm.`,
    { details: { epoch, step, samples: batch.ids } },
  );
}

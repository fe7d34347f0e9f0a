import * as tf from "@tensorflow/tfjs-core";
import type { Augmentation } from "../contracts/augmentation.ts";
import type { OutputSpec } from "../contracts/model.ts";
import type { Sample, Target } from "../contracts/sample.ts";
import { SpectraiError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { sizeOf } from "../ndarray.ts";
import { createComponent, type ResolvedRef } from "../options.ts";
import { rng } from "../rng.ts";
import type { Services } from "../services.ts";

/** One batch as tensors; whoever takes it disposes it. */
export interface Batch {
  readonly ids: readonly string[];
  readonly input: tf.Tensor;
  readonly target: tf.Tensor;
  /** Where not all pixels of spectral targets count: 1 for each `[N, H, W]` that does, and what share of all they are. */
  readonly valid?: { readonly pixels: tf.Tensor; readonly share: number };
}

export const disposeBatch = ({ input, target, valid }: Batch): void =>
  tf.dispose([input, target, ...(valid ? [valid.pixels] : [])]);

export interface Augmenter {
  readonly name: string;
  readonly augmentation: Augmentation;
}

/** The config's augmentations, in order. */
export async function createAugmenters(
  refs: readonly ResolvedRef<"augmentation">[],
  services: Services,
): Promise<Augmenter[]> {
  const augmenters: Augmenter[] = [];
  for (const ref of refs) augmenters.push({ name: ref.name, augmentation: await createComponent(ref, services) });
  return augmenters;
}

export interface Part {
  readonly size: number;
  /** @param epoch - of training, for samples that are drawn anew in every epoch; absent = 0 */
  read(index: number, epoch?: number): Promise<Sample>;
}

/** All samples of a part that fits into memory. */
export async function readAll(part: Part): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let i = 0; i < part.size; i++) samples.push(await part.read(i));
  return samples;
}

/** One part after another. */
export const joinParts = (first: Part, second: Part): Part => ({
  size: first.size + second.size,
  read: (i, epoch) => (i < first.size ? first.read(i, epoch) : second.read(i - first.size, epoch)),
});

/** The change an augmentation made to a sample, for previews and replay. */
export interface Applied {
  readonly name: string;
  readonly params: JsonObject;
}

/** One augmented sample. Its random numbers are named by seed, epoch, sample and step, so they do not depend on who draws them. */
export function augmentSample(
  sample: Sample,
  augmenters: readonly Augmenter[],
  seed: number,
  epoch: number,
): { readonly sample: Sample; readonly history: readonly Applied[] } {
  const history: Applied[] = [];
  for (const [i, { name, augmentation }] of augmenters.entries()) {
    if (augmentation.scope !== "sample") continue;
    const params = augmentation.sample(sample.input, rng(seed, "augment", epoch, sample.id, i));
    if (params === null) continue;
    history.push({ name, params });
    let { target } = sample;
    if (augmentation.on === "both" && target.kind === "spectral")
      target = { kind: "spectral", value: augmentation.apply(target.value, params) };
    if (augmentation.affects === "spatial" && target.kind === "mask" && augmentation.applyMask)
      target = { kind: "mask", value: augmentation.applyMask(target.value, params) };
    sample = { ...sample, input: augmentation.apply(sample.input, params), target };
  }
  return { sample, history };
}

/** The order of the training samples in an epoch. */
export const epochOrder = (size: number, seed: number, epoch: number): Int32Array =>
  rng(seed, "order", epoch).permutation(size);

/** Stacks samples into tensors, with batch-wide augmentation. */
export function makeBatch(
  samples: readonly Sample[],
  output: OutputSpec,
  augmenters: readonly Augmenter[],
  seed: number,
  epoch: number,
): Batch {
  const shape = samples[0]!.input.shape;
  const input = new Float32Array(samples.length * sizeOf(shape));
  for (const [i, { id, input: x }] of samples.entries()) {
    if (!shape.every((d, k) => d === x.shape[k]))
      throw new SpectraiError(
        "SPECTRAI_DATA_SHAPE",
        `Sample ${id} has the shape [${x.shape.join(", ")}], but others of its batch [${shape.join(", ")}]; crop or resample to one shape, or use batches of one.`,
      );
    input.set(x.data, (i * input.length) / samples.length);
  }
  const mixers = augmenters.filter((a) => a.augmentation.scope === "batch");
  const target = stackTargets(
    samples.map((s) => s.target),
    output,
    mixers.length > 0,
  );
  for (const [i, { augmentation }] of mixers.entries()) {
    if (augmentation.scope !== "batch" || !(target.data instanceof Float32Array)) continue;
    const params = augmentation.sample(samples.length, rng(seed, "mix", epoch, samples[0]!.id, i));
    if (params) augmentation.apply({ size: samples.length, input, target: target.data }, params);
  }
  const valid = stackValid(samples, mixers.length > 0);
  return {
    ...(valid ? { valid } : {}),
    ids: samples.map((s) => s.id),
    input: tf.tensor(input, [samples.length, ...shape], "float32"),
    target: tf.tensor(target.data, [...target.shape], target.data instanceof Int32Array ? "int32" : "float32"),
  };
}

/** Undefined where every pixel of every spectral target counts. A pixel of mixed samples counts where it does in all of them. */
function stackValid(samples: readonly Sample[], mixed: boolean): Batch["valid"] {
  const first = samples[0]!.target;
  if (first.kind !== "spectral" || !samples.some((s) => s.target.kind === "spectral" && s.target.value.valid)) return;
  const pixels = sizeOf(first.value.shape.slice(0, -1));
  const data = new Float32Array(samples.length * pixels).fill(1);
  for (const [i, { target }] of samples.entries())
    if (target.kind === "spectral" && target.value.valid) data.set(target.value.valid, i * pixels);
  if (mixed)
    for (let p = 0; p < pixels; p++) {
      let all = 1;
      for (let i = p; i < data.length; i += pixels) all = Math.min(all, data[i]!);
      for (let i = p; i < data.length; i += pixels) data[i] = all;
    }
  const share = data.reduce((sum, v) => sum + v, 0) / data.length;
  return { pixels: tf.tensor(data, [samples.length, ...first.value.shape.slice(0, -1)], "float32"), share };
}

interface HostTensor {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/** Targets of a batch; classes become one-hot rows where they are to be mixed. */
function stackTargets(targets: readonly Target[], output: OutputSpec, mixed: boolean): HostTensor {
  const n = targets.length;
  const first = targets[0]!;
  switch (first.kind) {
    case "class": {
      if (output.kind !== "class" || !mixed)
        return { data: Int32Array.from(targets, (t) => (t.kind === "class" ? t.value : 0)), shape: [n] };
      const data = new Float32Array(n * output.classes);
      for (const [i, t] of targets.entries()) if (t.kind === "class") data[i * output.classes + t.value] = 1;
      return { data, shape: [n, output.classes] };
    }
    case "spectral":
    case "mask": {
      const { shape } = first.value;
      const size = sizeOf(shape);
      const data = first.kind === "mask" ? new Int32Array(n * size) : new Float32Array(n * size);
      for (const [i, t] of targets.entries()) {
        if (t.kind !== "spectral" && t.kind !== "mask") continue;
        if (t.value.data.length !== size)
          throw new SpectraiError(
            "SPECTRAI_DATA_SHAPE",
            `Targets of one batch differ in shape: [${t.value.shape.join(", ")}] and [${shape.join(", ")}].`,
          );
        data.set(t.value.data, i * size);
      }
      return { data, shape: [n, ...shape] };
    }
    case "numbers": {
      const width = first.value.length;
      const data = new Float32Array(n * width);
      for (const [i, t] of targets.entries()) if (t.kind === "numbers") data.set(t.value, i * width);
      return { data, shape: [n, width] };
    }
    case "none":
      throw new SpectraiError(
        "SPECTRAI_DATA_EMPTY",
        "The data set has no targets, so nothing can be trained on it or measured; give it a target.",
      );
  }
}

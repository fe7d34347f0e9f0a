import type { ArtifactStore, Callback, EpochEnd, Example, Logger, RunEnd, RunStart, StepEnd } from "@spectrai/core";
import { linearAxis, spectralArray } from "@spectrai/core";

export interface MemoryStore extends ArtifactStore {
  readonly files: Map<string, Uint8Array>;
  text(name: string): string;
}

/** A run's folder in memory, byte for byte as a real one. */
export function memoryStore(): MemoryStore {
  const files = new Map<string, Uint8Array>();
  const toBytes = (content: Uint8Array | string): Uint8Array =>
    typeof content === "string" ? new TextEncoder().encode(content) : content.slice();
  return {
    location: "memory",
    files,
    text: (name) => new TextDecoder().decode(files.get(name)),
    write: async (name, content) => void files.set(name, toBytes(content)),
    append: async (name, content) => {
      const [before, more] = [files.get(name) ?? new Uint8Array(), toBytes(content)];
      const all = new Uint8Array(before.length + more.length);
      all.set(before);
      all.set(more, before.length);
      files.set(name, all);
    },
    read: async (name) => files.get(name)?.slice(),
    truncate: async (name, length) => {
      const file = files.get(name);
      if (file && file.length > length) files.set(name, file.slice(0, length));
    },
    list: async () => [...files.keys()],
  };
}

export const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

export const runStart = (more: Partial<RunStart> = {}): RunStart => ({
  runId: "2026-11-22 run/1",
  config: { task: "denoising", note: "```\n<b>|" },
  backend: "cpu",
  model: { name: "unet", parameters: 1234 },
  sizes: { train: 40, validation: 5, test: 10 },
  epochs: 4,
  stepsPerEpoch: 5,
  firstEpoch: 0,
  firstStep: 0,
  ...more,
});

export const stepEnd = (step: number): StepEnd => ({
  epoch: Math.floor(step / 5),
  step,
  stepOfEpoch: step % 5,
  loss: 1 / (step + 1),
  rate: 0.001 * (step + 1),
  gradientNorm: 2 + step,
  samples: 8,
  seconds: 0.25,
});

export const epochEnd = (epoch: number, more: Partial<EpochEnd> = {}): EpochEnd => ({
  epoch,
  step: 5 * (epoch + 1),
  rate: 0.001,
  seconds: 1.5,
  train: { loss: 1 / (epoch + 1) },
  validation: { loss: 2 / (epoch + 1), psnr: 20 + epoch },
  best: epoch === 1,
  examples: [],
  ...more,
});

export const runEnd = (reason: RunEnd["reason"] = "finished"): RunEnd => ({
  reason,
  epochs: 4,
  step: 20,
  seconds: 9.5,
  test: reason === "finished" ? { network: { mse: 0.002, psnr: 27 }, ridge: { mse: 0.003 } } : {},
});

export function example(id = "row-1", points = 60): Example {
  const axis = linearAxis(600, 1800, points, "cm-1");
  const curve = (shift: number): Float32Array =>
    Float32Array.from(axis.values, (v) => Math.exp(-(((v - 1000 - shift) / 60) ** 2)));
  return {
    sample: {
      id,
      group: "g",
      input: spectralArray(curve(40), [points], axis),
      target: { kind: "spectral", value: spectralArray(curve(0), [points], axis) },
    },
    output: { data: curve(10), shape: [points] },
  };
}

/** Steps and epochs `from` … `to` of a run of 5 steps an epoch, both of them steps; an epoch ends after its last step. */
export async function play(callback: Callback, from: number, to: number, examples: Example[] = []): Promise<void> {
  const control = { stop: () => undefined };
  for (let step = from; step < to; step++) {
    await callback.stepEnd?.(stepEnd(step), control);
    if (step % 5 === 4) await callback.epochEnd?.(epochEnd(Math.floor(step / 5), { examples }), control);
  }
}

export const start = async (callback: Callback, event: RunStart): Promise<void> =>
  callback.runStart?.(event, { stop: () => undefined });

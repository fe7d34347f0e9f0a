import {
  type Augmentation,
  type BatchAugmentation,
  type Component,
  indexAxis,
  type JsonObject,
  rng,
  type SampleAugmentation,
  type SpectralArray,
  spectralArray,
} from "@spectrai/core";

export async function make(component: Component<"augmentation">, options: object = {}): Promise<SampleAugmentation> {
  const made = await makeAny(component, options);
  if (made.scope !== "sample") throw new Error(`${component.name} works on batches`);
  return made;
}

export async function makeBatch(
  component: Component<"augmentation">,
  options: object = {},
): Promise<BatchAugmentation> {
  const made = await makeAny(component, options);
  if (made.scope !== "batch") throw new Error(`${component.name} works on samples`);
  return made;
}

async function makeAny(component: Component<"augmentation">, options: object): Promise<Augmentation> {
  const parsed = await component.schema["~standard"].validate(options);
  if (parsed.issues) throw new Error(parsed.issues[0]!.message);
  return component.create(parsed.value, {});
}

/** The records of many samples, without those left as they are. */
export const records = (a: SampleAugmentation, x: SpectralArray, count: number): JsonObject[] =>
  Array.from({ length: count }, (_, i) => a.sample(x, rng("augment-test", i))).filter((p) => p !== null);

export const filled = (shape: readonly number[], value: (i: number) => number): SpectralArray =>
  spectralArray(
    Float64Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => value(i)),
    shape,
    indexAxis(shape.at(-1)!),
  );

export function moments(values: ArrayLike<number>): { readonly mean: number; readonly variance: number } {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i]! / n;
  let variance = 0;
  for (let i = 0; i < n; i++) variance += (values[i]! - mean) ** 2 / (n - 1);
  return { mean, variance };
}

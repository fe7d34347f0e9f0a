import type { SampleAugmentation } from "../contracts/augmentation.ts";
import type { Dataset } from "../contracts/dataset.ts";
import type { Sample, SampleSpec, Target } from "../contracts/sample.ts";
import type { SpectralArray } from "../axes.ts";
import { SpectraiError } from "../errors.ts";
import { createComponent, type ResolvedRef } from "../options.ts";
import { rng } from "../rng.ts";
import type { Services } from "../services.ts";

interface Degrader {
  readonly name: string;
  readonly augmentation: SampleAugmentation;
}

/**
 * A data set whose inputs are made from clean data, which become the targets: noise is drawn by seed, epoch and sample, and a
 * down-sampled input belongs to a target cut at the lower and right border to whole multiples of the scale.
 *
 * @throws SPECTRAI_CONFIG_INVALID where the data have targets already, or a step does not change inputs alone
 */
export async function degradedDataset(
  dataset: Dataset,
  refs: readonly ResolvedRef<"augmentation">[],
  services: Services,
  seed: number,
): Promise<Dataset> {
  if (dataset.spec.target.kind !== "none")
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `degrade: it makes inputs from clean data, but ${dataset.source.replace(/\.$/, "")} has targets of its own; leave out degrade, or the data set's target.`,
    );
  const steps: Degrader[] = [];
  for (const [i, ref] of refs.entries()) {
    const augmentation = await createComponent(ref, services);
    if (augmentation.scope !== "sample" || augmentation.on !== "input")
      throw new SpectraiError(
        "SPECTRAI_CONFIG_INVALID",
        `degrade[${i}]: ${ref.name} changes the target as well; only noise and down-sampling make an input from clean data.`,
      );
    steps.push({ name: ref.name, augmentation });
  }
  return withInputs(dataset, steps, seed);
}

function withInputs(dataset: Dataset, steps: readonly Degrader[], seed: number): Dataset {
  const scale = steps.reduce((s, { augmentation }) => s * (augmentation.scale ?? 1), 1);
  const random = steps.some(({ augmentation }) => augmentation.scale === undefined);
  const { images } = dataset;
  return {
    ...dataset,
    spec: degradedSpec(dataset.spec, scale),
    ...(random || dataset.redrawn ? { redrawn: true } : {}),
    async read(index, epoch = 0) {
      return degrade(await dataset.read(index, epoch), steps, scale, seed, epoch);
    },
    ...(images
      ? {
          images: {
            ...images,
            async cut(parts) {
              const cut = await images.cut(parts);
              return { ...cut, dataset: withInputs(cut.dataset, steps, seed) };
            },
          },
        }
      : {}),
    ...(dataset.dispose ? { dispose: () => dataset.dispose!() } : {}),
  };
}

function degradedSpec(spec: SampleSpec, scale: number): SampleSpec {
  const down = (sides: readonly number[], to: (n: number) => number): number[] =>
    spec.data === "cube" ? [to(sides[0]!), to(sides[1]!), sides[2]!] : [...sides];
  const coarse = down(spec.shape, (n) => Math.floor(n / scale));
  return {
    ...spec,
    shape: coarse,
    target: {
      kind: "spectral",
      shape: down(spec.shape, (n) => Math.floor(n / scale) * scale),
      axis: spec.axis,
      ...(scale > 1 ? { scale } : {}),
    },
  };
}

function degrade(sample: Sample, steps: readonly Degrader[], scale: number, seed: number, epoch: number): Sample {
  const clean = wholeMultiple(sample.input, scale);
  let input = clean;
  for (const [k, { augmentation }] of steps.entries()) {
    const params = augmentation.sample(input, rng(seed, "degrade", epoch, sample.id, k));
    if (params !== null) input = augmentation.apply(input, params);
  }
  const target: Target = { kind: "spectral", value: clean };
  return { ...sample, input, target };
}

/** A cube cut at the lower and right border so that its sides are multiples of the scale. */
function wholeMultiple(x: SpectralArray, scale: number): SpectralArray {
  if (scale === 1 || x.shape.length !== 3) return x;
  const [h, w, bands] = x.shape as [number, number, number];
  const [height, width] = [Math.floor(h / scale) * scale, Math.floor(w / scale) * scale];
  if (height === h && width === w) return x;
  if (height === 0 || width === 0)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `An image of ${h} × ${w} pixels cannot be made ${scale} times coarser; use larger images or patches, or a smaller scale.`,
    );
  const cut = <T extends Float32Array | Float64Array | Uint8Array>(from: T, per: number): T => {
    const out = new (from.constructor as new (n: number) => T)(height * width * per);
    for (let y = 0; y < height; y++) out.set(from.subarray(y * w * per, (y * w + width) * per), y * width * per);
    return out;
  };
  return {
    ...x,
    data: cut(x.data, bands),
    shape: [height, width, bands],
    ...(x.valid ? { valid: cut(x.valid, 1) } : {}),
  };
}

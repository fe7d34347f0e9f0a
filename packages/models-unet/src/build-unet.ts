import { type Model, type ModelSpec, type Rng, SpectraiError } from "@spectrai/core";
import { type Dimension, type Layer, networkModel, parameterScope, withChannels, withoutChannels } from "@spectrai/nn";
import type { UNetComponentOptions } from "./options.ts";
import { gridStep, receptiveField } from "./receptive-field.ts";
import { type Tail, unetNetwork, type UNetOptions } from "./unet-network.ts";

const unsuitable = (why: string): SpectraiError => new SpectraiError("SPECTRAI_TASK_UNSUITABLE", why);

/**
 * Spectra are lines, cubes images with bands as channels or volumes: see `withChannels` of nn.
 *
 * @throws SPECTRAI_TASK_UNSUITABLE where the network cannot give what is asked for
 */
export function buildUNet(
  name: string,
  options: UNetComponentOptions & { readonly residual: boolean },
  spec: ModelSpec,
  init: Rng,
): Model {
  const dimension: Dimension = spec.data === "spectrum" ? 1 : options.dimension;
  const bands = spec.input.at(-1)!;
  const channels = dimension === 2 ? bands : 1;
  const filters = options.filters ?? defaultFilters(options, dimension, channels);
  const network: UNetOptions = {
    ...options,
    dimension,
    channels,
    filters,
    tail: tailFor(name, options, spec, dimension),
    scale: spec.scale ?? 1,
  };
  checkSpec(name, spec, dimension, filters.length - 1);

  const scope = parameterScope(init);
  const field = receptiveField(network);
  const extents = (size: number): number[] => Array.from({ length: spec.data === "spectrum" ? 1 : 2 }, () => size);
  return networkModel(scope, adapt(dimension, spec, unetNetwork(scope, network)), {
    // All that follows the last block, whatever is predicted: so a denoiser's blocks can go on in a classifier.
    head: ["out", "tail"],
    ...(field === undefined ? {} : { receptiveField: extents(field) }),
    ...(spec.data === "cube" ? { gridStep: extents(gridStep(network)) } : {}),
  });
}

/** The reference's: width × 1, 2, 4 … and the last as many as the one before. In 3-D a quarter of its 64, which few machines can hold. */
function defaultFilters({ depth, width }: UNetComponentOptions, dimension: Dimension, channels: number): number[] {
  const first = width ?? (dimension === 3 ? 16 : dimension === 2 && channels > 3 ? channels : 64);
  return Array.from({ length: depth + 1 }, (_, level) => first * 2 ** Math.min(level, depth - 1));
}

function tailFor(
  name: string,
  { outputActivation, pooling }: UNetComponentOptions,
  { output, input }: ModelSpec,
  dimension: Dimension,
): Tail {
  const activated = outputActivation === "same";
  switch (output.kind) {
    case "class":
      return { kind: "vector", count: output.classes, from: pooling };
    case "numbers":
      return { kind: "vector", count: output.count, from: pooling };
    case "mask":
      if (dimension === 1) throw unsuitable(`model: ${name} labels the pixels of cubes; a spectrum has none.`);
      return { kind: "mask", classes: output.classes, bands: input.at(-1)! };
    case "spectral": {
      const [from, to] = [input.at(-1)!, output.shape.at(-1)!];
      if (dimension !== 2 && from !== to)
        throw unsuitable(
          `model: ${name} gives as many spectral points as it gets, but the input has ${from} and the target ${to}; resample one to the other's axis.`,
        );
      return { kind: "spectral", channels: dimension === 2 ? to : 1, activated };
    }
  }
}

function checkSpec(
  name: string,
  { data, input, output, scale = 1 }: ModelSpec,
  dimension: Dimension,
  depth: number,
): void {
  if (scale !== 1 && (dimension !== 2 || output.kind !== "spectral" || !Number.isInteger(scale) || scale < 1))
    throw unsuitable(
      `model: ${name} raises the number of pixels by whole factors and with dimension 2 only; it was asked for a factor of ${scale} with dimension ${dimension}.`,
    );
  if (output.kind === "spectral" && data === "cube")
    for (const i of [0, 1]) {
      const [from, to] = [input[i]!, output.shape[i]!];
      if (from > 0 && to > 0 && to !== from * scale)
        throw unsuitable(`model: ${name} turns ${from} pixels into ${from * scale}, but the target has ${to}.`);
    }
  const pooled = dimension === 1 ? input : dimension === 2 ? input.slice(0, 2).map((n) => n * scale) : input;
  const small = pooled.find((n) => n > 0 && n < 2 ** depth);
  if (small !== undefined)
    throw unsuitable(
      `model: ${name} halves its input ${depth} times and needs at least ${2 ** depth} points in each dimension, but one has ${small}; set a smaller depth or use larger samples.`,
    );
}

const adapt =
  (dimension: Dimension, { output }: ModelSpec, network: Layer): Layer =>
  (x, context) => {
    const y = network(withChannels(x, dimension), context);
    return output.kind === "spectral" ? withoutChannels(y, dimension) : y;
  };

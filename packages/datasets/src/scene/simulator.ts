import { type Axis, linearAxis, type Rectangle, rng, SpectraiError } from "@spectrai/core";
import { blur, gaussianHalf } from "./blur.ts";
import { endmembers, type Material, materials } from "./materials.ts";
import { fillNormals } from "./pixel-noise.ts";
import { type RandomField, randomField } from "./random-field.ts";
import { bandNoise } from "./sensor.ts";

/** See the options of `hyperspectral-scene` for units and meaning. */
export interface SceneOptions {
  readonly height: number;
  readonly width: number;
  readonly bands: number;
  readonly start: number;
  readonly stop: number;
  readonly materials: readonly string[];
  readonly correlation: number;
  readonly clustering: number;
  readonly sharpness: number;
  readonly purity: number;
  readonly variability: number;
  readonly relief: number;
  readonly shadow: number;
  readonly blur: number;
  readonly electrons: number;
  readonly noiseFloor: number;
  readonly striping: number;
  readonly seed: number;
}

/** Rows of an image. Arrays are row by row; those of a cube or of abundances have their bands or materials last. */
export interface SceneRegion {
  /** As measured, `[height, width, bands]`, reflectance. */
  readonly cube: Float32Array;
  /** The same without the sensor's noise and stripes. */
  readonly clean: Float32Array;
  /** Index of the material with the largest share, −1 where that is below `purity`; `[height, width]`. */
  readonly labels: Int32Array;
  /** Shares of the materials of each pixel, which sum to 1, `[height, width, materials]`. */
  readonly abundances: Float32Array;
}

/** What to compute; the rest stays as it is. */
export type SceneParts = { readonly [K in keyof SceneRegion]?: SceneRegion[K] };

export interface SceneSimulator {
  /** In nm. */
  readonly axis: Axis;
  /** Names of the materials: the classes. */
  readonly classes: readonly string[];
  /** Fills arrays with a region of an image. The numbers of a region do not depend on what else is asked for. */
  fill(image: number, region: Rectangle, into: SceneParts): void;
}

/** The label of pixels that are too mixed. */
export const MIXED = -1;

const wavesOfFields = 64;
const wavesOfTexture = 32;
/** Rows computed at a time: what is kept besides the result grows with them. */
const blockRows = 32;
const imagesKept = 4;

/** Shading and shadow of one image, and what lies where. */
interface Landscape {
  readonly groups: ReadonlyMap<string, RandomField>;
  readonly own: readonly RandomField[];
  readonly texture: readonly RandomField[];
  readonly slope: RandomField;
  readonly clouds: RandomField;
  readonly noiseKey: number;
}

/**
 * Scenes by the linear mixing model:
 *
 * - share k of a pixel: softmax over materials of sharpness · (√c · field of its group + √(1−c) · its own field);
 * - light: (1 + relief · slope), at least 0.05, down to 0.3 of it under clouds that cover the share `shadow`;
 * - signal: point-spread function ∗ Σ_k light · share_k · (1 + variability · texture_k) · reflectance_k;
 * - measured: (1 + striping · N(column, band)) · (signal + noise of the sensor).
 *
 * Each field can be computed anywhere, so that regions of scenes of any size cost what they measure.
 *
 * @throws SPECTRAI_COMPONENT_OPTIONS
 */
export function sceneSimulator(options: SceneOptions): SceneSimulator {
  const { bands, seed, sharpness, variability, relief, shadow, purity, striping } = options;
  if (options.stop <= options.start)
    throw new SpectraiError(
      "SPECTRAI_COMPONENT_OPTIONS",
      `hyperspectral-scene: the axis must end above its start, but goes from ${options.start} to ${options.stop} nm; raise "stop" or lower "start".`,
    );
  const chosen = options.materials.map(materialOf);
  const count = chosen.length;
  const axis = linearAxis(options.start, options.stop, bands, "nm");
  const spectra = endmembers(chosen, axis.values);
  const noise = bandNoise(axis.values, options.electrons, options.noiseFloor);
  const half = gaussianHalf(options.blur);
  const reach = half.length - 1;
  const shared = Math.sqrt(options.clustering);
  const alone = Math.sqrt(1 - options.clustering);
  const cloudsFrom = shadow > 0 ? normalQuantile(1 - shadow) : Infinity;

  const landscapes = new Map<number, Landscape>();
  const landscapeOf = (image: number): Landscape => {
    let landscape = landscapes.get(image);
    if (!landscape) {
      if (landscapes.size >= imagesKept) landscapes.delete(landscapes.keys().next().value!);
      landscape = makeLandscape(options, chosen, image);
      landscapes.set(image, landscape);
    }
    return landscape;
  };

  const share = new Float64Array(count);
  const draws = new Float64Array(bands);

  /** Light times share of the rows from `top` to `bottom` and of the margin that the blur needs, one map a material. */
  function mixtures(
    { groups, own, texture, slope, clouds }: Landscape,
    region: Rectangle,
    top: number,
    bottom: number,
    into: SceneParts,
    maps: readonly Float64Array[],
  ): void {
    const inner = region.x1 - region.x0;
    const width = inner + 2 * reach;
    const x0 = region.x0 - reach;
    const y0 = top - reach;
    const line = (): Float64Array => new Float64Array(width);
    const groupRows = new Map(Array.from(groups, ([name, field]) => [name, { field, row: line() }]));
    const ownRows = own.map(line);
    const textureRows = texture.map(line);
    const slopeRow = line();
    const cloudRow = line();
    for (let y = y0; y < bottom + reach; y++) {
      for (const { field, row } of groupRows.values()) field.row(y, x0, row);
      own.forEach((field, k) => field.row(y, x0, ownRows[k]!));
      texture.forEach((field, k) => field.row(y, x0, textureRows[k]!));
      if (relief > 0) slope.row(y, x0, slopeRow);
      if (shadow > 0) clouds.row(y, x0, cloudRow);
      const groupRow = chosen.map(({ group }) => groupRows.get(group)!.row);
      const marginal = y < top || y >= bottom;
      for (let x = 0; x < width; x++) {
        let largest = -Infinity;
        let label = 0;
        for (let k = 0; k < count; k++) {
          const v = sharpness * (shared * groupRow[k]![x]! + alone * ownRows[k]![x]!);
          share[k] = v;
          if (v > largest) {
            largest = v;
            label = k;
          }
        }
        let sum = 0;
        for (let k = 0; k < count; k++) sum += share[k] = Math.exp(share[k]! - largest);
        const light =
          Math.max(0.05, 1 + relief * slopeRow[x]!) *
          (shadow > 0 ? 1 - 0.7 * smoothStep((cloudRow[x]! - cloudsFrom) / 0.2 + 0.5) : 1);
        const place = (y - y0) * width + x;
        for (let k = 0; k < count; k++) {
          const a = share[k]! / sum;
          share[k] = a;
          maps[k]![place] = light * a * (variability > 0 ? Math.max(0, 1 + variability * textureRows[k]![x]!) : 1);
        }
        if (marginal || x < reach || x >= width - reach) continue;
        const i = (y - region.y0) * inner + x - reach;
        if (into.labels) into.labels[i] = share[label]! >= purity ? label : MIXED;
        if (into.abundances) into.abundances.set(share, i * count);
      }
    }
  }

  return {
    axis,
    classes: options.materials,
    fill(image, region, into) {
      const width = region.x1 - region.x0;
      const landscape = landscapeOf(image);
      const stripes = striping > 0 && into.cube ? stripesOf(seed, region, bands, striping) : undefined;
      const columns = width + 2 * reach;
      const most = (Math.min(blockRows, region.y1 - region.y0) + 2 * reach) * columns;
      const maps = chosen.map(() => new Float64Array(most));
      const across = new Float64Array(most);
      const blurred = chosen.map(() => (reach > 0 ? new Float64Array(most) : undefined));
      const spectrum = new Float64Array(bands);
      for (let top = region.y0; top < region.y1; top += blockRows) {
        const bottom = Math.min(region.y1, top + blockRows);
        mixtures(landscape, region, top, bottom, into, maps);
        if (!into.cube && !into.clean) continue;
        const layers = maps.map((map, k) => {
          const target = blurred[k];
          if (!target) return map;
          blur(map, bottom - top + 2 * reach, columns, half, across, target);
          return target;
        });
        for (let y = top; y < bottom; y++)
          for (let x = 0; x < width; x++) {
            const place = (y - top) * width + x;
            spectrum.fill(0);
            for (let k = 0; k < count; k++) {
              const weight = layers[k]![place]!;
              if (weight === 0) continue;
              for (let b = 0, e = k * bands; b < bands; b++, e++) spectrum[b]! += weight * spectra[e]!;
            }
            const i = ((y - region.y0) * width + x) * bands;
            into.clean?.set(spectrum, i);
            if (!into.cube) continue;
            fillNormals(draws, landscape.noiseKey, y, region.x0 + x);
            for (let b = 0; b < bands; b++) {
              const signal = spectrum[b]!;
              const measured = signal + Math.sqrt(noise.shot[b]! * signal + noise.floor[b]!) * draws[b]!;
              into.cube[i + b] = stripes ? measured * stripes[x * bands + b]! : measured;
            }
          }
      }
    },
  };
}

function materialOf(name: string): Material {
  const found = materials.find((m) => m.name === name);
  if (!found)
    throw new SpectraiError(
      "SPECTRAI_COMPONENT_OPTIONS",
      `hyperspectral-scene: there is no material "${name}". Known: ${materials.map((m) => m.name).join(", ")}.`,
    );
  return found;
}

function makeLandscape(options: SceneOptions, chosen: readonly Material[], image: number): Landscape {
  const random = rng(options.seed, "hyperspectral-scene", "image", image);
  const field = (kind: string, name: string, length: number, waves = wavesOfFields): RandomField =>
    randomField(random.child(kind, name), length, waves);
  const { correlation } = options;
  return {
    groups: new Map(chosen.map(({ group }) => [group, field("group", group, correlation)])),
    own: chosen.map(({ name }) => field("material", name, correlation)),
    texture:
      options.variability > 0 ? chosen.map(({ name }) => field("texture", name, correlation / 5, wavesOfTexture)) : [],
    slope: field("light", "slope", 3 * correlation),
    clouds: field("light", "clouds", 3 * correlation),
    noiseKey: random.child("noise").integer(2 ** 32) | 0,
  };
}

/** Gains of the columns' detectors, `[width, bands]`: they are the sensor's, and the same in every image. */
function stripesOf(seed: number, { x0, x1 }: Rectangle, bands: number, deviation: number): Float64Array {
  const key = rng(seed, "hyperspectral-scene", "stripes").integer(2 ** 32) | 0;
  const gains = new Float64Array((x1 - x0) * bands);
  for (let x = x0; x < x1; x++) fillNormals(gains.subarray((x - x0) * bands, (x - x0 + 1) * bands), key, 0, x);
  return gains.map((z) => 1 + deviation * z);
}

const smoothStep = (t: number): number => {
  const u = Math.min(1, Math.max(0, t));
  return u * u * (3 - 2 * u);
};

/** The standard normal's quantile, by bisection of its distribution function. */
function normalQuantile(p: number): number {
  let [low, high] = [-8, 8];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Φ(x), by its series; absolute error below 1e-9 for |x| < 8. */
function normalBelow(x: number): number {
  if (Math.abs(x) > 6) return x > 0 ? 1 : 0;
  let term = x;
  let sum = x;
  for (let n = 1; n < 200 && Math.abs(term) > 1e-16 * Math.abs(sum); n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}

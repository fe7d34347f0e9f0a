import {
  type BaselineData,
  type FittedBaseline,
  type JsonObject,
  type Prediction,
  type Sample,
  SpectraiError,
  type SpectralArray,
} from "@spectrai/core";
import { requirePoints } from "../filter.ts";
import { requireSameAxis } from "../pairs.ts";
import { bothValid } from "../valid.ts";

/** A method that works on images `[H, W, L]`, one at a time, and learns nothing but its settings. */
export interface ImageMethod<S extends JsonObject> {
  readonly name: string;
  /** What it is chosen from; of equally good ones the first is taken. */
  readonly settings: readonly S[];
  /** One prediction for each of the given settings, in that order. */
  apply(image: SpectralArray, settings: readonly S[]): Iterable<Prediction>;
}

/** Most images and values that settings are judged by: two or three numbers are found as well on a few images as on many. */
const MOST_IMAGES = 32;
const MOST_VALUES = 2_000_000;

/**
 * The settings with the least mean squared difference from the targets of the training part, over pixels that count.
 *
 * @throws SPECTRAI_DATA_EMPTY, SPECTRAI_TASK_UNSUITABLE where samples are no images or targets are on another axis
 */
export function fitImageMethod<S extends JsonObject>(method: ImageMethod<S>, train: BaselineData): FittedBaseline {
  const { name, settings } = method;
  requireSameAxis(train, name);
  const sums = new Float64Array(settings.length);
  let values = 0;
  const points = imageOf(firstSample(train, name).input, name).axis.values.length;
  for (const i of spread(train, name)) {
    const sample = train.sample(i);
    const image = imageOf(sample.input, name);
    requirePoints(image, points, name);
    let s = 0;
    for (const prediction of method.apply(image, settings)) {
      const { sum, count } = squaredError(prediction, sample, name);
      sums[s] = sums[s]! + sum;
      if (s++ === 0) values += count;
    }
  }
  if (values === 0)
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `The baseline "${name}" has nothing to choose its settings by: no pixel of its samples has data.`,
    );
  let best = 0;
  for (let s = 1; s < sums.length; s++) if (sums[s]! < sums[best]!) best = s;
  const chosen = settings[best]!;
  return {
    chosen: { ...chosen, trainingMse: sums[best]! / values },
    predict(input) {
      requirePoints(input, points, name);
      const [prediction] = method.apply(imageOf(input, name), [chosen]);
      return prediction!;
    },
  };
}

/** @throws SPECTRAI_DATA_EMPTY */
export function firstSample(part: BaselineData, baseline: string): Sample {
  if (part.size > 0) return part.sample(0);
  throw new SpectraiError(
    "SPECTRAI_DATA_EMPTY",
    `The baseline "${baseline}" has no samples to choose its settings by; enlarge the training part of the split.`,
  );
}

function imageOf(input: SpectralArray, baseline: string): SpectralArray {
  if (input.shape.length === 3) return input;
  throw new SpectraiError(
    "SPECTRAI_TASK_UNSUITABLE",
    `The baseline "${baseline}" works on images [rows, columns, bands], but a sample has the shape [${input.shape.join(", ")}].`,
  );
}

/** Samples evenly spread over a part. */
function spread(part: BaselineData, baseline: string): number[] {
  const size = firstSample(part, baseline).input.data.length;
  const count = Math.min(part.size, MOST_IMAGES, Math.max(1, Math.floor(MOST_VALUES / size)));
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * part.size) / count));
}

function squaredError(
  { data, shape }: Prediction,
  { id, input, target }: Sample,
  baseline: string,
): { readonly sum: number; readonly count: number } {
  if (target.kind !== "spectral" || target.value.data.length !== data.length)
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `The baseline "${baseline}" predicts [${shape.join(", ")}] for sample "${id}", which its target is not.`,
    );
  const { value } = target;
  const points = shape.at(-1)!;
  const sameGrid = input.data.length === data.length;
  const valid = sameGrid ? bothValid(input.valid, value.valid) : value.valid;
  let sum = 0;
  let count = 0;
  for (let from = 0, pixel = 0; from < data.length; from += points, pixel++) {
    if (valid && !valid[pixel]) continue;
    for (let at = from; at < from + points; at++) sum += (data[at]! - value.data[at]!) ** 2;
    count += points;
  }
  if (!Number.isFinite(sum))
    throw new SpectraiError(
      "SPECTRAI_DATA_VALUE",
      `Sample "${id}" holds values that are not finite numbers; leave it out or mend it before fitting.`,
    );
  return { sum, count };
}

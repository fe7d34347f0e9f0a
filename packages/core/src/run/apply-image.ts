import * as tf from "@tensorflow/tfjs-core";
import { type Axis, spectralArray, type SpectralArray } from "../axes.ts";
import type { FileEntry, OutputFolder } from "../contracts/files.ts";
import type { Model } from "../contracts/model.ts";
import type { DataFile } from "../contracts/reader.ts";
import type { Rectangle } from "../contracts/sample.ts";
import type { Writer } from "../contracts/writer.ts";
import { type Blend, type Span, spansOf } from "../images/tiles.ts";
import { SpectraiError } from "../errors.ts";
import { openImage, type OpenImage } from "./image-input.ts";
import { type ImageOutput, labelOutput, spectralOutput } from "./image-output.ts";
import type { InputOptions } from "./apply-input.ts";
import { inFile } from "./in-file.ts";
import type { LoadedModel } from "./load-model.ts";
import { averageOverOrientations, type Tta } from "./orientations.ts";
import { keptRows, type PartialRows } from "./partial-rows.ts";
import { forward } from "./predict.ts";
import { readoutOf } from "./readout.ts";
import { predictTiles } from "./tiled-prediction.ts";

export interface ImageApplyOptions extends InputOptions {
  readonly output: OutputFolder;
  /** Keep the network's own scale instead of going back to that of the input. */
  readonly normalized: boolean;
  /** Side of the tiles in pixels; absent = what memory and the network suggest. */
  readonly tile?: number;
  /** Pixels that neighbouring tiles share; absent = the network's receptive field, at most half a tile. */
  readonly overlap?: number;
  readonly blend: Blend;
  readonly tta: Tta;
  /** Segmentation: write the probability of every class as well. */
  readonly probabilities: boolean;
  /** Rows that are done are kept here until the file is whole, and taken from here when it is begun again. */
  readonly partial?: PartialRows;
  /** Tiles of the image. */
  readonly tiles?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Values of a tile as the network gets it, and of the output rows in the making, at most. */
const mostTileValues = 2 ** 22;
const mostRowValues = 2 ** 25;
const largestTile = 512;
const smallestTile = 32;

/** Applies a network that gives an image to an image of any size, tile by tile, and writes the result row by row. */
export async function applyToImage(
  loaded: LoadedModel,
  models: Map<string, Model>,
  file: DataFile,
  entry: FileEntry,
  name: string,
  writer: Writer,
  options: ImageApplyOptions,
): Promise<{ readonly resampled?: string }> {
  const image = await openImage(file, entry.path, loaded, options);
  const { output } = loaded.card.model.spec;
  const scale = loaded.card.model.spec.scale ?? 1;
  const { height, width } = image;
  const channels = output.kind === "mask" ? output.classes : output.kind === "spectral" ? output.shape.at(-1)! : 0;
  const bands = loaded.axis.values.length;
  const shape = { height: height * scale, width: width * scale };
  const plan = planTiles(loaded.model, image, { channels, bands: image.axis.values.length, scale }, options);
  const to: ImageOutput =
    output.kind === "mask"
      ? labelOutput(loaded, image, shape, options.probabilities)
      : spectralOutput(loaded.axis.values.length === channels ? loaded.axis : image.axis, image, shape);
  const files = await to.open(options.output, name, writer);
  try {
    const kept = await keptRows(plan.rows.length > 1 ? options.partial : undefined, {
      entry,
      card: loaded.card,
      plan,
      options: describe(options),
      bands,
    });
    for await (const values of kept.rows(shape.width * channels)) await files.write(values);
    const predicted = predictTiles({
      ...plan,
      height,
      width,
      channels,
      scale,
      from: kept.done,
      predict: (window) => inFile(entry.path, () => predictTile(loaded, models, image, window, options)),
      ...(options.tiles ? { progress: options.tiles } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    for await (const { y0, y1, values } of predicted) {
      await to.blankUnmeasured?.(values, y0, y1, channels, scale);
      await kept.add(y0, y1, values);
      await files.write(values);
    }
    await files.commit();
    await kept.clear();
  } catch (e) {
    await files.abort();
    throw e;
  }
  return image.resampled === undefined ? {} : { resampled: image.resampled };
}

/** What of the settings the numbers depend on. */
const describe = ({ tile, overlap, blend, tta, normalized, variable, axis }: ImageApplyOptions) => ({
  tile: tile ?? null,
  overlap: overlap ?? null,
  blend,
  tta,
  normalized,
  variable: variable ?? null,
  axis: axis ? { ...axis } : null,
});

function planTiles(
  model: Model,
  { height, width, spatial }: OpenImage,
  { channels, bands, scale }: { readonly channels: number; readonly bands: number; readonly scale: number },
  options: ImageApplyOptions,
): { readonly rows: readonly Span[]; readonly columns: readonly Span[] } {
  if (spatial) {
    // A step that moves pixels works on the whole image only.
    if (height * width * bands > 16 * mostTileValues)
      throw new SpectraiError(
        "SPECTRAI_DATA_SHAPE",
        `An image of ${height} × ${width} pixels is too large for the model's preprocessing, whose step ${spatial} moves pixels and so needs the whole image at once; cut it into parts, or train without that step.`,
      );
    const whole = (length: number): Span[] => [{ start: 0, stop: length, weights: new Float64Array(length).fill(1) }];
    return { rows: whole(height), columns: whole(width) };
  }
  const [fieldRows, fieldColumns] = model.receptiveField ?? [];
  const suited = Math.floor(Math.sqrt(mostTileValues / Math.max(bands, channels * scale * scale)));
  const along = (length: number, most: number, field: number | undefined, step: number): Span[] => {
    const tile = options.tile ?? Math.max(smallestTile, Math.min(largestTile, suited, most));
    const margin = field === undefined ? 0 : Math.ceil(field / 2);
    const overlap = Math.min(
      options.overlap ?? (field === undefined ? Math.ceil(tile / 4) : 2 * margin),
      Math.floor(tile / 2),
    );
    return spansOf({ length, tile, overlap, step, margin, blend: options.blend });
  };
  const [stepRows = 1, stepColumns = 1] = model.gridStep ?? [];
  const tallest = Math.floor(mostRowValues / (width * scale * scale * channels));
  return {
    rows: along(height, tallest, fieldRows, stepRows),
    columns: along(width, Infinity, fieldColumns, stepColumns),
  };
}

async function predictTile(
  loaded: LoadedModel,
  models: Map<string, Model>,
  image: OpenImage,
  window: Rectangle,
  { tta, normalized }: ImageApplyOptions,
): Promise<Float32Array> {
  const raw = await image.read(window);
  const { x, before } = loaded.pipeline.applyToInput(raw);
  const model = await loaded.modelFor(x.shape, models);
  const input = tf.tensor(x.data instanceof Float32Array ? x.data : Float32Array.from(x.data), [1, ...x.shape]);
  const output = averageOverOrientations(input, tta, (t) => forward(model, t));
  const values = (await output.data()) as Float32Array;
  const shape = output.shape.slice(1);
  tf.dispose([input, output]);
  if (loaded.card.model.spec.output.kind === "mask")
    return softmaxRows(values, shape.at(-1)!, readoutOf(loaded.card).temperature);
  if (normalized) return values;
  const axis: Axis = shape.at(-1) === loaded.axis.values.length ? loaded.axis : x.axis;
  const restored: SpectralArray = loaded.pipeline.inverse(spectralArray(values, shape, axis), before);
  return restored.data instanceof Float32Array ? restored.data : Float32Array.from(restored.data);
}

/** Logits to probabilities, in place where they may be. */
function softmaxRows(logits: Float32Array, classes: number, temperature = 1): Float32Array {
  const p = logits.slice();
  for (let at = 0; at < p.length; at += classes) {
    let top = -Infinity;
    for (let k = 0; k < classes; k++) top = Math.max(top, p[at + k]! / temperature);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += p[at + k] = Math.exp(p[at + k]! / temperature - top);
    for (let k = 0; k < classes; k++) p[at + k]! /= sum;
  }
  return p;
}

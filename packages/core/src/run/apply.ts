import * as tf from "@tensorflow/tfjs-core";
import { spectralArray, type SpectralArray } from "../axes.ts";
import type { FileEntry } from "../contracts/files.ts";
import type { Prediction } from "../contracts/metric.ts";
import type { Model } from "../contracts/model.ts";
import type { DataFile } from "../contracts/reader.ts";
import type { FileContent } from "../contracts/writer.ts";
import { type NdArray, ndarray } from "../ndarray.ts";
import { resampleLinear } from "../resample.ts";
import { services as tokens } from "../tokens.ts";
import { applyToImage, type ImageApplyOptions } from "./apply-image.ts";
import { readSamples } from "./apply-input.ts";
import { labelContent, outputNames, writeResult } from "./apply-output.ts";
import { inFile } from "./in-file.ts";
import type { LoadedModel } from "./load-model.ts";
import { describeResampling, needsResampling } from "./on-axis.ts";
import type { PartialRows } from "./partial-rows.ts";
import { fitsTable, predictionTable, startTable } from "./prediction-table.ts";
import { forward, splitRows } from "./predict.ts";
import { readoutOf, readOutput } from "./readout.ts";
import type { Workbench } from "./workbench.ts";

export interface ApplyOptions extends Omit<ImageApplyOptions, "partial" | "tiles"> {
  readonly inputs: readonly FileEntry[];
  /** Where the finished rows of a large image are kept until its file is whole. */
  readonly partial?: (name: string) => PartialRows;
  /** With the dot. */
  readonly extension: string;
  readonly batchSize: number;
  /** Files done, and of an image the tiles. */
  readonly progress?: (done: number, total: number, name: string, tile?: number, tiles?: number) => void;
  /** Spectra done of those of the file that is at work. */
  readonly spectra?: (done: number, total: number) => void;
}

export interface AppliedFile {
  readonly input: string;
  readonly output: string;
  readonly samples: number;
  /** How its spectra were brought to the model's axis; absent where they are on it. */
  readonly resampled?: string;
}

/**
 * Runs a model over files. Spectra, cubes and masks: one result file for each, with the axis. Classes and numbers: as .csv
 * one table for all files, otherwise a file for each.
 */
export async function applyModel(bench: Workbench, loaded: LoadedModel, options: ApplyOptions): Promise<AppliedFile[]> {
  const formats = bench.services.get(tokens.formats);
  const files = bench.services.get(tokens.files);
  const asTable = options.extension === ".csv" && fitsTable(loaded.card);
  const table = asTable ? await startTable(options.output, loaded.card) : undefined;
  const writer = table ? undefined : await formats.writer(options.extension);
  const { data, output } = loaded.card.model.spec;
  const isImages = data === "cube" && (output.kind === "mask" || output.kind === "spectral");
  const models = new Map<string, Model>();
  const done: AppliedFile[] = [];
  const names = outputNames(options.inputs, options.extension);
  try {
    for (const [i, entry] of options.inputs.entries()) {
      options.progress?.(i, options.inputs.length, entry.path);
      const source = await files.open(entry.path);
      let file: DataFile | undefined;
      try {
        file = await formats.open(source);
        if (isImages) {
          const { partial, progress, ...settings } = options;
          const { resampled } = await applyToImage(loaded, models, file, entry, names[i]!, writer!, {
            ...settings,
            ...(partial ? { partial: partial(names[i]!) } : {}),
            ...(progress
              ? { tiles: (tile, tiles) => progress(i, options.inputs.length, entry.path, tile, tiles) }
              : {}),
          });
          if (resampled !== undefined) bench.logger.warn(`${entry.path}: ${resampled}.`);
          done.push({
            input: entry.path,
            output: `${options.output.location}/${names[i]!}`,
            samples: 1,
            ...(resampled === undefined ? {} : { resampled }),
          });
          continue;
        }
        const samples = await readSamples(file, entry.path, loaded, options);
        const from = samples[0]!.axis;
        const resampled = needsResampling(from, loaded.inputAxis)
          ? describeResampling(from, loaded.inputAxis)
          : undefined;
        if (resampled !== undefined) bench.logger.warn(`${entry.path}: ${resampled}.`);
        const prepared = await inFile(entry.path, () => prepare(loaded, samples));
        const predictions = await predictAll(loaded, prepared, options, models);
        await table?.add(entry, predictions);
        if (writer)
          await writeResult(options.output, names[i]!, writer, contentOf(loaded, prepared, predictions, options));
        done.push({
          input: entry.path,
          output: `${options.output.location}/${table ? predictionTable : names[i]!}`,
          samples: samples.length,
          ...(resampled === undefined ? {} : { resampled }),
        });
      } finally {
        await file?.close();
        await source.close?.();
      }
    }
    await table?.commit();
  } catch (e) {
    await table?.abort();
    throw e;
  } finally {
    for (const model of models.values()) model.dispose();
  }
  options.progress?.(options.inputs.length, options.inputs.length, "");
  return done;
}

interface Prepared {
  readonly x: SpectralArray;
  readonly before: readonly SpectralArray[];
}

/** On the model's axis and preprocessed. */
const prepare = ({ inputAxis, pipeline }: LoadedModel, samples: readonly SpectralArray[]): Prepared[] =>
  samples.map((x) => pipeline.applyToInput(needsResampling(x.axis, inputAxis) ? resampleLinear(x, inputAxis) : x));

async function predictAll(
  loaded: LoadedModel,
  prepared: readonly Prepared[],
  { batchSize, spectra }: ApplyOptions,
  models: Map<string, Model>,
): Promise<Prediction[]> {
  const shape = prepared[0]!.x.shape;
  const model = await loaded.modelFor(shape, models);
  const predictions: Prediction[] = [];
  for (let start = 0; start < prepared.length; start += batchSize) {
    const rows = prepared.slice(start, start + batchSize);
    const size = rows[0]!.x.data.length;
    const host = new Float32Array(rows.length * size);
    for (const [i, row] of rows.entries()) host.set(row.x.data, i * size);
    const input = tf.tensor(host, [rows.length, ...shape], "float32");
    const output = forward(model, input);
    predictions.push(...(await splitRows(output)).map((p) => readOutput(p, readoutOf(loaded.card))));
    tf.dispose([input, output]);
    spectra?.(start + rows.length, prepared.length);
  }
  return predictions;
}

/** What a result file holds. */
function contentOf(
  loaded: LoadedModel,
  prepared: readonly Prepared[],
  predictions: readonly Prediction[],
  options: ApplyOptions,
): FileContent {
  const { output } = loaded.card.model.spec;
  if (output.kind !== "spectral") return labelContent(loaded, predictions);
  const results = predictions.map((p, i) => {
    const axis = p.shape.at(-1) === loaded.axis.values.length ? loaded.axis : prepared[i]!.x.axis;
    const spectrum = spectralArray(p.data as Float32Array, p.shape, axis);
    return options.normalized ? spectrum : loaded.pipeline.inverse(spectrum, prepared[i]!.before);
  });
  const { axis } = results[0]!;
  const width = results[0]!.data.length;
  const all = new Float32Array(results.length * width);
  for (const [i, r] of results.entries()) all.set(r.data, i * width);
  const data: NdArray = ndarray(all, results[0]!.shape.length === 1 ? [results.length, width] : results[0]!.shape);
  return { variables: { data }, axis };
}

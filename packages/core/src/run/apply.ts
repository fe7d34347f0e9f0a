import * as tf from "@tensorflow/tfjs-core";
import { type Axis, indexAxis, sameAxis, spectralArray, type SpectralArray } from "../axes.ts";
import type { FileEntry, OutputFolder } from "../contracts/files.ts";
import type { Prediction } from "../contracts/metric.ts";
import type { Model } from "../contracts/model.ts";
import type { DataFile, VariableInfo } from "../contracts/reader.ts";
import type { FileContent } from "../contracts/writer.ts";
import { SpectraiError } from "../errors.ts";
import { type NdArray, ndarray, toFloat64 } from "../ndarray.ts";
import { resampleLinear } from "../resample.ts";
import { services as tokens } from "../tokens.ts";
import type { LoadedModel } from "./load-model.ts";
import { forward, splitRows } from "./predict.ts";
import type { Workbench } from "./workbench.ts";

export interface ApplyOptions {
  readonly inputs: readonly FileEntry[];
  readonly output: OutputFolder;
  /** With the dot. */
  readonly extension: string;
  /** The variable to read, where a file has several. */
  readonly variable?: string;
  /** The axis of files that carry none. */
  readonly axis?: Axis;
  /** Keep the network's own scale instead of going back to that of the input. */
  readonly normalized: boolean;
  readonly batchSize: number;
  readonly progress?: (done: number, total: number, name: string) => void;
}

export interface AppliedFile {
  readonly input: string;
  readonly output: string;
  readonly samples: number;
}

/** Runs a model over files and writes one result file for each, with the axis. */
export async function applyModel(bench: Workbench, loaded: LoadedModel, options: ApplyOptions): Promise<AppliedFile[]> {
  const formats = bench.services.get(tokens.formats);
  const files = bench.services.get(tokens.files);
  const writer = await formats.writer(options.extension);
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
        const samples = await readSamples(file, entry.path, loaded, options);
        const content = await predictAll(bench, loaded, samples, options, models, entry.path);
        await writeResult(options.output, names[i]!, writer.write.bind(writer), content, options.extension);
        done.push({ input: entry.path, output: `${options.output.location}/${names[i]!}`, samples: samples.length });
      } finally {
        await file?.close();
        await source.close?.();
      }
    }
  } finally {
    for (const model of models.values()) model.dispose();
  }
  options.progress?.(options.inputs.length, options.inputs.length, "");
  return done;
}

/** `a/x.mat` → `a/x.npy`; where two inputs would give one name, the input's extension stays in it. */
function outputNames(inputs: readonly FileEntry[], extension: string): string[] {
  const stem = (e: FileEntry): string => e.relative.replace(/\.[^./\\]+$/, "");
  const count = new Map<string, number>();
  for (const e of inputs) count.set(stem(e), (count.get(stem(e)) ?? 0) + 1);
  return inputs.map((e) => (count.get(stem(e)) === 1 ? stem(e) : e.relative.replaceAll(".", "_")) + extension);
}

async function writeResult(
  folder: OutputFolder,
  name: string,
  write: (c: FileContent, sink: { write(b: Uint8Array): Promise<void> }) => Promise<void>,
  content: FileContent,
  extension: string,
): Promise<void> {
  const put = async (fileName: string, body: FileContent): Promise<void> => {
    const sink = await folder.create(fileName);
    try {
      await write(body, sink);
      await sink.commit();
    } catch (e) {
      await sink.abort();
      throw e;
    }
  };
  await put(name, content);
  // A .npy file holds one array and nothing else: the axis goes beside it.
  if (extension === ".npy" && content.axis)
    await put(name.replace(/\.npy$/, ".axis.npy"), { variables: { axis: ndarray(content.axis.values) } });
}

/** The spectra (rows) or the cube of a file, on the model's input axis. */
async function readSamples(
  file: DataFile,
  path: string,
  loaded: LoadedModel,
  options: ApplyOptions,
): Promise<SpectralArray[]> {
  const info = chooseVariable(file, path, options.variable, loaded);
  const cube = loaded.card.model.spec.data === "cube";
  const wanted = cube ? 3 : 2;
  const array = await file.read(info.name);
  const shape = array.shape.filter((d, i) => d !== 1 || i === array.shape.length - 1);
  if (shape.length > wanted || (cube && shape.length < 3))
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `${path}: ${info.name} has the shape [${array.shape.join(", ")}], but the model takes ${cube ? "a cube [height, width, bands]" : "one spectrum or a matrix with a spectrum in each row"}.`,
    );
  const points = loaded.inputAxis.values.length;
  const data = toFloat64(array.data);
  checkValues(data, path, shape.at(-1)!);
  const matrix =
    shape.length === 2 && !cube && shape[1] !== points && shape[0] === points
      ? transpose(data, shape[0]!, shape[1]!)
      : data;
  const length = matrix === data ? shape.at(-1)! : shape[0]!;
  const axis =
    file.axis?.values.length === length
      ? file.axis
      : options.axis?.values.length === length
        ? options.axis
        : length === points
          ? loaded.inputAxis
          : indexAxis(length);
  if (cube) return [spectralArray(data, shape, axis)];
  return Array.from({ length: data.length / length }, (_, i) =>
    spectralArray(matrix.slice(i * length, (i + 1) * length), [length], axis),
  );
}

function chooseVariable(file: DataFile, path: string, wanted: string | undefined, loaded: LoadedModel): VariableInfo {
  const numeric = file.variables.filter((v) => v.kind === "numeric");
  const names = numeric.map((v) => v.name).join(", ");
  if (wanted !== undefined) {
    const found = numeric.find((v) => v.name === wanted);
    if (!found)
      throw new SpectraiError(
        "SPECTRAI_DATA_EMPTY",
        `${path} has no numeric variable "${wanted}"; it has ${names || "none"}.`,
      );
    return found;
  }
  if (numeric.length === 0) throw new SpectraiError("SPECTRAI_DATA_EMPTY", `${path} holds no numeric array.`);
  // Readers give the values of the spectral axis under this name.
  const candidates = numeric.length > 1 ? numeric.filter((v) => v.name !== "axis") : numeric;
  if (candidates.length === 1) return candidates[0]!;
  const points = loaded.inputAxis.values.length;
  const fitting = candidates.filter((v) => v.shape.includes(points) && v.shape.some((d) => d > 1 && d !== points));
  if (fitting.length === 1) return fitting[0]!;
  throw new SpectraiError("SPECTRAI_DATA_SHAPE", `${path} has several arrays (${names}); say which with --variable.`);
}

function checkValues(data: Float64Array, path: string, points: number): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]!))
      throw new SpectraiError(
        "SPECTRAI_DATA_VALUE",
        `${path}: row ${Math.floor(i / points)}, point ${i % points} is ${data[i]}; remove the row or mend the value.`,
        { details: { file: path } },
      );
}

function transpose(data: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c]!;
  return out;
}

async function predictAll(
  bench: Workbench,
  loaded: LoadedModel,
  samples: readonly SpectralArray[],
  options: ApplyOptions,
  models: Map<string, Model>,
  path: string,
): Promise<FileContent> {
  const prepared = samples.map((x) => loaded.pipeline.applyToInput(onModelAxis(bench, x, loaded, path)));
  const shape = prepared[0]!.x.shape;
  const model = await modelFor(loaded, shape, models);
  const predictions: Prediction[] = [];
  for (let start = 0; start < prepared.length; start += options.batchSize) {
    const rows = prepared.slice(start, start + options.batchSize);
    const size = rows[0]!.x.data.length;
    const host = new Float32Array(rows.length * size);
    for (const [i, row] of rows.entries()) host.set(row.x.data, i * size);
    const input = tf.tensor(host, [rows.length, ...shape], "float32");
    const output = forward(model, input);
    predictions.push(...(await splitRows(output)));
    tf.dispose([input, output]);
  }
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

/** Classes as probabilities and the most likely index; numbers as they are. */
function labelContent(loaded: LoadedModel, predictions: readonly Prediction[]): FileContent {
  const width = predictions[0]!.shape.at(-1)!;
  const flat = new Float32Array(predictions.reduce((n, p) => n + p.data.length, 0));
  let at = 0;
  for (const p of predictions) {
    flat.set(p.data, at);
    at += p.data.length;
  }
  const shape =
    predictions.length === 1 && predictions[0]!.shape.length > 1
      ? predictions[0]!.shape
      : [predictions.length, ...predictions[0]!.shape];
  if (loaded.card.model.spec.output.kind === "numbers")
    return {
      variables: { values: ndarray(flat, shape) },
      attributes: { names: loaded.card.target.names ?? [], units: loaded.card.target.units ?? [] },
    };
  const labels = new Int32Array(flat.length / width);
  for (let i = 0; i < labels.length; i++) {
    const row = flat.subarray(i * width, (i + 1) * width);
    const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
    labels[i] = row.indexOf(top);
    const sum = row.reduce((s, v) => s + Math.exp(v - top), 0);
    for (let k = 0; k < width; k++) row[k] = Math.exp(row[k]! - top) / sum;
  }
  return {
    variables: { class: ndarray(labels, shape.slice(0, -1)), probability: ndarray(flat, shape) },
    attributes: { classes: loaded.card.target.classes ?? [] },
  };
}

function onModelAxis(bench: Workbench, x: SpectralArray, loaded: LoadedModel, path: string): SpectralArray {
  const { inputAxis } = loaded;
  if (sameAxis(x.axis, inputAxis) || x.axis.unit === "index" || inputAxis.unit === "index") return x;
  const out = resampleLinear(x, inputAxis);
  noticeOnce(
    bench,
    `${path}: resampled from ${x.axis.values.length} to the model's ${inputAxis.values.length} points.`,
  );
  return out;
}

const noticed = new WeakMap<Workbench, Set<string>>();
function noticeOnce(bench: Workbench, message: string): void {
  const said = noticed.get(bench) ?? new Set();
  noticed.set(bench, said);
  if (said.has(message)) return;
  said.add(message);
  bench.logger.warn(message);
}

/** The model itself for inputs of its own shape, otherwise one resized, kept for the next file of that shape. */
async function modelFor(loaded: LoadedModel, shape: readonly number[], models: Map<string, Model>): Promise<Model> {
  const trained = loaded.card.model.spec.input;
  if (trained.every((d, i) => d === 0 || d === shape[i])) return loaded.model;
  const key = shape.join("x");
  const known = models.get(key);
  if (known) return known;
  const model = await loaded.resized(shape);
  models.set(key, model);
  return model;
}

import type { FileEntry, OutputFolder } from "../contracts/files.ts";
import type { Prediction } from "../contracts/metric.ts";
import type { FileContent, Writer } from "../contracts/writer.ts";
import { ndarray } from "../ndarray.ts";
import { fileGroup } from "./file-group.ts";
import type { LoadedModel } from "./load-model.ts";

/** `a/x.mat` → `a/x.npy`; where two inputs would give one name, the input's extension stays in it. */
export function outputNames(inputs: readonly FileEntry[], extension: string): string[] {
  const stem = (e: FileEntry): string => e.relative.replace(/\.[^./\\]+$/, "");
  const count = new Map<string, number>();
  for (const e of inputs) count.set(stem(e), (count.get(stem(e)) ?? 0) + 1);
  return inputs.map((e) => (count.get(stem(e)) === 1 ? stem(e) : e.relative.replaceAll(".", "_")) + extension);
}

/** Writes a result. A .npy file holds one array and nothing else, so the axis and further arrays get files beside it. */
export async function writeResult(
  folder: OutputFolder,
  name: string,
  writer: Writer,
  content: FileContent,
): Promise<void> {
  const put = async (fileName: string, body: FileContent): Promise<void> => {
    const files = await fileGroup(folder, fileName);
    try {
      await writer.write(body, files.sink, files.beside);
      await files.commit();
    } catch (e) {
      await files.abort();
      throw e;
    }
  };
  const [first, ...others] = Object.entries(content.variables);
  if (!name.endsWith(".npy") || !first) return put(name, content);
  const beside = (what: string): string => name.replace(/\.npy$/, `.${what}.npy`);
  await put(name, { variables: { [first[0]]: first[1] } });
  for (const [key, array] of others) await put(beside(key), { variables: { [key]: array } });
  if (content.axis) await put(beside("axis"), { variables: { axis: ndarray(content.axis.values) } });
}

/** Classes as probabilities and the most likely index; numbers as they are. */
export function labelContent(loaded: LoadedModel, predictions: readonly Prediction[]): FileContent {
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

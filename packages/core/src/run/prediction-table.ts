import type { FileEntry, OutputFolder } from "../contracts/files.ts";
import type { Prediction } from "../contracts/metric.ts";
import type { ByteSink } from "../contracts/writer.ts";
import { SpectraiError } from "../errors.ts";
import type { ModelCard } from "../model-file.ts";
import { probabilities } from "./temperature.ts";

/** The one table that classes and numbers of all files go into. */
export const predictionTable = "predictions.csv";

/** Whether a model tells one thing of a whole spectrum or cube, so that a table holds it. */
export const fitsTable = ({ model: { spec } }: ModelCard): boolean =>
  spec.output.kind === "class" || spec.output.kind === "numbers";

interface PredictionTable {
  add(entry: FileEntry, predictions: readonly Prediction[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/**
 * Starts the table: a line for each spectrum with its file and row, then the class and the probability of every class, or
 * the numbers under their names and units.
 */
export async function startTable(folder: OutputFolder, card: ModelCard): Promise<PredictionTable> {
  const sink = await folder.create(predictionTable);
  const { classes, names = [], units = [] } = card.target;
  const header = classes
    ? ["file", "row", "class", ...classes.map((c) => `P(${c})`)]
    : ["file", "row", ...names.map((n, i) => (units[i] ? `${n} (${units[i]})` : n))];
  const rowOf = classes ? classCells(classes) : numberCells;
  await writeLine(sink, header);
  return {
    async add({ relative }, predictions) {
      for (const [row, prediction] of predictions.entries()) {
        const cells = rowOf(prediction);
        if (cells.length !== header.length - 2)
          throw new SpectraiError(
            "SPECTRAI_MODEL_MISMATCH",
            `${relative}: the model gives ${cells.length} values, but its file names ${header.length - 2}.`,
          );
        await writeLine(sink, [relative, String(row), ...cells]);
      }
    },
    commit: () => sink.commit(),
    abort: () => sink.abort(),
  };
}

const classCells =
  (classes: readonly string[]) =>
  ({ data }: Prediction): string[] => {
    const p = probabilities(data);
    return [classes[p.indexOf(Math.max(...p))] ?? "", ...Array.from(p, (v) => v.toPrecision(6))];
  };

/** A network's numbers are good for seven digits. */
const numberCells = ({ data }: Prediction): string[] => Array.from(data, (v) => String(Number(v.toPrecision(7))));

const writeLine = (sink: ByteSink, cells: readonly string[]): Promise<void> =>
  sink.write(new TextEncoder().encode(`${cells.map(quoted).join(",")}\n`));

const quoted = (cell: string): string => (/["\n\r,]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

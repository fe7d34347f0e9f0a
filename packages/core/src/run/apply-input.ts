import {
  type Axis,
  type AxisUnit,
  indexAxis,
  linearAxis,
  makeAxis,
  spectralArray,
  type SpectralArray,
} from "../axes.ts";
import type { DataFile, VariableInfo } from "../contracts/reader.ts";
import { SpectraiError } from "../errors.ts";
import { sizeOf, toFloat64 } from "../ndarray.ts";
import type { LoadedModel } from "./load-model.ts";

export interface InputOptions {
  /** The variable to read, where a file has several. */
  readonly variable?: string;
  /** The axis of files that carry none, or another than theirs: evenly spaced, both ends included. */
  readonly axis?: { readonly start: number; readonly stop: number; readonly unit: AxisUnit };
}

/**
 * The spectra (rows) or the cube of a file, on the file's own axis.
 *
 * @throws SPECTRAI_DATA_EMPTY, SPECTRAI_DATA_SHAPE, SPECTRAI_DATA_VALUE
 */
export async function readSamples(
  file: DataFile,
  path: string,
  loaded: LoadedModel,
  options: InputOptions,
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
  const axis = await axisOf(file, length, loaded, options);
  if (cube) return [spectralArray(data, shape, axis)];
  return Array.from({ length: data.length / length }, (_, i) =>
    spectralArray(matrix.slice(i * length, (i + 1) * length), [length], axis),
  );
}

/**
 * What was said on the command line, else what the file says (in the model's unit where it has values without one), else
 * the model's axis where the lengths agree.
 */
async function axisOf(
  file: DataFile,
  length: number,
  { inputAxis }: LoadedModel,
  { axis }: InputOptions,
): Promise<Axis> {
  if (axis) return linearAxis(axis.start, axis.stop, length, axis.unit);
  if (file.axis?.values.length === length) return file.axis;
  const values = file.variables.find((v) => v.name === "axis" && v.kind === "numeric" && sizeOf(v.shape) === length);
  if (values && inputAxis.unit !== "index") return makeAxis(toFloat64((await file.read("axis")).data), inputAxis.unit);
  return inputAxis.values.length === length ? inputAxis : indexAxis(length);
}

/** The variable that is wanted, else the only one that can be the model's input. @throws SPECTRAI_DATA_EMPTY, SPECTRAI_DATA_SHAPE */
export function chooseVariable(
  file: DataFile,
  path: string,
  wanted: string | undefined,
  loaded: LoadedModel,
): VariableInfo {
  const numeric = file.variables.filter((v) => v.kind === "numeric");
  const told = numeric.slice(0, mostNames).map((v) => v.name);
  const names = told.join(", ") + (numeric.length > told.length ? ` and ${numeric.length - told.length} more` : "");
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

/** Of the variables of a file, in a sentence: a table may have one for each point. */
const mostNames = 8;

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

import {
  type Axis,
  type DataFile,
  type FloatArray,
  type Region,
  SpectraiError,
  type SpectralArray,
  spectralArray,
  sizeOf,
} from "@spectrai/core";
import { copyStrided } from "../bytes/strided.ts";
import { asFloats, checkSpectrum } from "./floats.ts";
import type { FilePool } from "./pool.ts";
import { pickVariable } from "./variables.ts";

export type Orientation = "auto" | "rows" | "columns";

/** The spectra of one file: a matrix with one a row (or a column), or a single one. */
export interface SpectraFile {
  readonly path: string;
  readonly variable: string;
  readonly rows: number;
  readonly length: number;
  readonly axis?: Axis;
  row(index: number): Promise<FloatArray>;
}

export interface RowOptions {
  readonly variable: string | undefined;
  readonly orientation: Orientation;
  /** The option's name, for messages. */
  readonly option: string;
  /** Number of points, where it is known. */
  readonly length: number | undefined;
}

export const describeSpectra = (
  pool: FilePool,
  cache: MatrixCache,
  path: string,
  options: RowOptions,
): Promise<SpectraFile> =>
  pool.use(path, async (file) => {
    const { name, shape } = pickVariable(path, file, options.variable, options.option);
    const flat = shape.filter((d) => d !== 1);
    if (flat.length > 2)
      throw new SpectraiError(
        "SPECTRAI_DATA_SHAPE",
        `${path}: "${name}" has the shape [${shape.join(", ")}], where spectra need a matrix (one spectrum a row). For images use the data set "cubes"; for another variable the option ${options.option}.`,
        { details: { file: path, variable: name, shape } },
      );
    if (sizeOf(shape) === 0)
      throw new SpectraiError("SPECTRAI_DATA_EMPTY", `${path}: "${name}" is empty (shape [${shape.join(", ")}]).`, {
        details: { file: path, variable: name },
      });
    // A vector is one spectrum whichever way it lies, unless the orientation says that its values are spectra of one point.
    const matrix = flat.length === 2 ? (flat as [number, number]) : lying(shape, flat[0] ?? 1, options.orientation);
    const inColumns =
      options.orientation === "columns" ||
      (options.orientation === "auto" && isTransposed(matrix, file, options.length));
    const [rows, length] = inColumns ? [matrix[1], matrix[0]] : matrix;
    const axis = file.axis && file.axis.values.length === length ? { axis: file.axis } : {};
    return {
      path,
      variable: name,
      rows,
      length,
      ...axis,
      row: rowReader(pool, cache, { path, variable: name, shape, rows, length, inColumns }),
    };
  });

const lying = (shape: readonly number[], length: number, orientation: Orientation): [number, number] =>
  orientation === "columns"
    ? [length, 1]
    : orientation === "rows" && shape.length === 2 && shape[1] === 1
      ? [length, 1]
      : [1, length];

/** By what is known of the number of points: an axis in the file, or the length of the other spectra. */
function isTransposed([m, n]: readonly [number, number], file: DataFile, length: number | undefined): boolean {
  const points = length ?? file.axis?.values.length;
  return points !== undefined && points === m && points !== n;
}

interface Place {
  readonly path: string;
  readonly variable: string;
  readonly shape: readonly number[];
  readonly rows: number;
  readonly length: number;
  readonly inColumns: boolean;
}

function rowReader(
  pool: FilePool,
  cache: MatrixCache,
  { path, variable, shape, rows, length, inColumns }: Place,
): SpectraFile["row"] {
  const read = async (region?: Region): Promise<FloatArray> =>
    pool.use(path, async (file) => asFloats(await file.read(variable, region)));
  if (rows === 1) return () => read();
  if (!cache.holds(rows * length)) {
    const longDims = shape.map((d, k) => ({ d, k })).filter(({ d }) => d !== 1);
    const rowDim = longDims[inColumns ? 1 : 0]!.k;
    return (i) => read(shape.map((d, k) => (k === rowDim ? [i, i + 1] : [0, d])));
  }
  const load = async (): Promise<FloatArray> => {
    const data = await read();
    if (!inColumns) return data;
    const turned = data.slice();
    copyStrided({ data, start: 0, strides: [1, rows] }, { data: turned, start: 0, strides: [length, 1] }, [
      rows,
      length,
    ]);
    return turned;
  };
  return async (i) => (await cache.get(`${path}\0${variable}`, load)).subarray(i * length, (i + 1) * length);
}

/** The matrices last read, shared by their rows. */
export interface MatrixCache {
  /** Whether a matrix of so many elements is read whole; a larger one is read row by row. */
  holds(elements: number): boolean;
  get(key: string, load: () => Promise<FloatArray>): Promise<FloatArray>;
  clear(): void;
}

export function matrixCache(most = 4, mostElements = 2 ** 27): MatrixCache {
  const held = new Map<string, Promise<FloatArray>>();
  return {
    holds: (elements) => elements <= mostElements,
    get(key, load) {
      const found = held.get(key) ?? load();
      held.delete(key);
      held.set(key, found);
      // A failure is not kept: the next reader sees it anew.
      found.catch(() => held.delete(key));
      for (const old of held.keys()) {
        if (held.size <= most) break;
        held.delete(old);
      }
      return found;
    },
    clear: () => held.clear(),
  };
}

/** One spectrum of a file, checked. @throws SPECTRAI_DATA_VALUE, SPECTRAI_DATA_LENGTH */
export async function readSpectrum(file: SpectraFile, row: number, axis: Axis): Promise<SpectralArray> {
  const data = await file.row(row);
  if (data.length !== axis.values.length)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `${file.path} has spectra of ${data.length} points, where ${axis.values.length} are due.`,
      { details: { file: file.path } },
    );
  checkSpectrum(data, file.path, row, file.rows);
  return spectralArray(data, [data.length], axis);
}

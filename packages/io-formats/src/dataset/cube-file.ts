import {
  type Axis,
  blankUnmeasured,
  type DataFile,
  type FloatArray,
  type Rectangle,
  type Region,
  isNoData,
  SpectraiError,
  toFloat64,
} from "@spectrai/core";
import { copyStrided } from "../bytes/strided.ts";
import { asFloats, firstNotFinite } from "./floats.ts";
import type { FilePool } from "./pool.ts";
import { pickVariable } from "./variables.ts";

/** The cube of one file. */
export interface CubeFile {
  readonly path: string;
  readonly variable: string;
  readonly height: number;
  readonly width: number;
  /** Bands that are used, and which of the file's they are where some are left out. */
  readonly bands: number;
  readonly allBands: number;
  readonly kept?: readonly number[];
  readonly axis?: Axis;
  /** A window `[H, W, L]`. Pixels without data are 0 there, and 0 in `valid`, which is absent where all have data. */
  read(window: Rectangle): Promise<{ readonly data: FloatArray; readonly valid?: Uint8Array }>;
  /** A window with all bands, as they are stored. */
  readStored(window: Rectangle): Promise<FloatArray>;
  /** What stands for "not measured". */
  readonly noData?: number;
  /** The same image with these of the file's bands, in this order. */
  withBands(bands: readonly number[]): CubeFile;
}

export interface CubeOptions {
  readonly variable: string | undefined;
  readonly layout: "H,W,C" | "C,H,W";
  /** A variable with one number a band; absent = as the file says. */
  readonly goodBands: string | undefined;
  /** Bands that are used besides: those that have data in the first image, say. */
  readonly only?: readonly number[];
  /** What stands for "not measured"; absent = as the file says. */
  readonly noData: NoData | undefined;
  readonly option: string;
}

/** A value, not-a-number, or nothing at all. */
export type NoData = number | "nan" | "none";

/** @throws SPECTRAI_DATA_SHAPE when the variable has not three dimensions */
export const describeCube = (
  pool: FilePool,
  path: string,
  { variable, layout, goodBands, only, noData, option }: CubeOptions,
): Promise<CubeFile> =>
  pool.use(path, async (file) => {
    const { name, shape } = pickVariable(path, file, variable, option);
    if (shape.length !== 3 || shape.includes(0))
      throw new SpectraiError(
        "SPECTRAI_DATA_SHAPE",
        `${path}: "${name}" has the shape [${shape.join(", ")}], where an image needs rows, columns and bands. For spectra use the data set "spectra"; for another variable the option ${option}.`,
        {
          details: { file: path, variable: name, shape },
        },
      );
    const last = layout === "H,W,C";
    const [height, width, all] = (last ? shape : [shape[1], shape[2], shape[0]]) as [number, number, number];
    const good =
      goodBands === undefined ? bandsOfFile(file, path, all) : await readGoodBands(pool, path, goodBands, all);
    const kept = only ? only.filter((b) => !good || good.includes(b)) : good;
    const missing = noDataOf(noData, file);
    const fileAxis = file.axis?.values.length === all ? file.axis : undefined;
    const stored = async ({ y0, y1, x0, x1 }: Rectangle): Promise<FloatArray> => {
      const region: Region = last
        ? [
            [y0, y1],
            [x0, x1],
            [0, all],
          ]
        : [
            [0, all],
            [y0, y1],
            [x0, x1],
          ];
      return pool.use(path, async (f) => asFloats(await f.read(name, region)));
    };
    const withBands = (used: readonly number[] | undefined): CubeFile => {
      const bands = used?.length ?? all;
      const axis =
        fileAxis && used ? { ...fileAxis, values: Float64Array.from(used, (b) => fileAxis.values[b]!) } : fileAxis;
      return {
        path,
        variable: name,
        height,
        width,
        bands,
        allBands: all,
        ...(used ? { kept: used } : {}),
        ...(axis ? { axis } : {}),
        ...(missing === undefined ? {} : { noData: missing }),
        withBands,
        readStored: async (w) => arrange(await stored(w), w.y1 - w.y0, w.x1 - w.x0, all, last, undefined),
        read: async (window) => {
          const { y0, y1, x0, x1 } = window;
          const arranged = arrange(await stored(window), y1 - y0, x1 - x0, all, last, used);
          const read = missing === undefined ? { data: arranged } : blankUnmeasured(arranged, bands, missing);
          checkCube(read.data, path, window, bands, missing !== undefined);
          return read;
        },
      };
    };
    return withBands(kept);
  });

/** The bands that the file itself calls good; undefined where it says nothing or all are. */
function bandsOfFile({ goodBands }: DataFile, path: string, bands: number): number[] | undefined {
  if (!goodBands || goodBands.length !== bands || goodBands.every((flag) => flag !== 0)) return undefined;
  return goodOf(goodBands, `The bad-band list of ${path}`, { file: path });
}

const noDataOf = (asked: NoData | undefined, { noData }: DataFile): number | undefined =>
  asked === undefined ? noData : asked === "none" ? undefined : asked === "nan" ? NaN : asked;

/** The bands in which a stored image has any data at all, looked for in some of its rows. */
export async function bandsWithData(image: CubeFile, missing: number): Promise<number[]> {
  const found = new Uint8Array(image.allBands);
  const isMissing = isNoData(missing);
  const rows = Math.min(image.height, rowsLookedAt);
  for (let k = 0; k < rows; k++) {
    const y0 = Math.floor(((k + 0.5) * image.height) / rows);
    const data = await image.readStored({ y0, y1: y0 + 1, x0: 0, x1: image.width });
    for (let at = 0; at < data.length; at++) if (!isMissing(data[at]!)) found[at % image.allBands] = 1;
  }
  return Array.from(found.keys()).filter((b) => found[b] !== 0);
}

const rowsLookedAt = 32;

function goodOf(flags: ArrayLike<number>, what: string, details: { readonly file: string }): number[] {
  const kept = Array.from({ length: flags.length }, (_, b) => b).filter((b) => flags[b] !== 0);
  if (kept.length === 0)
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `${what} leaves no band; it has 1 for a band that is used and 0 for one that is not.`,
      { details },
    );
  return kept;
}

async function readGoodBands(pool: FilePool, path: string, variable: string, bands: number): Promise<number[]> {
  const flags = await pool.use(path, async (file) => toFloat64((await file.read(variable)).data));
  if (flags.length !== bands)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `goodBands: "${variable}" in ${path} has ${flags.length} values, but the image has ${bands} bands.`,
      { details: { file: path, variable } },
    );
  return goodOf(flags, `goodBands: "${variable}" in ${path}`, { file: path });
}

/** Bands last, and only those that are kept. */
function arrange(
  stored: FloatArray,
  h: number,
  w: number,
  all: number,
  bandsLast: boolean,
  kept: readonly number[] | undefined,
): FloatArray {
  if (bandsLast && !kept) return stored;
  const bands = kept ?? Array.from({ length: all }, (_, b) => b);
  const n = bands.length;
  const Float = stored instanceof Float64Array ? Float64Array : Float32Array;
  const out: FloatArray = new Float(h * w * n);
  if (!kept) {
    copyStrided({ data: stored, start: 0, strides: [w, 1, h * w] }, { data: out, start: 0, strides: [w * n, n, 1] }, [
      h,
      w,
      n,
    ]);
    return out;
  }
  const [pixel, band] = bandsLast ? [all, 1] : [1, h * w];
  for (let k = 0; k < n; k++)
    copyStrided({ data: stored, start: bands[k]! * band, strides: [pixel] }, { data: out, start: k, strides: [n] }, [
      h * w,
    ]);
  return out;
}

function checkCube(
  data: FloatArray,
  path: string,
  { y0, x0, x1 }: Rectangle,
  bands: number,
  knowsMissing: boolean,
): void {
  const at = firstNotFinite(data);
  if (at < 0) return;
  const pixel = Math.floor(at / bands);
  const [y, x, band] = [y0 + Math.floor(pixel / (x1 - x0)), x0 + (pixel % (x1 - x0)), at % bands];
  throw new SpectraiError(
    "SPECTRAI_DATA_VALUE",
    `${path}, row ${y}, column ${x}, band ${band} (counted from 0): the value is ${data[at]}. Replace it in the file${knowsMissing ? "" : ", or say with the option noData: nan that it stands for no data"}; a whole band without data is left out with the option goodBands.`,
    { details: { file: path, row: y, column: x, band } },
  );
}

import { type Axis, type FloatArray, type Region, SpectraiError, toFloat64 } from "@spectrai/core";
import { copyStrided } from "../bytes/strided.ts";
import { asFloats, firstNotFinite } from "./floats.ts";
import type { FilePool } from "./pool.ts";
import { pickVariable } from "./variables.ts";

/** Rows `[y0, y1)` and columns `[x0, x1)` of an image. */
export interface Window {
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

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
  /** `[H, W, L]` of the window, checked for values that are not finite. */
  read(window: Window): Promise<FloatArray>;
}

export interface CubeOptions {
  readonly variable: string | undefined;
  readonly layout: "H,W,C" | "C,H,W";
  readonly goodBands: string | undefined;
  readonly option: string;
}

/** @throws SPECTRAI_DATA_SHAPE when the variable has not three dimensions */
export const describeCube = (
  pool: FilePool,
  path: string,
  { variable, layout, goodBands, option }: CubeOptions,
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
    const kept = goodBands === undefined ? undefined : await readGoodBands(pool, path, goodBands, all);
    const bands = kept?.length ?? all;
    const fileAxis = file.axis?.values.length === all ? file.axis : undefined;
    const axis =
      fileAxis && kept ? { ...fileAxis, values: Float64Array.from(kept, (b) => fileAxis.values[b]!) } : fileAxis;
    return {
      path,
      variable: name,
      height,
      width,
      bands,
      allBands: all,
      ...(kept ? { kept } : {}),
      ...(axis ? { axis } : {}),
      read: async (window) => {
        const { y0, y1, x0, x1 } = window;
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
        const stored = await pool.use(path, async (f) => asFloats(await f.read(name, region)));
        const data = arrange(stored, y1 - y0, x1 - x0, all, last, kept);
        checkCube(data, path, window, bands);
        return data;
      },
    };
  });

async function readGoodBands(pool: FilePool, path: string, variable: string, bands: number): Promise<number[]> {
  const flags = await pool.use(path, async (file) => toFloat64((await file.read(variable)).data));
  if (flags.length !== bands)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `goodBands: "${variable}" in ${path} has ${flags.length} values, but the image has ${bands} bands.`,
      { details: { file: path, variable } },
    );
  const kept = Array.from(flags.keys()).filter((b) => flags[b] !== 0);
  if (kept.length === 0)
    throw new SpectraiError("SPECTRAI_DATA_EMPTY", `goodBands: "${variable}" in ${path} leaves no band.`, {
      details: { file: path, variable },
    });
  return kept;
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

function checkCube(data: FloatArray, path: string, { y0, x0, x1 }: Window, bands: number): void {
  const at = firstNotFinite(data);
  if (at < 0) return;
  const pixel = Math.floor(at / bands);
  const [y, x, band] = [y0 + Math.floor(pixel / (x1 - x0)), x0 + (pixel % (x1 - x0)), at % bands];
  throw new SpectraiError(
    "SPECTRAI_DATA_VALUE",
    `${path}, row ${y}, column ${x}, band ${band} (counted from 0): the value is ${data[at]}. Replace it in the file, or, if the whole band has no data, leave the band out with the option goodBands.`,
    { details: { file: path, row: y, column: x, band } },
  );
}

export const wholeOf = ({ height, width }: { readonly height: number; readonly width: number }): Window => ({
  y0: 0,
  y1: height,
  x0: 0,
  x1: width,
});

/** Windows of `size × size` that cover an image; the last of a row or column is moved in to end at the border. */
export function patchesOf(image: CubeFile, size: number, stride: number): Window[] {
  const { height, width, path } = image;
  if (size > height || size > width)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `${path} has ${height} × ${width} pixels, less than a patch of ${size} × ${size}. Choose a smaller patch.`,
      { details: { file: path } },
    );
  const starts = (length: number): number[] => {
    const at = Array.from({ length: Math.floor((length - size) / stride) + 1 }, (_, i) => i * stride);
    if (at.at(-1)! + size < length) at.push(length - size);
    return at;
  };
  return starts(height).flatMap((y0) => starts(width).map((x0) => ({ y0, y1: y0 + size, x0, x1: x0 + size })));
}

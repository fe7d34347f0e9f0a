import type { Axis, SpectralArray } from "../axes.ts";
import { indexAxis, linearAxis, makeAxis, spectralArray } from "../axes.ts";
import type { DataFile, Georeference, Region } from "../contracts/reader.ts";
import type { Rectangle } from "../contracts/sample.ts";
import { SpectraiError } from "../errors.ts";
import { isObject } from "../config/merge.ts";
import { blankUnmeasured } from "../images/unmeasured.ts";
import { toFloat32, toFloat64, type NdArray } from "../ndarray.ts";
import { resampleLinear } from "../resample.ts";
import { chooseVariable, type InputOptions } from "./apply-input.ts";
import type { LoadedModel } from "./load-model.ts";
import { describeResampling, needsResampling } from "./on-axis.ts";

/** An image that a model is applied to, on the model's axis. */
export interface OpenImage {
  readonly height: number;
  readonly width: number;
  /** The model's input axis, or the image's own where it has none to be compared. */
  readonly axis: Axis;
  readonly georeference?: Georeference;
  /** The value that stands for "not measured" in the file. */
  readonly noData?: number;
  /** How spectra are brought to the model's axis; absent where they are on it. */
  readonly resampled?: string;
  /** The preprocessing step that moves pixels, where there is one. */
  readonly spatial?: string;
  /** A window with its bands as the model takes them; pixels without data are 0, and 0 in `valid`. */
  read(window: Rectangle): Promise<SpectralArray>;
}

/** @throws SPECTRAI_DATA_SHAPE, SPECTRAI_DATA_AXIS where the file holds no image that the model takes */
export async function openImage(
  file: DataFile,
  path: string,
  loaded: LoadedModel,
  options: InputOptions,
): Promise<OpenImage> {
  const info = chooseVariable(file, path, options.variable, loaded);
  const { shape } = info;
  const data = loaded.card.config["data"];
  const trained = isObject(data) ? data : {};
  if (shape.length !== 3 || shape.includes(0))
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `${path}: ${info.name} has the shape [${shape.join(", ")}], but the model takes a cube [height, width, bands].`,
    );
  const first = trained["layout"] === "C,H,W";
  const [height, width, all] = (first ? [shape[1], shape[2], shape[0]] : shape) as [number, number, number];
  const { bands, axis } = await bandsFor(file, path, all, loaded, options);
  const target = needsResampling(axis, loaded.inputAxis) ? loaded.inputAxis : undefined;
  const noData = noDataOf(trained["noData"]) ?? file.noData;
  const { spatial } = loaded.pipeline;
  return {
    height,
    width,
    axis: target ?? axis,
    ...(file.georeference ? { georeference: file.georeference } : {}),
    ...(noData === undefined ? {} : { noData }),
    ...(target ? { resampled: describeResampling(axis, target) } : {}),
    ...(spatial === undefined ? {} : { spatial }),
    async read({ y0, y1, x0, x1 }) {
      const region: Region = first
        ? [
            [0, all],
            [y0, y1],
            [x0, x1],
          ]
        : [
            [y0, y1],
            [x0, x1],
            [0, all],
          ];
      const stored = await file.read(info.name, region);
      const pixels = (y1 - y0) * (x1 - x0);
      const { values, valid } = pick(stored, pixels, all, bands, first, noData);
      mustBeFinite(values, path, { y0, x0, width: x1 - x0 }, bands.length);
      const cube = spectralArray(values, [y1 - y0, x1 - x0, bands.length], axis, valid);
      return target ? resampleLinear(cube, target) : cube;
    },
  };
}

const noDataOf = (asked: unknown): number | undefined =>
  typeof asked === "number" ? asked : asked === "nan" ? NaN : undefined;

/** Which of the file's bands the model takes, and their axis. */
async function bandsFor(
  file: DataFile,
  path: string,
  all: number,
  { inputAxis }: LoadedModel,
  options: InputOptions,
): Promise<{ readonly bands: readonly number[]; readonly axis: Axis }> {
  const every = Array.from({ length: all }, (_, b) => b);
  if (options.axis) {
    const { start, stop, unit } = options.axis;
    return { bands: every, axis: linearAxis(start, stop, all, unit) };
  }
  const { axis, goodBands } = file;
  if (axis?.values.length === all) {
    const bands = goodBands?.length === all ? every.filter((b) => goodBands[b] !== 0) : every;
    return { bands, axis: { ...axis, values: Float64Array.from(bands, (b) => axis.values[b]!) } };
  }
  // Bands that are only numbered are known by their numbers.
  const numbered =
    inputAxis.unit === "index" && inputAxis.values.every((v) => Number.isInteger(v) && v >= 0 && v < all);
  if (numbered) return { bands: Array.from(inputAxis.values), axis: inputAxis };
  const points = inputAxis.values.length;
  if (points === all) return { bands: every, axis: inputAxis };
  const named = file.variables.find((v) => v.name === "axis" && v.kind === "numeric" && v.shape.includes(all));
  if (named && inputAxis.unit !== "index") {
    const values = toFloat64((await file.read("axis")).data);
    const bands = [...every].sort((a, b) => values[a]! - values[b]!);
    return {
      bands,
      axis: makeAxis(
        Float64Array.from(bands, (b) => values[b]!),
        inputAxis.unit,
      ),
    };
  }
  if (inputAxis.unit === "index") return { bands: every, axis: indexAxis(all) };
  throw new SpectraiError(
    "SPECTRAI_DATA_AXIS",
    `${path} has ${all} bands and no spectral axis, but the model takes ${points} (${inputAxis.values[0]} to ${inputAxis.values.at(-1)} ${inputAxis.unit}); give the axis with --axis.`,
    { details: { file: path } },
  );
}

function pick(
  { data }: NdArray,
  pixels: number,
  all: number,
  bands: readonly number[],
  bandsFirst: boolean,
  noData: number | undefined,
): { readonly values: Float32Array; readonly valid?: Uint8Array } {
  const stored = toFloat32(data);
  const n = bands.length;
  const whole = !bandsFirst && n === all && bands.every((b, i) => b === i);
  const values = whole ? stored : new Float32Array(pixels * n);
  const [pixelStride, bandStride] = bandsFirst ? [1, pixels] : [all, 1];
  if (!whole)
    for (let p = 0, to = 0; p < pixels; p++)
      for (let k = 0; k < n; k++) values[to++] = stored[p * pixelStride + bands[k]! * bandStride]!;
  if (noData === undefined) return { values };
  const { data: blanked, valid } = blankUnmeasured(values, n, noData);
  return valid ? { values: blanked, valid } : { values };
}

function mustBeFinite(
  values: Float32Array,
  path: string,
  { y0, x0, width }: { readonly y0: number; readonly x0: number; readonly width: number },
  bands: number,
): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]!)) {
      const pixel = Math.floor(i / bands);
      throw new SpectraiError(
        "SPECTRAI_DATA_VALUE",
        `${path}: row ${y0 + Math.floor(pixel / width)}, column ${x0 + (pixel % width)}, band ${i % bands} is ${values[i]}; mend the value, or write into the file what stands for no data (ENVI: data ignore value; GeoTIFF: GDAL_NODATA).`,
        { details: { file: path } },
      );
    }
}

import type { Axis } from "../axes.ts";
import type { OutputFolder } from "../contracts/files.ts";
import type { FileContent, ImageFacts, ImageHeader, ImageRows, Writer } from "../contracts/writer.ts";
import { classColors } from "../images/class-colors.ts";
import { SpectraiError } from "../errors.ts";
import { dtypes, ndarray, type TypedArray } from "../ndarray.ts";
import { writeResult } from "./apply-output.ts";
import { fileGroup } from "./file-group.ts";
import type { OpenImage } from "./image-input.ts";
import type { LoadedModel } from "./load-model.ts";

/** The files of one result, which appear together or not at all. */
interface OpenOutput {
  /** The next rows of the network's output, `[rows, width, channels]`. */
  write(values: Float32Array): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export interface ImageOutput {
  open(folder: OutputFolder, name: string, writer: Writer): Promise<OpenOutput>;
  /** Marks pixels of rows `[y0, y1)` that have no data. */
  blankUnmeasured?(values: Float32Array, y0: number, y1: number, channels: number, scale: number): Promise<void>;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Grey, which no class has: the seventh is black. */
const noDataColor = [160, 160, 160] as const;

/** Arrays that have to be written whole hold at most so many bytes. */
const mostBytes = 2 ** 31;

/** One file of rows: written as they come where the format can, whole at the end where not. */
async function openRows(
  folder: OutputFolder,
  name: string,
  writer: Writer,
  header: ImageHeader,
): Promise<ImageRows & { commit(): Promise<void>; abort(): Promise<void> }> {
  if (writer.image) {
    const files = await fileGroup(folder, name);
    try {
      const rows = await writer.image(header, files.sink, files.beside);
      return { write: (v) => rows.write(v), end: () => rows.end(), commit: files.commit, abort: files.abort };
    } catch (e) {
      await files.abort();
      throw e;
    }
  }
  const { height, width, bands = 1, dtype, name: variable, ...facts } = header;
  const Data = dtypes[dtype];
  const length = height * width * bands;
  if (length * Data.BYTES_PER_ELEMENT > mostBytes)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `${name}: an image of ${height} × ${width} × ${bands} values is too large for this format, which is written in one piece; write .dat (ENVI), .tif or .npy.`,
    );
  const data = new Data(length) as TypedArray;
  let at = 0;
  return {
    write(values) {
      (data as Float32Array).set(values as Float32Array, at);
      at += values.length;
      return Promise.resolve();
    },
    end: () => Promise.resolve(),
    commit: () => {
      const shape = header.bands === undefined ? [height, width] : [height, width, bands];
      const content: FileContent = { variables: { [variable]: ndarray(data, shape, dtype) }, ...facts };
      return writeResult(folder, name, writer, content);
    },
    abort: () => Promise.resolve(),
  };
}

/** Spectra on the output's axis. Pixels without data have the file's value for that, or are not a number. */
export function spectralOutput(axis: Axis, image: OpenImage, { height, width }: Size): ImageOutput {
  return {
    async open(folder, name, writer) {
      const rows = await openRows(folder, name, writer, {
        name: "data",
        height,
        width,
        bands: axis.values.length,
        dtype: "float32",
        axis,
        ...factsOf(image, height),
        ...(image.noData === undefined ? {} : { noData: image.noData }),
      });
      return {
        write: (values) => rows.write(values),
        async commit() {
          await rows.end();
          await rows.commit();
        },
        abort: () => rows.abort(),
      };
    },
    ...(image.noData === undefined ? {} : { blankUnmeasured: blank(image, image.noData) }),
  };
}

/**
 * Labels: class k is k + 1, as in masks that are read, and 0 is a pixel without data. With `probabilities`, those of all
 * classes go into a second file.
 */
export function labelOutput(loaded: LoadedModel, image: OpenImage, size: Size, probabilities: boolean): ImageOutput {
  const classes = loaded.card.target.classes ?? [];
  const colors = classColors(classes.length);
  const facts: ImageFacts = {
    ...factsOf(image, size.height),
    noData: 0,
    classes: [{ name: "no data", color: noDataColor }, ...classes.map((name, k) => ({ name, color: colors[k]! }))],
  };
  const count = classes.length;
  return {
    async open(folder, name, writer) {
      const narrow = count < 255;
      const labels = await openRows(folder, name, writer, {
        name: "class",
        ...size,
        dtype: narrow ? "uint8" : "uint16",
        ...facts,
      });
      const { georeference } = facts;
      const shares = probabilities
        ? await openRows(folder, beside(name, "probability"), writer, {
            name: "probability",
            ...size,
            bands: count,
            dtype: "float32",
            ...(georeference ? { georeference } : {}),
            attributes: { classes },
          })
        : undefined;
      return {
        async write(values) {
          const pixels = values.length / count;
          const out = narrow ? new Uint8Array(pixels) : new Uint16Array(pixels);
          for (let p = 0, at = 0; p < pixels; p++, at += count) {
            let best = 0;
            for (let k = 1; k < count; k++) if (values[at + k]! > values[at + best]!) best = k;
            // A pixel without data has no probability that is a number.
            out[p] = values[at]! >= 0 ? best + 1 : 0;
          }
          await labels.write(out);
          await shares?.write(values);
        },
        async commit() {
          await shares?.end();
          await labels.end();
          await shares?.commit();
          await labels.commit();
        },
        async abort() {
          await shares?.abort();
          await labels.abort();
        },
      };
    },
    ...(image.noData === undefined ? {} : { blankUnmeasured: blank(image, NaN) }),
  };
}

const beside = (name: string, what: string): string => name.replace(/(\.[^./\\]+)$/, `.${what}$1`);

/** The place on the ground belongs to the grid of the input; a finer grid has smaller pixels. */
function factsOf({ georeference, height }: OpenImage, outputHeight: number): Pick<ImageFacts, "georeference"> {
  if (!georeference) return {};
  const scale = outputHeight / height;
  if (scale === 1) return { georeference };
  const { transform, epsg, wkt } = georeference;
  if (!transform) return {};
  const [a, b, c, d, e, f] = transform;
  return {
    georeference: {
      transform: [a / scale, b / scale, c, d / scale, e / scale, f],
      ...(epsg === undefined ? {} : { epsg }),
      ...(wkt === undefined ? {} : { wkt }),
    },
  };
}

const blank =
  (image: OpenImage, value: number): NonNullable<ImageOutput["blankUnmeasured"]> =>
  async (values, y0, y1, channels, scale) => {
    const top = Math.floor(y0 / scale);
    const { valid } = await image.read({ y0: top, y1: Math.ceil(y1 / scale), x0: 0, x1: image.width });
    if (!valid) return;
    const width = image.width * scale;
    for (let y = y0, at = 0; y < y1; y++)
      for (let x = 0; x < width; x++, at += channels)
        if (!valid[(Math.floor(y / scale) - top) * image.width + Math.floor(x / scale)])
          values.fill(value, at, at + channels);
  };

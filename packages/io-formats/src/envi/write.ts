import {
  type BesideFile,
  type ByteSink,
  type DType,
  dtypes,
  type FileContent,
  type ImageHeader,
  type ImageRows,
  SpectraiError,
  type TypedArray,
} from "@spectrai/core";
import { littleBytes } from "../bytes/elements.ts";
import { enviHeader, type HeaderFacts } from "./write-header.ts";

/** ENVI's number for a type, and the type it is written as: there is no 8-bit integer with a sign, nor a truth value. */
const written: Readonly<Record<DType, readonly [type: number, as: DType]>> = {
  bool: [1, "uint8"],
  int8: [2, "int16"],
  uint8: [1, "uint8"],
  int16: [2, "int16"],
  uint16: [12, "uint16"],
  int32: [3, "int32"],
  uint32: [13, "uint32"],
  int64: [14, "int64"],
  uint64: [15, "uint64"],
  float32: [4, "float32"],
  float64: [5, "float64"],
};

/** One array: an image `[height, width, bands]`, labels `[height, width]`, or spectra `[spectra, points]` where the axis has as many points. */
export async function writeEnvi(content: FileContent, sink: ByteSink, beside: BesideFile): Promise<void> {
  const [only, ...others] = Object.entries(content.variables);
  if (!only || others.length > 0)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `An ENVI file holds one array, but there are ${others.length + (only ? 1 : 0)} to write (${Object.keys(content.variables).join(", ")}). Write .npz or .mat instead.`,
    );
  const [name, array] = only;
  const { data, dtype } = array;
  const shape = array.shape.slice();
  while (shape.length > 3 && shape[0] === 1) shape.shift();
  const { axis, classes, ids } = content;
  if (shape.length > 0 && shape.length < 3 && !classes && axis?.values.length === shape.at(-1)) {
    const lines = shape.length === 2 ? shape[0]! : 1;
    const names = ids?.length === lines ? ids : undefined;
    const facts = {
      ...content,
      ...(names ? { names } : {}),
      kind: "library",
      lines,
      samples: shape.at(-1)!,
      bands: 1,
    } as const;
    return writeWhole(facts, dtype, data, sink, beside);
  }
  const [height, width, bands] = shape;
  if (height === undefined || width === undefined || shape.length > 3 || shape.includes(0))
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `"${name}" has the shape [${array.shape.join(", ")}], where an ENVI file takes an image (rows, columns, bands), labels (rows, columns), or spectra with their axis. Write .npz or .mat instead.`,
    );
  const rows = await enviRows(
    { ...content, name, height, width, ...(bands === undefined ? {} : { bands }), dtype },
    sink,
    beside,
  );
  await rows.write(data);
  await rows.end();
}

async function writeWhole(
  facts: Omit<HeaderFacts, "type">,
  dtype: DType,
  data: TypedArray,
  sink: ByteSink,
  beside: BesideFile,
): Promise<void> {
  const [type, as] = written[dtype];
  await (await beside(".hdr")).write(enviHeader({ ...facts, type }));
  await sink.write(littleBytes(converted(data, as)));
}

/** Writes an image row by row, pixel-interleaved; labels of up to 256 classes as bytes, as ENVI has them. */
export async function enviRows(image: ImageHeader, sink: ByteSink, beside: BesideFile): Promise<ImageRows> {
  const { height, width, bands, dtype, classes } = image;
  const labels = bands === undefined && classes !== undefined && !dtype.startsWith("float");
  const [type, as] = written[labels && classes.length <= 256 ? "uint8" : dtype];
  const header = enviHeader({
    ...image,
    kind: labels ? "labels" : "image",
    lines: height,
    samples: width,
    bands: bands ?? 1,
    type,
  });
  await (await beside(".hdr")).write(header);
  const row = width * (bands ?? 1);
  let left = height * row;
  return {
    async write(values) {
      if (!(values instanceof dtypes[dtype]) || values.length % row !== 0 || values.length > left)
        throw new SpectraiError(
          "SPECTRAI_DATA_SHAPE",
          `${values.length} values do not fit an image whose rows have ${row} values of ${dtype}, of which ${left / row} are left.`,
        );
      if (labels) checkLabels(values, as, (height * row - left) / width, width);
      left -= values.length;
      await sink.write(littleBytes(converted(values, as)));
    },
    end() {
      if (left === 0) return Promise.resolve();
      return Promise.reject(
        new SpectraiError("SPECTRAI_DATA_SHAPE", `The image ends ${left / row} rows before its height of ${height}.`),
      );
    },
  };
}

function converted(values: TypedArray, as: DType): TypedArray {
  if (values instanceof dtypes[as]) return values;
  const out = new dtypes[as](values.length) as Float64Array;
  for (let i = 0; i < out.length; i++) out[i] = Number(values[i]);
  return out;
}

/** @throws SPECTRAI_DATA_LABEL when a label is none that bytes hold */
function checkLabels(values: TypedArray, as: DType, firstRow: number, width: number): void {
  if (as !== "uint8") return;
  for (let i = 0; i < values.length; i++) {
    const label = Number(values[i]);
    if (label >= 0 && label <= 255) continue;
    throw new SpectraiError(
      "SPECTRAI_DATA_LABEL",
      `Row ${firstRow + Math.floor(i / width)}, column ${i % width} (counted from 0): the label ${label} cannot be written to an ENVI classification, whose labels are 0 to 255.`,
    );
  }
}

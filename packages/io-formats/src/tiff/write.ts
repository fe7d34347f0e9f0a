/** TIFF images, uncompressed, pixel-interleaved, in strips: what stands before them is known before the first row. */
import {
  type ByteSink,
  type DType,
  type ImageHeader,
  type ImageRows,
  SpectraiError,
  type TypedArray,
} from "@spectrai/core";
import { littleBytes } from "../bytes/elements.ts";
import { countedRows } from "../bytes/image-rows.ts";
import { isLabels, labelCode } from "../bytes/labels.ts";
import { tag } from "./tags.ts";
import {
  ascii,
  doubles,
  headBytes,
  headLength,
  long,
  type NewField,
  positions,
  short,
  shorts,
} from "./write-directory.ts";
import { geoTagsOf } from "./write-geo.ts";
import { gdalMetadata } from "./write-metadata.ts";

/** Bits and sample format. */
const formats: Readonly<Record<DType, readonly [bits: number, format: number]>> = {
  bool: [8, 1],
  uint8: [8, 1],
  uint16: [16, 1],
  uint32: [32, 1],
  uint64: [64, 1],
  int8: [8, 2],
  int16: [16, 2],
  int32: [32, 2],
  int64: [64, 2],
  float32: [32, 3],
  float64: [64, 3],
};
const stripBytes = 1 << 18;
const mostBands = 65_535;
const photometric = { grey: 1, rgb: 2, palette: 3 } as const;

/** Classic where 4 GiB are enough, else BigTIFF. */
export async function tiffRows(image: ImageHeader, sink: ByteSink): Promise<ImageRows> {
  const { bands = 1, height, width } = image;
  if (bands > mostBands || Math.max(width, height) >= 2 ** 32)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `An image of ${height} × ${width} pixels and ${bands} bands cannot be written as TIFF, which has ${mostBands} bands at most. Write .npy or ENVI instead.`,
    );
  const labels = isLabels(image) ? labelCode(image) : undefined;
  const dtype = labels?.dtype ?? image.dtype;
  const noData = labels ? labels.blank : image.noData;
  await sink.write(head({ ...image, ...(noData === undefined ? {} : { noData }) }, dtype, labels !== undefined));
  return countedRows(image, (values: TypedArray, row: number) =>
    sink.write(littleBytes(labels ? labels.encode(values, row) : values)),
  );
}

function head(image: ImageHeader, dtype: DType, labels: boolean): Uint8Array {
  const { height, width, bands = 1 } = image;
  const row = (width * bands * formats[dtype][0]) / 8;
  const rows = Math.max(1, Math.min(height, Math.floor(stripBytes / row)));
  const strips = Math.ceil(height / rows);
  const sizes = new Float64Array(strips).fill(rows * row);
  sizes[strips - 1] = (height - (strips - 1) * rows) * row;
  const common = [...imageFields(image, dtype, labels), long(tag.rowsPerStrip, rows)];
  const fields = (start: number, big: boolean): NewField[] => [
    ...common,
    positions(
      tag.blockOffsets,
      Float64Array.from(sizes, (_, i) => start + i * rows * row),
      big,
    ),
    positions(tag.stripBytes, sizes, big),
  ];
  // Offsets do not change the length of the head.
  const big = headLength(fields(0, false), false) + height * row >= 2 ** 32;
  return headBytes(fields(headLength(fields(0, big), big), big), big);
}

function imageFields(image: ImageHeader, dtype: DType, labels: boolean): NewField[] {
  const { height, width, bands = 1, axis, noData, georeference } = image;
  const [bits, format] = formats[dtype];
  const rgb = bands === 3 && dtype === "uint8" && !axis;
  const extra = bands - (rgb ? 3 : 1);
  const metadata = gdalMetadata(image);
  return [
    long(tag.width, width),
    long(tag.height, height),
    shorts(tag.bits, new Uint16Array(bands).fill(bits)),
    short(tag.compression, 1),
    short(tag.photometric, labels ? photometric.palette : rgb ? photometric.rgb : photometric.grey),
    short(tag.samples, bands),
    short(tag.planar, 1),
    ascii(tag.software, "spectrai"),
    shorts(tag.sampleFormat, new Uint16Array(bands).fill(format)),
    ...(extra > 0 ? [shorts(tag.extraSamples, new Uint16Array(extra))] : []),
    ...(labels ? [shorts(tag.colorMap, colorMap(image, bits))] : []),
    ...(georeference ? geoFields(image) : []),
    ...(metadata === undefined ? [] : [ascii(tag.gdalMetadata, metadata)]),
    ...(noData === undefined ? [] : [ascii(tag.gdalNoData, Number.isNaN(noData) ? "nan" : String(noData))]),
  ];
}

/** All reds, then all greens, then all blues, in 16 bits. */
function colorMap({ classes = [] }: ImageHeader, bits: number): Uint16Array {
  const n = 2 ** bits;
  const map = new Uint16Array(3 * n);
  for (const [k, { color }] of classes.entries()) for (const c of [0, 1, 2] as const) map[c * n + k] = color[c] * 257;
  return map;
}

function geoFields({ georeference = {} }: ImageHeader): NewField[] {
  const { pixelScale, tiepoints, transformation, geoKeys, geoDoubles, geoTexts } = geoTagsOf(georeference);
  return [
    ...(pixelScale ? [doubles(tag.pixelScale, pixelScale)] : []),
    ...(tiepoints ? [doubles(tag.tiepoints, tiepoints)] : []),
    ...(transformation ? [doubles(tag.transformation, transformation)] : []),
    ...(geoKeys ? [shorts(tag.geoKeys, Uint16Array.from(geoKeys))] : []),
    ...(geoDoubles ? [doubles(tag.geoDoubles, geoDoubles)] : []),
    ...(geoTexts === undefined ? [] : [ascii(tag.geoTexts, geoTexts)]),
  ];
}

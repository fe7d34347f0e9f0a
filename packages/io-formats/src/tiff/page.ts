import { sizeOf } from "@spectrai/core";
import { type ElementType, widthOf } from "../bytes/elements.ts";
import { damaged, unsupported } from "../bytes/errors.ts";
import { type Directory, readNumber, readNumbers, type TiffFile } from "./directory.ts";
import { tag } from "./tags.ts";

/** How an image is stored: in blocks, which are strips of whole rows, or tiles. */
export interface Page {
  readonly directory: Directory;
  readonly height: number;
  readonly width: number;
  /** Values a pixel. */
  readonly samples: number;
  /** As they are stored; 1, 2 and 4 bits are unpacked to uint8. */
  readonly type: ElementType;
  readonly bits: number;
  readonly compression: number;
  readonly predictor: number;
  /** Each sample in blocks of its own. */
  readonly planar: boolean;
  readonly tiled: boolean;
  readonly blockHeight: number;
  readonly blockWidth: number;
}

const types: Readonly<Record<string, ElementType>> = {
  "1:8": "uint8",
  "1:16": "uint16",
  "1:32": "uint32",
  "1:64": "uint64",
  "2:8": "int8",
  "2:16": "int16",
  "2:32": "int32",
  "2:64": "int64",
  "3:16": "float16",
  "3:32": "float32",
  "3:64": "float64",
};

export const compression = { none: 1, lzw: 5, deflate: 8, oldDeflate: 32_946, packBits: 32_773 } as const;
const otherCompressions: Readonly<Record<number, string>> = {
  2: "CCITT",
  3: "CCITT",
  4: "CCITT",
  6: "JPEG",
  7: "JPEG",
  34_712: "JPEG 2000",
  34_887: "LERC",
  34_925: "LZMA",
  50_000: "Zstandard",
  50_001: "WebP",
};

/** A smaller copy of another page, or the mask of its transparency. */
export const isSecondary = async (open: TiffFile, directory: Directory): Promise<boolean> =>
  ((await readNumber(open, directory, tag.subfileType, 0)) & 5) !== 0;

/** @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED */
export async function describePage(open: TiffFile, directory: Directory): Promise<Page> {
  const file = open.source.name;
  const number = (t: number, absent: number): Promise<number> => readNumber(open, directory, t, absent);
  const [width, height] = [await number(tag.width, 0), await number(tag.height, 0)];
  const samples = await number(tag.samples, 1);
  if (width === 0 || height === 0 || samples === 0 || !Number.isSafeInteger(8 * sizeOf([width, height, samples])))
    throw damaged(file, `an image of ${height} × ${width} pixels with ${samples} values each is impossible`);
  const bits = await sameOfAll(open, directory, tag.bits, samples, 1, "bits");
  const format = await sameOfAll(open, directory, tag.sampleFormat, samples, 1, "kinds of number");
  const packed = bits === 1 || bits === 2 || bits === 4;
  // Format 4 is "undefined": unsigned integers.
  const type = types[`${format === 4 ? 1 : format}:${packed ? 8 : bits}`];
  if (!type || (packed && (type !== "uint8" || (await number(266, 1)) !== 1)))
    throw unsupported(
      file,
      format === 5 || format === 6
        ? "it holds complex numbers; save their magnitude"
        : `it holds numbers of ${bits} bits (sample format ${format}); save 8, 16, 32 or 64 bits`,
    );
  const method = await number(tag.compression, 1);
  if (!Object.values(compression).some((c) => c === method))
    throw unsupported(
      file,
      `it is compressed with ${otherCompressions[method] ?? `method ${method}`}; save it uncompressed, or with deflate or LZW (gdal_translate -co COMPRESS=DEFLATE)`,
    );
  const predictor = await number(tag.predictor, 1);
  if (predictor < 1 || predictor > 3 || (predictor > 1 && packed))
    throw unsupported(file, `it uses the unknown predictor ${predictor}`);
  if (predictor === 3 && !type.startsWith("float")) throw damaged(file, "its predictor is for floating-point numbers");
  const planar = samples > 1 && (await number(tag.planar, 1)) === 2;
  const tileWidth = await number(tag.tileWidth, 0);
  const tiled = tileWidth > 0;
  const blockHeight = tiled
    ? await number(tag.tileHeight, 0)
    : Math.min(height, await number(tag.rowsPerStrip, 2 ** 32 - 1));
  const blockWidth = tiled ? tileWidth : width;
  if (blockHeight === 0 || !Number.isSafeInteger(8 * sizeOf([blockHeight, blockWidth, samples])))
    throw damaged(file, `its blocks of ${blockHeight} × ${blockWidth} pixels are impossible`);
  return {
    directory,
    height,
    width,
    samples,
    type,
    bits,
    compression: method,
    predictor: method === compression.none || method === compression.packBits ? 1 : predictor,
    planar,
    tiled,
    blockHeight,
    blockWidth,
  };
}

async function sameOfAll(
  open: TiffFile,
  directory: Directory,
  number: number,
  samples: number,
  absent: number,
  what: string,
): Promise<number> {
  const values = (await readNumbers(open, directory, number, Math.max(samples, 16))) ?? [absent];
  const used = values.slice(0, samples);
  if (used.some((v) => v !== used[0]))
    throw unsupported(open.source.name, `its bands differ in ${what} (${[...new Set(used)].join(", ")})`);
  return used[0] ?? absent;
}

/** Samples that are kept together in a block. */
export const samplesInBlock = (page: Page): number => (page.planar ? 1 : page.samples);

/** Bytes of a row of a block. */
export const rowBytes = (page: Page): number =>
  page.bits < 8
    ? Math.ceil((page.blockWidth * samplesInBlock(page) * page.bits) / 8)
    : page.blockWidth * samplesInBlock(page) * widthOf(page.type);

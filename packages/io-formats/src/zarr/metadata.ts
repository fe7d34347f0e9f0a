/** The description of an array: Zarr version 2 (`.zarray`) and version 3 (`zarr.json`), checked and brought to one form. */
import type { JsonObject, JsonValue } from "@spectrai/core";
import { type ElementType, widthOf } from "../bytes/elements.ts";
import { damaged, unsupported } from "../bytes/errors.ts";
import { numericType, numericTypes } from "../npy/header.ts";
import { type CodecName, codecNames } from "./codecs.ts";

export interface ZarrArray {
  readonly shape: readonly number[];
  /** The shape of what is packed as one. */
  readonly chunk: readonly number[];
  readonly type: ElementType;
  /** Texts of a fixed length: their bytes (or code points) are the last dimension of shape and chunk. */
  readonly text?: "bytes" | "points";
  readonly dtype: string;
  readonly little: boolean;
  /** The dimensions of a chunk, the slowest first. */
  readonly order: readonly number[];
  readonly fill: number | bigint;
  readonly codecs: readonly CodecName[];
  /** The path of a chunk (or a shard) below the array's. */
  readonly keyOf: (place: readonly number[]) => string;
  readonly shards?: Shards;
  readonly dimensions?: readonly string[];
}

/** Several chunks in a file, with an index of where they are. */
export interface Shards {
  /** How many chunks in each dimension. */
  readonly counts: readonly number[];
  readonly indexFirst: boolean;
  readonly checked: boolean;
}

/** What an array is that cannot be read: of which kind, and why. */
interface Unreadable {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly why: string;
}

/** A chunk is unpacked in memory. */
const mostChunk = 2 ** 29;
const mostDimensions = 32;

const isObject = (v: JsonValue | undefined): v is JsonObject =>
  typeof v === "object" && v !== null && !Array.isArray(v);
const isList = (v: JsonValue | undefined): v is readonly JsonValue[] => Array.isArray(v);

/** @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_TOO_LARGE when it contradicts itself */
export function parseArray(name: string, meta: JsonObject): ZarrArray | Unreadable {
  const parsed = meta.zarr_format === 3 ? parseV3(name, meta) : parseV2(name, meta);
  if ("why" in parsed) return parsed;
  const bytes = parsed.chunk.reduce((n, d) => n * d, widthOf(parsed.type));
  if (bytes > mostChunk)
    return {
      shape: parsed.shape,
      dtype: parsed.dtype,
      why: `stored in chunks of ${bytes} bytes, more than the ${mostChunk} that are read as one; store it in smaller chunks`,
    };
  return parsed;
}

function parseV2(name: string, meta: JsonObject): ZarrArray | Unreadable {
  if (meta.zarr_format !== 2)
    throw unsupported(name, `it is of Zarr's version ${JSON.stringify(meta.zarr_format)}, not 2 or 3`);
  const shape = lengths(name, meta.shape, "shape", 0);
  const chunk = lengths(name, meta.chunks, "chunks", 1, shape.length);
  const dtype = typeof meta.dtype === "string" ? meta.dtype : JSON.stringify(meta.dtype);
  const refuse = (why: string): Unreadable => ({ shape, dtype, why });
  const stored = v2Type(dtype);
  if (!stored) return refuse(`of the type ${dtype}, which is not read`);
  if (isList(meta.filters) && meta.filters.length > 0)
    return refuse(`stored with the filter ${codecName(meta.filters[0])}, which is not read; store it without filters`);
  const packed = isObject(meta.compressor) ? codecsOf([meta.compressor]) : [];
  if (!isList(packed)) return refuse(packed.why);
  const separator = meta.dimension_separator === "/" ? "/" : ".";
  const order = shape.map((_, d) => d);
  if (meta.order === "F") order.reverse();
  return {
    ...withText(shape, chunk, order, stored),
    dtype,
    little: dtype[0] !== ">",
    fill: fillValue(meta.fill_value, stored.type),
    codecs: packed,
    keyOf: (place) => place.slice(0, shape.length).join(separator) || "0",
  };
}

function parseV3(name: string, meta: JsonObject): ZarrArray | Unreadable {
  const shape = lengths(name, meta.shape, "shape", 0);
  const dtype = typeof meta.data_type === "string" ? meta.data_type : codecName(meta.data_type);
  const refuse = (why: string): Unreadable => ({ shape, dtype, why });
  const stored = v3Type(meta.data_type);
  if (!stored) return refuse(`of the type ${dtype}, which is not read`);
  if (isList(meta.storage_transformers) && meta.storage_transformers.length > 0)
    return refuse("stored with a storage transformer, which is not read");
  const grid = configured(meta.chunk_grid);
  if (grid.name !== "regular") return refuse(`stored in a chunk grid of the kind ${grid.name}, which is not read`);
  const outer = lengths(name, grid.configuration.chunk_shape, "chunk_shape", 1, shape.length);
  const keys = configured(meta.chunk_key_encoding);
  if (keys.name !== "default" && keys.name !== "v2")
    return refuse(`stored with chunk keys of the kind ${keys.name}, which is not read`);
  const slash = keys.configuration.separator ?? (keys.name === "v2" ? "." : "/");
  const separator = slash === "." ? "." : "/";
  const keyOf = (place: readonly number[]): string => {
    // Without the dimension that texts have of their own.
    const own = place.slice(0, shape.length);
    return keys.name === "v2" ? own.join(separator) || "0" : ["c", ...own].join(separator);
  };

  let steps = isList(meta.codecs) ? meta.codecs.map(configured) : [];
  let chunk = outer;
  let shards: Shards | undefined;
  const sharding = steps.find((s) => s.name === "sharding_indexed");
  if (sharding && stored.text) return refuse("stored as texts in shards, which are not read");
  if (sharding) {
    const { chunk_shape: inner, codecs, index_codecs: index, index_location: place } = sharding.configuration;
    const indexSteps = isList(index) ? index.map(configured) : [];
    if (steps.length > 1 || !isList(codecs))
      return refuse("stored in shards that are packed once more, which are not read");
    if (
      indexSteps.some((s) => s.name !== "bytes" && s.name !== "crc32c") ||
      indexSteps.some((s) => s.configuration.endian === "big")
    )
      return refuse("stored in shards whose index is packed, which are not read");
    chunk = lengths(name, inner, "chunk_shape", 1, shape.length);
    if (chunk.some((n, d) => outer[d]! % n !== 0))
      throw damaged(name, `shards of [${outer.join(", ")}] do not divide into chunks of [${chunk.join(", ")}]`);
    shards = {
      counts: chunk.map((n, d) => outer[d]! / n),
      indexFirst: place === "start",
      checked: indexSteps.some((s) => s.name === "crc32c"),
    };
    if (shards.counts.reduce((n, d) => n * d, 16) > mostChunk) return refuse("stored in shards of too many chunks");
    steps = codecs.map(configured);
  }

  let order = shape.map((_, d) => d);
  if (steps[0]?.name === "transpose") {
    const wanted = steps.shift()!.configuration.order;
    if (wanted === "F") order.reverse();
    else if (wanted !== "C") {
      const given = isList(wanted) ? wanted.map(Number) : [];
      if (String([...given].sort((a, b) => a - b)) !== String(order))
        throw damaged(name, `the order of its dimensions is ${JSON.stringify(wanted)}`);
      order = given;
    }
  }
  const bytes = steps.shift();
  if (bytes?.name !== "bytes") return refuse(`stored with the codec ${bytes?.name ?? "none"}, which is not read`);
  const codecs = codecsOf(steps.map((s) => s.name));
  if (!isList(codecs)) return refuse(codecs.why);
  const names = isList(meta.dimension_names) ? meta.dimension_names.map((n) => (typeof n === "string" ? n : "")) : [];
  return {
    ...withText(shape, chunk, order, stored),
    dtype,
    little: bytes.configuration.endian !== "big",
    fill: fillValue(meta.fill_value, stored.type),
    codecs,
    keyOf,
    ...(shards ? { shards } : {}),
    ...(names.length === shape.length && names.some((n) => n !== "") ? { dimensions: names } : {}),
  };
}

/** @throws SPECTRAI_FILE_DAMAGED */
function lengths(name: string, value: JsonValue | undefined, what: string, least: number, rank?: number): number[] {
  const list = isList(value) ? value : undefined;
  const sound =
    list &&
    list.length <= mostDimensions &&
    (rank === undefined || list.length === rank) &&
    list.every((n) => Number.isSafeInteger(n) && (n as number) >= least);
  if (!sound) throw damaged(name, `its ${what} is ${(JSON.stringify(value) ?? "missing").slice(0, 100)}`);
  return list as number[];
}

interface Stored {
  readonly type: ElementType;
  readonly text?: "bytes" | "points";
  readonly length?: number;
}

function v2Type(dtype: string): Stored | undefined {
  const code = /^[<>|=](.+)$/.exec(dtype)?.[1] ?? "";
  const type = numericType(code);
  if (type) return { type };
  const text = /^([SU])([1-9]\d{0,5})$/.exec(code);
  if (!text) return undefined;
  const length = Number(text[2]);
  return text[1] === "S" ? { type: "uint8", text: "bytes", length } : { type: "uint32", text: "points", length };
}

function v3Type(value: JsonValue | undefined): Stored | undefined {
  if (typeof value === "string") {
    const type = numericTypes.find((t) => t === value);
    return type && { type };
  }
  const { name, configuration } = configured(value);
  const length = Number(configuration.length_bytes);
  if (!Number.isSafeInteger(length) || length < 1) return undefined;
  if (name === "null_terminated_bytes") return { type: "uint8", text: "bytes", length };
  if (name === "fixed_length_utf32" && length % 4 === 0) return { type: "uint32", text: "points", length: length / 4 };
  return undefined;
}

function withText(
  shape: readonly number[],
  chunk: readonly number[],
  order: readonly number[],
  { type, text, length }: Stored,
): Pick<ZarrArray, "shape" | "chunk" | "order" | "type" | "text"> {
  if (!text) return { shape, chunk, order, type };
  return { shape: [...shape, length!], chunk: [...chunk, length!], order: [...order, shape.length], type, text };
}

function configured(value: JsonValue | undefined): { readonly name: string; readonly configuration: JsonObject } {
  if (typeof value === "string") return { name: value, configuration: {} };
  const { name, configuration } = isObject(value) ? value : {};
  return {
    name: typeof name === "string" ? name : "unknown",
    configuration: isObject(configuration) ? configuration : {},
  };
}

const codecName = (value: JsonValue | undefined): string => {
  if (typeof value === "string") return value;
  const { id, name } = isObject(value) ? value : {};
  return typeof id === "string" ? id : typeof name === "string" ? name : JSON.stringify(value);
};

function codecsOf(values: readonly JsonValue[]): readonly CodecName[] | { readonly why: string } {
  const names = values.map((v) => codecName(v).replace(/^numcodecs\./, ""));
  const unknown = names.find((n) => !codecNames.includes(n as CodecName));
  if (unknown !== undefined)
    return {
      why: `compressed with ${unknown}, which is not read; store it with blosc, zstd, lz4, gzip or zlib, or uncompressed`,
    };
  return names as CodecName[];
}

/** What stands in for chunks that are missing. */
function fillValue(value: JsonValue | undefined, type: ElementType): number | bigint {
  if (type === "int64" || type === "uint64") {
    if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : 0n;
    return typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : 0n;
  }
  if (typeof value === "number") return value;
  if (value === true) return 1;
  if (typeof value !== "string") return 0;
  if (/^0x[0-9a-f]+$/i.test(value) && type.startsWith("float") && type !== "float16") {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setBigUint64(0, BigInt(value) << (type === "float32" ? 32n : 0n));
    return type === "float32" ? bits.getFloat32(0) : bits.getFloat64(0);
  }
  const number = value === "" ? 0 : Number(value);
  return Number.isNaN(number) && value !== "NaN" ? 0 : number;
}

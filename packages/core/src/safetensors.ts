/**
 * The safetensors container (huggingface/safetensors): an 8-byte little-endian header length, a JSON header with
 * dtype, shape and byte range of every tensor, then the tensors back to back.
 */
import { SpectraiError } from "./errors.ts";
import { type DType, dtypes, type NdArray, sizeOf, type TypedArray } from "./ndarray.ts";

const names = {
  bool: "BOOL",
  int8: "I8",
  uint8: "U8",
  int16: "I16",
  uint16: "U16",
  int32: "I32",
  uint32: "U32",
  int64: "I64",
  uint64: "U64",
  float32: "F32",
  float64: "F64",
} as const satisfies Record<DType, string>;
const byName = new Map<string, DType>(Object.entries(names).map(([dtype, name]) => [name, dtype as DType]));
const headerLimit = 100_000_000;

export interface SafetensorsFile {
  readonly tensors: Readonly<Record<string, NdArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Tensors of wider elements first, so that each is aligned; the header is padded with spaces to 8 bytes. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NdArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  // Without a prototype, so that a tensor may have any name.
  const header = Object.create(null) as Record<string, unknown>;
  if (Object.keys(metadata).length > 0) header["__metadata__"] = metadata;
  let offset = 0;
  // Aligned by their order and not by gaps, which the format forbids.
  const order = Object.entries(tensors).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  for (const [name, { data, shape, dtype }] of order) {
    header[name] = { dtype: names[dtype], shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + headerLength + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerLength), true);
  out.set(json, 8);
  out.fill(0x20, 8 + json.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const [, { data }] of order) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const isEntry = (e: unknown): e is Entry =>
  typeof e === "object" &&
  e !== null &&
  "dtype" in e &&
  "shape" in e &&
  "data_offsets" in e &&
  typeof e.dtype === "string" &&
  Array.isArray(e.shape) &&
  e.shape.every((d) => Number.isSafeInteger(d) && d >= 0) &&
  Array.isArray(e.data_offsets) &&
  e.data_offsets.length === 2 &&
  e.data_offsets.every((d) => Number.isSafeInteger(d) && d >= 0);

/**
 * Decodes a whole file; every length is checked against the file before anything is allocated. float16 and bfloat16 are
 * widened to float32.
 *
 * @param name - the file, for the error message
 * @throws SPECTRAI_MODEL_DAMAGED
 */
export function decodeSafetensors(bytes: Uint8Array, name = "The file"): SafetensorsFile {
  const damaged = (why: string): never => {
    throw new SpectraiError("SPECTRAI_MODEL_DAMAGED", `${name} is not a usable safetensors file: ${why}.`, {
      details: { file: name },
    });
  };
  if (bytes.length < 8) damaged(`it has ${bytes.length} bytes, less than a header's length field`);
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (headerLength > headerLimit || 8 + headerLength > bytes.length)
    damaged(`its header should be ${headerLength} bytes long, but the file has ${bytes.length}`);
  let header: Record<string, unknown> = {};
  try {
    header = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + headerLength)),
    ) as Record<string, unknown>;
  } catch {
    damaged("its header is not JSON");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    damaged("its header is not a JSON object");
  const body = bytes.subarray(8 + headerLength);
  const tensors: Record<string, NdArray> = Object.create(null) as Record<string, NdArray>;
  const metadata: Record<string, string> = {};
  const entries: [string, Entry][] = [];
  for (const [key, entry] of Object.entries(header)) {
    if (key === "__metadata__") {
      if (typeof entry === "object" && entry !== null)
        for (const [k, v] of Object.entries(entry)) metadata[k] = String(v);
    } else if (isEntry(entry)) entries.push([key, entry]);
    else damaged(`the entry of tensor "${short(key)}" is malformed`);
  }
  // Every byte belongs to one tensor, as the format demands: a small file cannot claim large memory by naming bytes twice.
  let at = 0;
  for (const [
    key,
    {
      data_offsets: [start, stop],
    },
  ] of [...entries].sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )) {
    if (stop > body.length)
      damaged(`tensor "${short(key)}" lies at bytes ${start}–${stop} of ${body.length}; it was cut short`);
    if (start !== at || stop < start)
      damaged(`tensor "${short(key)}" lies at bytes ${start}–${stop}, but should start at ${at}`);
    at = stop;
  }
  if (at !== body.length) damaged(`${body.length - at} bytes at its end belong to no tensor`);
  for (const [key, entry] of entries) {
    const raw = body.subarray(...entry.data_offsets);
    const half = entry.dtype === "F16" || entry.dtype === "BF16";
    const dtype = half ? "float32" : byName.get(entry.dtype);
    if (!dtype) {
      damaged(`tensor "${short(key)}" has the unknown type ${short(entry.dtype)}`);
      continue;
    }
    const width = half ? 2 : dtypes[dtype].BYTES_PER_ELEMENT;
    if (sizeOf(entry.shape) * width !== raw.length)
      damaged(
        `tensor "${short(key)}" of shape [${short(entry.shape.join(", "))}] does not fill its ${raw.length} bytes`,
      );
    tensors[key] = { data: half ? widen(raw, entry.dtype === "BF16") : view(raw, dtype), shape: entry.shape, dtype };
  }
  return { tensors, metadata };
}

/** Text from a file, cut to what an error message can hold. */
const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** A typed view of the bytes, copied only where they are not aligned. */
function view(raw: Uint8Array, dtype: DType): TypedArray {
  const Type = dtypes[dtype];
  const width = Type.BYTES_PER_ELEMENT;
  const aligned = raw.byteOffset % width === 0 ? raw : raw.slice();
  return new Type(aligned.buffer as ArrayBuffer, aligned.byteOffset, raw.length / width);
}

function widen(raw: Uint8Array, brain: boolean): Float32Array {
  const source = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const out = new Float32Array(raw.length / 2);
  const bits = new Uint32Array(out.buffer);
  for (let i = 0; i < out.length; i++) {
    const h = source.getUint16(2 * i, true);
    if (brain) bits[i] = h << 16;
    else out[i] = halfToFloat(h);
  }
  return out;
}

/** IEEE 754 binary16 → number. */
export function halfToFloat(h: number): number {
  const sign = h & 0x8000 ? -1 : 1;
  const exponent = (h >>> 10) & 0x1f;
  const fraction = h & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** What the attributes of arrays mean: the CF conventions (cfconventions.org, 2.5 and 8.1), as far as spectra need them. */
import {
  type Axis,
  type AxisUnit,
  dtypes,
  isSpectraiError,
  type JsonObject,
  type JsonValue,
  makeAxis,
  type NdArray,
  sizeOf,
  toFloat64,
  type TypedArray,
} from "@spectrai/core";
import type { Entry, FileParts } from "../bytes/entries.ts";
import { unitIn } from "../csv/units.ts";

/** A variable with the attributes that the file gives it. */
export interface Described extends Entry {
  readonly attributes: JsonObject;
  /** The names of its dimensions, where the format has them. */
  readonly dimensions?: readonly string[];
  /** The value for "not measured" as it comes out of `read`, where that is another than the attributes have. */
  readonly noData?: number;
}

const axisNames = /^(cent(er|re)_?)?(wave_?lengths?|wave_?numbers?|bands?|lambda|raman_?shifts?)$/i;
const fillNames = ["_fillvalue", "missing_value", "missingvalue", "data_ignore_value", "nodata"];

/** A whole file: axis and no-data value are found out, attributes listed by variable. */
export async function describedFile(
  format: string,
  global: JsonObject,
  variables: readonly Described[],
  close?: () => Promise<void>,
): Promise<FileParts> {
  const axis = await spectralAxis(variables);
  const noData = noDataOf(variables);
  const described: Record<string, JsonObject> = {};
  for (const { info, attributes, dimensions } of variables)
    if (dimensions || Object.keys(attributes).length > 0)
      described[info.name] = { ...(dimensions ? { dimensions } : {}), ...attributes };
  return {
    entries: variables,
    ...(axis ? { axis } : {}),
    ...(noData === undefined ? {} : { noData }),
    attributes: { format, global, variables: described },
    ...(close ? { close } : {}),
  };
}

/** Attributes are looked for without regard to case: `units` and `Units`. */
function attribute(attributes: JsonObject, ...names: readonly string[]): JsonValue | undefined {
  for (const wanted of names)
    for (const [name, value] of Object.entries(attributes)) if (name.toLowerCase() === wanted) return value;
  return undefined;
}

const asNumber = (value: JsonValue | undefined): number | undefined => {
  const [first] = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  if (typeof first === "number") return first;
  return first === "NaN" ? NaN : undefined;
};

/** The value for "not measured" that the attributes name, as it is stored. */
export const fillOf = (attributes: JsonObject): number | undefined => asNumber(attribute(attributes, ...fillNames));

/** The value that the largest of the variables that name one has for "not measured", as it comes out of `read`. */
function noDataOf(variables: readonly Described[]): number | undefined {
  let largest = -1;
  let noData: number | undefined;
  for (const { info, attributes, noData: own } of variables) {
    const fill = info.kind === "numeric" ? (own ?? fillOf(attributes)) : undefined;
    if (fill === undefined || sizeOf(info.shape) <= largest) continue;
    largest = sizeOf(info.shape);
    noData = info.dtype === "float32" ? Math.fround(fill) : fill;
  }
  return noData;
}

function unitOf(attributes: JsonObject): AxisUnit | undefined {
  const text = attribute(attributes, "units", "unit");
  return typeof text === "string" ? unitIn(text) : undefined;
}

/**
 * The spectral axis: a vector called wavelength, wavenumber, band, lambda or Raman shift (or their plurals) whose attribute
 * `units` is one of ours, and which is as long as a dimension of another variable. Larger variables, and of them the last
 * dimension, are looked at first; vectors at the end.
 */
async function spectralAxis(variables: readonly Described[]): Promise<Axis | undefined> {
  const dimensions = ({ info }: Described): readonly number[] => info.shape.filter((d) => d > 1);
  const numeric = variables.filter((v) => v.info.kind === "numeric");
  const candidates = numeric
    .map((v) => ({ v, name: v.info.name.slice(v.info.name.lastIndexOf("/") + 1), unit: unitOf(v.attributes) }))
    .filter(({ v, name, unit }) => unit !== undefined && axisNames.test(name) && dimensions(v).length === 1);
  if (candidates.length === 0) return undefined;
  const vectors = new Set(candidates.map(({ v }) => v));
  const rank = (v: Described): number => (dimensions(v).length > 1 ? 1 : 0);
  const others = numeric
    .filter((v) => !vectors.has(v))
    .sort((a, b) => rank(b) - rank(a) || sizeOf(b.info.shape) - sizeOf(a.info.shape));
  const lengths = new Set(others.flatMap((v) => [...dimensions(v)].reverse()));
  for (const length of lengths)
    for (const { v, name, unit } of candidates) {
      if (sizeOf(v.info.shape) !== length) continue;
      const { data } = await v.read!();
      try {
        return makeAxis(toFloat64(data), unit!, name);
      } catch (e) {
        // Bands of two detectors that overlap, or no values at all: the points are then numbered.
        if (!isSpectraiError(e)) throw e;
      }
    }
  return undefined;
}

interface Packing {
  readonly scale: number;
  readonly offset: number;
  readonly dtype: "float32" | "float64";
}

/**
 * Packed numbers (CF 8.1): value = stored · scale_factor + add_offset. They are unpacked to float32 where the stored type has
 * at most 16 bits (or is float32) and float32 tells neighbouring values apart, to float64 otherwise.
 */
function packingOf(dtype: string, attributes: JsonObject): Packing | undefined {
  const scale = asNumber(attributes.scale_factor) ?? 1;
  const offset = asNumber(attributes.add_offset) ?? 0;
  if ((scale === 1 && offset === 0) || !Number.isFinite(scale) || !Number.isFinite(offset)) return undefined;
  const narrow = /^(u?int(8|16)|float32)$/.test(dtype) && Math.abs(offset) <= 2 ** 17 * Math.abs(scale);
  return { scale, offset, dtype: narrow ? "float32" : "float64" };
}

function applyPacking(packing: Packing | undefined, stored: TypedArray): TypedArray {
  if (!packing) return stored;
  const { scale, offset } = packing;
  const out = new dtypes[packing.dtype](stored.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(stored[i]) * scale + offset;
  return out;
}

/** A NetCDF variable as it is meant: integers marked as unsigned are, and packed numbers are unpacked. */
export function unpacked(variable: Described): Described {
  const { read, info, attributes } = variable;
  if (!read || info.kind !== "numeric") return variable;
  const unsigned = attributes._Unsigned === "true" && /^int(8|16|32)$/.test(info.dtype);
  const stored = unsigned ? `u${info.dtype}` : info.dtype;
  const packing = packingOf(stored, attributes);
  if (!unsigned && !packing) return variable;
  const dtype = (packing?.dtype ?? stored) as NdArray["dtype"];
  const fill = variable.noData ?? fillOf(attributes);
  const storedFill = unsigned && fill !== undefined && fill < 0 ? fill + 2 ** Number(info.dtype.slice(3)) : fill;
  return {
    ...variable,
    ...(storedFill === undefined ? {} : { noData: Number(applyPacking(packing, Float64Array.of(storedFill))[0]) }),
    info: { ...info, dtype },
    read: async (region) => {
      const { data, shape } = await read(region);
      const own = unsigned
        ? new dtypes[stored as "uint8"](data.buffer as ArrayBuffer, data.byteOffset, data.length)
        : data;
      return { data: applyPacking(packing, own), shape, dtype };
    },
  };
}

import { type ByteSource, type DataFile, type JsonObject, type JsonValue } from "@spectrai/core";
import { cut } from "../bytes/cut.ts";
import { dataFile, type Entry } from "../bytes/entries.ts";
import { damaged } from "../bytes/errors.ts";
import { type EnviFiles, findEnviFiles } from "./files.ts";
import { georeferenceOf } from "./georeference.ts";
import { type EnviHeader, listOf, numberIn, numbersOf, wholeOf } from "./header.ts";
import type { Layout } from "./layout.ts";
import { readRegion } from "./region.ts";
import { wavelengthsOf } from "./wavelengths.ts";

/** The image or library of a header and its raw file; opening either is the same. */
export async function openEnvi(source: ByteSource): Promise<DataFile> {
  const files = await findEnviFiles(source);
  try {
    return await describe(files);
  } catch (e) {
    await files.close();
    throw e;
  }
}

async function describe({ header, layout, data, close }: EnviFiles): Promise<DataFile> {
  const length = layout.kind === "library" ? layout.samples : layout.bands;
  const notes: string[] = [];
  const { axis, values, note } = layout.kind === "labels" ? {} : wavelengthsOf(header, length);
  if (note) notes.push(note);
  const entries: Entry[] = [mainEntry(layout, data)];
  if (values)
    entries.push({
      info: { name: "axis", kind: "numeric", shape: [length], dtype: "float64" },
      read: (region) =>
        Promise.resolve(cut({ data: values, shape: [length], dtype: "float64" }, header.file, "axis", region)),
    });
  const names = layout.kind === "library" ? namesOf(header, "spectra names", layout.lines, notes) : undefined;
  if (names)
    entries.push({
      info: {
        name: "names",
        kind: "text",
        shape: [names.length],
        dtype: `<U${Math.max(1, ...names.map((n) => n.length))}`,
      },
      readText: () => Promise.resolve([...names]),
    });
  const good = numbersOf(header, "bbl", length);
  const noData = noDataOf(header, layout);
  const georeference = georeferenceOf(header);
  const attributes = attributesOf(header, layout, length, notes);
  return {
    ...(await dataFile(data.name, { entries, ...(axis ? { axis } : {}), attributes, close })),
    ...(good ? { goodBands: Uint8Array.from(good, (v) => (v === 0 ? 0 : 1)) } : {}),
    ...(noData === undefined ? {} : { noData }),
    ...(georeference ? { georeference } : {}),
  };
}

function mainEntry({ kind, shape, strides, type, typeName, offset, little }: Layout, source: ByteSource): Entry {
  const name = kind === "library" ? "spectra" : "data";
  if (!type)
    return {
      info: { name, kind: "other", shape, dtype: typeName },
      why: "an array of complex numbers; save its real part or its magnitude",
    };
  return {
    info: { name, kind: "numeric", shape, dtype: type },
    read: (region) => readRegion({ source, name, offset, type, little, shape, strides }, region),
  };
}

/** As the numbers of the file hold it: `-3.4028235e38` in a header is not the float32 that it stands for. */
function noDataOf(header: EnviHeader, { type }: Layout): number | undefined {
  const text = header.fields.get("data ignore value");
  if (text === undefined || text === "") return undefined;
  const value = /^[-+]?nan$/i.test(text) ? NaN : Number(text);
  if (Number.isNaN(value) && !/nan/i.test(text))
    throw damaged(header.file, `its "data ignore value" is "${text.slice(0, 40)}", not a number`);
  return type === "float32" ? Math.fround(value) : value;
}

/** Names of things that are counted; a list of another length (a comma in a name, say) is told of and left out. */
function namesOf(header: EnviHeader, key: string, count: number, notes: string[]): string[] | undefined {
  const names = listOf(header, key);
  if (!names || names.length === count) return names;
  notes.push(`The list "${key}" is left out: it has ${names.length} names for ${count}.`);
  return undefined;
}

/** Keys that have a place of their own in what is returned. */
const placed = new Set(
  (
    "samples, lines, bands, header offset, file type, data type, interleave, byte order, wavelength, bbl, fwhm, " +
    "data ignore value, default bands, band names, spectra names, classes, class names, class lookup, description, " +
    "reflectance scale factor, epsg, map info, coordinate system string, projection info, geo points, rpc info"
  ).split(", "),
);

function attributesOf(header: EnviHeader, layout: Layout, length: number, notes: string[]): JsonObject {
  const { fields } = header;
  const attributes: Record<string, JsonValue> = { format: "envi", interleave: layout.interleave };
  const add = (name: string, value: JsonValue | undefined): void => {
    if (value !== undefined) attributes[name] = value;
  };
  add("fileType", fields.get("file type"));
  add("description", fields.get("description"));
  if (layout.kind !== "library") add("bandNames", namesOf(header, "band names", layout.bands, notes));
  const fwhm = numbersOf(header, "fwhm", length);
  add("fwhm", fwhm && Array.from(fwhm));
  const shown = listOf(header, "default bands")?.map(numberIn);
  // Counted from 1 in the header, from 0 here.
  if (shown?.every((b) => Number.isInteger(b) && b >= 1 && b <= layout.bands))
    add(
      "defaultBands",
      shown.map((b) => b - 1),
    );
  const scale = numberIn(fields.get("reflectance scale factor") ?? "");
  if (Number.isFinite(scale)) add("reflectanceScaleFactor", scale);
  add("classes", classesOf(header, notes));
  const rest = [...fields].filter(([key]) => !placed.has(key));
  if (rest.length > 0) add("header", Object.fromEntries(rest));
  if (notes.length > 0) add("notes", notes);
  return attributes;
}

const mostClasses = 65_536;

/** Names of the classes of a classification and the colours they are shown in. */
function classesOf(header: EnviHeader, notes: string[]): JsonValue | undefined {
  const listed = listOf(header, "class names");
  const count = wholeOf(header, "classes", 0, listed?.length ?? 0);
  if (count === 0 || count > mostClasses) return undefined;
  const names = namesOf(header, "class names", count, notes);
  const colors = listOf(header, "class lookup")?.map(numberIn);
  const usable = colors?.length === 3 * count && colors.every((c) => Number.isInteger(c) && c >= 0 && c <= 255);
  if (colors && !usable)
    notes.push(`The list "class lookup" is left out: it is not 3 numbers from 0 to 255 for each of ${count} classes.`);
  return Array.from({ length: count }, (_, k) => ({
    name: names?.[k] ?? `class ${k}`,
    ...(usable ? { color: colors.slice(3 * k, 3 * k + 3) } : {}),
  }));
}

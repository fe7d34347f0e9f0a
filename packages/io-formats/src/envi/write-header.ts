import type { Axis, AxisUnit, ImageFacts, JsonValue } from "@spectrai/core";
import { georeferenceLines } from "./georeference.ts";

export interface HeaderFacts extends ImageFacts {
  readonly lines: number;
  readonly samples: number;
  readonly bands: number;
  readonly type: number;
  readonly kind: "image" | "labels" | "library";
  /** Names of the spectra of a library. */
  readonly names?: readonly string[];
}

const fileTypes = { image: "ENVI Standard", labels: "ENVI Classification", library: "ENVI Spectral Library" } as const;
const unitNames: Readonly<Record<AxisUnit, string>> = {
  nm: "Nanometers",
  um: "Micrometers",
  "cm-1": "Wavenumber",
  eV: "eV",
  index: "Index",
};

/** The header of little-endian data, pixel by pixel, as UTF-8. @throws SPECTRAI_FILE_UNSUPPORTED where ENVI cannot say where the image lies */
export function enviHeader(facts: HeaderFacts): Uint8Array {
  const { kind, lines, samples, bands, type, axis, noData, classes, georeference, names, attributes = {} } = facts;
  const points = kind === "library" ? samples : bands;
  const description = attributes["description"];
  const text = [
    "ENVI",
    `description = {${typeof description === "string" ? plain(description) : "Written by spectrai"}}`,
    `samples = ${samples}`,
    `lines = ${lines}`,
    `bands = ${bands}`,
    "header offset = 0",
    `file type = ${fileTypes[kind]}`,
    `data type = ${type}`,
    `interleave = ${bands === 1 ? "bsq" : "bip"}`,
    "byte order = 0",
    ...(noData === undefined ? [] : [`data ignore value = ${noData}`]),
    ...(axis?.values.length === points && kind !== "labels" ? axisLines(axis) : []),
    ...numberLine("fwhm", attributes["fwhm"], points),
    ...numberLine("reflectance scale factor", attributes["reflectanceScaleFactor"]),
    ...defaultBands(attributes["defaultBands"], bands),
    ...(names ? [`spectra names = ${nameList(names)}`] : []),
    ...bandNames(facts),
    ...(kind === "labels" && classes ? classLines(classes) : []),
    ...(georeference ? georeferenceLines(georeference) : []),
  ];
  return new TextEncoder().encode(`${text.join("\n")}\n`);
}

const axisLines = ({ unit, values }: Axis): string[] => [
  `wavelength units = ${unitNames[unit]}`,
  `wavelength = ${wrapped(Array.from(values, String))}`,
];

const areNumbers = (value: JsonValue | undefined): value is number[] =>
  Array.isArray(value) && value.every((v) => typeof v === "number");

/** A number, or a list of as many as there are points; anything else is not what the key stands for. */
function numberLine(key: string, value: JsonValue | undefined, count?: number): string[] {
  if (count === undefined) return typeof value === "number" ? [`${key} = ${value}`] : [];
  return areNumbers(value) && value.length === count ? [`${key} = ${wrapped(value.map(String))}`] : [];
}

/** Counted from 1 in a header. */
const defaultBands = (value: JsonValue | undefined, bands: number): string[] =>
  areNumbers(value) && value.every((b) => b >= 0 && b < bands)
    ? [`default bands = {${value.map((b) => b + 1).join(", ")}}`]
    : [];

/** The bands' own names, else, for a band a class (probabilities), those of the classes. */
function bandNames({ kind, bands, classes, attributes }: HeaderFacts): string[] {
  if (kind !== "image") return [];
  const given = attributes?.["bandNames"];
  const names = Array.isArray(given) && given.length === bands ? given.map(String) : classes?.map((c) => c.name);
  return names?.length === bands ? [`band names = ${nameList(names)}`] : [];
}

const classLines = (classes: NonNullable<ImageFacts["classes"]>): string[] => [
  `classes = ${classes.length}`,
  `class names = ${nameList(classes.map((c) => c.name))}`,
  `class lookup = ${wrapped(classes.flatMap((c) => c.color.map(String)))}`,
];

/** Without what ends an element, a list or a line. */
const plain = (text: string): string => text.replace(/[{}]/g, " ").replace(/\s+/g, " ").trim();
const nameList = (names: readonly string[]): string => wrapped(names.map((n) => plain(n).replaceAll(",", ";")));

/** A list over lines of some ten elements. */
function wrapped(items: readonly string[]): string {
  const lines: string[] = [];
  for (let i = 0; i < items.length; i += 10) lines.push(items.slice(i, i + 10).join(", "));
  return `{\n ${lines.join(",\n ")}}`;
}

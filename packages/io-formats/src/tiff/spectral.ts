/** What a TIFF file says of its bands: wavelengths, bad bands, names, in GDAL's metadata or in the image's description. */
import { type Axis, type AxisUnit, type JsonObject, makeAxis } from "@spectrai/core";
import { unitIn } from "../csv/units.ts";
import type { XmlElement } from "./xml.ts";

export interface BandFacts {
  readonly axis?: Axis;
  /** Wavelengths that are no axis. */
  readonly unordered?: Float64Array;
  readonly goodBands?: Uint8Array;
  readonly attributes: JsonObject;
}

/**
 * The facts of `bands` bands.
 *
 * Wavelengths are taken from an item `wavelength` of every band (`wavelength_units` beside it), from GDAL's
 * `CENTRAL_WAVELENGTH_UM`, from one list `wavelength` for the image, from the bands' descriptions ("band 1 (418.24 Nanometers)"),
 * or from a list in the description of the image. Wavelengths that do not rise or fall throughout (detectors that overlap)
 * are no axis.
 */
export function bandFacts(items: readonly XmlElement[], description: string, bands: number): BandFacts {
  const ofBand = new Map<string, string[]>();
  const ofImage = new Map<string, string>();
  const metadata: [string, string][] = [];
  for (const { name: element, attributes, text } of items) {
    const written = attributes.get("name");
    if (element !== "Item" || !written) continue;
    const name = written.toLowerCase();
    const band = attributes.get("sample");
    if (band === undefined) {
      ofImage.set(name, text.trim());
      if (!placed.test(name)) metadata.push([written, text.trim()]);
    } else if (/^\d{1,5}$/.test(band) && Number(band) < bands) {
      const values = ofBand.get(name) ?? ofBand.set(name, []).get(name)!;
      values[Number(band)] = text.trim();
    }
  }
  const complete = (name: string): string[] | undefined => {
    const values = ofBand.get(name);
    return values?.length === bands && !values.includes(undefined as never) ? values : undefined;
  };
  const names = complete("description");
  const bad = numbersOf(complete("bbl") ?? listOf(ofImage.get("bbl")), bands);
  const found = wavelengths(complete, ofImage, names, description, bands);
  const axis = found && tryAxis(found.values, found.unit);
  const scale = numbersOf(complete("scale"), bands);
  const offset = numbersOf(complete("offset"), bands);
  const fwhm = numbersOf(complete("fwhm"), bands);
  const classes = classesOf(ofImage);
  return {
    ...(axis ? { axis } : {}),
    ...(found && !axis ? { unordered: found.values } : {}),
    ...(bad ? { goodBands: Uint8Array.from(bad, (b) => (b === 0 ? 0 : 1)) } : {}),
    attributes: {
      ...(metadata.length > 0 ? { metadata: Object.fromEntries(metadata) } : {}),
      ...(names ? { bandNames: names } : {}),
      ...(found && !axis
        ? {
            notes: [
              `The wavelengths (in ${found.unit}) are no spectral axis, but the variable "axis": they do not rise or fall throughout.`,
            ],
          }
        : {}),
      ...(fwhm ? { fwhm: Array.from(fwhm) } : {}),
      ...(classes ? { classes } : {}),
      ...(scale?.some((s) => s !== 1) ? { scale: Array.from(scale) } : {}),
      ...(offset?.some((o) => o !== 0) ? { offset: Array.from(offset) } : {}),
    },
  };
}

/** Items that have a place of their own. */
export const placed = /^(wavelength|wavelength_units|bbl|class_\d+)$/i;

/** The names that our own writer gives the classes of a label image: items `class_0`, `class_1`, …. */
function classesOf(ofImage: ReadonlyMap<string, string>): { readonly name: string }[] | undefined {
  const classes: { readonly name: string }[] = [];
  for (let name = ofImage.get("class_0"); name !== undefined; name = ofImage.get(`class_${classes.length}`))
    classes.push({ name });
  return classes.length > 0 ? classes : undefined;
}

interface Wavelengths {
  readonly values: Float64Array;
  readonly unit: AxisUnit;
}

function wavelengths(
  complete: (name: string) => string[] | undefined,
  ofImage: ReadonlyMap<string, string>,
  names: readonly string[] | undefined,
  description: string,
  bands: number,
): Wavelengths | undefined {
  const microns = numbersOf(complete("central_wavelength_um"), bands);
  if (microns) return { values: microns, unit: "um" };
  const unitText = complete("wavelength_units")?.[0] ?? ofImage.get("wavelength_units") ?? "";
  const listed = numbersOf(complete("wavelength") ?? listOf(ofImage.get("wavelength")), bands);
  if (listed) return { values: listed, unit: unitIn(unitText) ?? guessUnit(listed) };
  const inNames = names?.map((n) => /(\d+(?:\.\d+)?)\s*(nm|nanomet|[µμu]m|micromet|cm-1|cm\^-1)/i.exec(n));
  if (inNames?.every((m) => m !== null))
    return { values: Float64Array.from(inNames, (m) => Number(m[1])), unit: unitIn(inNames[0]?.[0] ?? "") ?? "nm" };
  const inText = /wavelengths?["']?\s*[:=]\s*[[{(]([\d\s.,eE+-]{1,1000000})[\]})]/i.exec(description)?.[1];
  const values = numbersOf(listOf(inText), bands);
  if (!values) return undefined;
  const unit = /wavelength[ _]?units?["']?\s*[:=]\s*["']?([^"',;\n}]{1,40})/i.exec(description)?.[1];
  return { values, unit: unitIn(unit ?? "") ?? guessUnit(values) };
}

/** Wavelengths below 100 are micrometres: no optical instrument measures at 100 nm. */
const guessUnit = (values: Float64Array): AxisUnit => (values.every((v) => v < 100) ? "um" : "nm");

const listOf = (text: string | undefined): string[] | undefined =>
  text
    ?.replace(/[{}[\]]/g, " ")
    .split(/[\s,;]+/)
    .filter((t) => t !== "");

/** Numbers, if there is one for each band. */
function numbersOf(texts: readonly string[] | undefined, bands: number): Float64Array | undefined {
  if (texts?.length !== bands || bands === 0) return undefined;
  const values = Float64Array.from(texts, (t) => (t === "" ? Number.NaN : Number(t)));
  return values.every(Number.isFinite) ? values : undefined;
}

export function tryAxis(values: Float64Array, unit: AxisUnit): Axis | undefined {
  try {
    return makeAxis(values, unit);
  } catch {
    return undefined;
  }
}

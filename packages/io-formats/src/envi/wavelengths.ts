import { type Axis, type AxisUnit, makeAxis } from "@spectrai/core";
import { unitIn } from "../csv/units.ts";
import { type EnviHeader, listOf, numbersOf } from "./header.ts";

export interface Wavelengths {
  readonly axis?: Axis;
  /** The numbers of the header, where they cannot be an axis. */
  readonly values?: Float64Array;
  /** What was guessed, or why there is no axis. */
  readonly note?: string;
}

/** ENVI's words for units, what they are here, and the factor between. */
const units: readonly (readonly [word: RegExp, unit: AxisUnit, factor: number])[] = [
  [/^(nm|nanomet(er|re)s?)$/, "nm", 1],
  [/^([uµμ]m|micromet(er|re)s?|microns?)$/, "um", 1],
  [/^millimet(er|re)s?$|^mm$/, "um", 1000],
  [/^angstroms?$|^å$/, "nm", 0.1],
  [/^wave ?numbers?$|^cm\^?-1$|^1\/cm$/, "cm-1", 1],
  [/^ev$/, "eV", 1],
  [/^(index|indices|bands?)$/, "index", 1],
];

/** The spectral axis of a header. @throws SPECTRAI_FILE_DAMAGED when the list has another length than the data */
export function wavelengthsOf(header: EnviHeader, length: number): Wavelengths {
  const given = numbersOf(header, "wavelength", length);
  if (!given) return {};
  const word = (header.fields.get("wavelength units") ?? "").toLowerCase().trim();
  const known = units.find(([pattern]) => pattern.test(word));
  const guess = known ? undefined : guessedUnit(header, word, given);
  const unit = known?.[1] ?? guess?.unit;
  if (!unit) return { values: given, note: guess?.note ?? "" };
  const factor = known?.[2] ?? 1;
  try {
    const axis = makeAxis(factor === 1 ? given : given.map((v) => v * factor), unit);
    return { axis, ...(guess ? { note: guess.note } : {}) };
  } catch (e) {
    return {
      values: given,
      note: `The wavelengths are no spectral axis, but the variable "axis": ${(e as Error).message}`,
    };
  }
}

/** From the title of the plots, else, for wavelengths, from how large they are. */
function guessedUnit(
  header: EnviHeader,
  word: string,
  values: Float64Array,
): { readonly unit?: AxisUnit; readonly note: string } {
  if (word !== "" && word !== "unknown" && word !== "none")
    return {
      note: `The wavelengths are in "${word}", which is no unit of a spectral axis; they are the variable "axis".`,
    };
  const title = listOf(header, "z plot titles")?.[0] ?? "";
  const titled = unitIn(title);
  // "Wavelength" alone tells no unit.
  if (titled && (titled !== "nm" || /nm|nanomet/i.test(title)))
    return { unit: titled, note: `The unit of the wavelengths is taken from the plot title "${title}".` };
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const unit = least > 0 && most <= 100 ? "um" : least >= 100 && most <= 3000 ? "nm" : undefined;
  const range = `${least} to ${most}`;
  if (unit) return { unit, note: `The header gives no unit for the wavelengths; ${range} are taken to be ${unit}.` };
  return {
    note: `The header gives no unit for the wavelengths, and ${range} do not tell it; they are the variable "axis".`,
  };
}

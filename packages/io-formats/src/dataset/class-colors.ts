/** Labels from pictures: the class of a pixel is told by its colour. */
import { type DataFile, type NdArray, type Rectangle, SpectraiError, toFloat64 } from "@spectrai/core";
import { z } from "zod";
import { unlabelled } from "./unlabelled.ts";

/** A colour as people write it: `#rrggbb`, or red, green and blue. */
export const colorSchema = z.union([
  z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be "#rrggbb"'),
  z.tuple([z.int().min(0).max(255), z.int().min(0).max(255), z.int().min(0).max(255)]),
]);
type Color = z.output<typeof colorSchema>;

/** The class of each colour, 0xrrggbb; `unlabelled` for those that are ignored. */
export type ColorTable = ReadonlyMap<number, number>;

const numberOf = (color: Color): number =>
  typeof color === "string" ? parseInt(color.slice(1), 16) : (color[0] << 16) | (color[1] << 8) | color[2];
const hex = (color: number): string => `#${color.toString(16).padStart(6, "0")}`;

/** @throws SPECTRAI_CONFIG_INVALID for fewer than two classes, and for a colour that is named twice */
export function colorTable(classes: Readonly<Record<string, Color>>, ignored: readonly Color[]): ColorTable {
  const table = new Map<number, number>();
  const owner = new Map<number, string>();
  const add = (color: Color, what: string, value: number): void => {
    const key = numberOf(color);
    const other = owner.get(key);
    if (other !== undefined)
      throw new SpectraiError(
        "SPECTRAI_CONFIG_INVALID",
        `classColors: ${hex(key)} stands for ${other} and for ${what}. Give each its own colour.`,
      );
    owner.set(key, what);
    table.set(key, value);
  };
  const entries = Object.entries(classes);
  if (entries.length < 2)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `classColors: it names ${entries.length === 0 ? "no class" : "only one class"}; at least two are needed.`,
    );
  for (const [k, [name, color]] of entries.entries()) add(color, `"${name}"`, k);
  for (const color of ignored) add(color, "no label", unlabelled);
  return table;
}

/** Red, green and blue of each value of a picture with a palette. @throws SPECTRAI_DATA_SHAPE where there is none */
export function paletteOf(path: string, { attributes }: DataFile): Int32Array {
  const { palette } = attributes;
  if (!Array.isArray(palette))
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `${path}: classColors tells classes by colours, but the image has one value a pixel and no palette. Leave out classColors, and say with firstClass and classNames what its values mean.`,
      { details: { file: path } },
    );
  return Int32Array.from(palette, (entry) => (Array.isArray(entry) ? packed(entry[0], entry[1], entry[2]) : none));
}

/** Where a picture's colours come from: its channels, of which the fourth is the opacity, or a palette. */
export type ColorSource = { readonly channels: 3 | 4 } | { readonly palette: Int32Array };

/**
 * The classes of a window's pixels; those that are fully transparent have no label.
 *
 * @throws SPECTRAI_DATA_LABEL for a colour that the table does not have, with its row and column
 */
export function labelsOfColors(
  values: NdArray,
  source: ColorSource,
  table: ColorTable,
  path: string,
  { y0, y1, x0, x1 }: Rectangle,
): Int32Array {
  const { data: given } = values;
  const data = given instanceof BigInt64Array || given instanceof BigUint64Array ? toFloat64(given) : given;
  const labels = new Int32Array((y1 - y0) * (x1 - x0));
  const [step, palette] = "palette" in source ? [1, source.palette] : [source.channels, undefined];
  // Neighbours mostly have the same colour, which is then looked up once.
  let before: number | undefined;
  let label = unlabelled;
  for (let p = 0, at = 0; p < labels.length; p++, at += step) {
    if (step === 4 && data[at + 3] === 0) {
      labels[p] = unlabelled;
      continue;
    }
    const color = palette ? (palette[data[at]!] ?? none) : packed(data[at]!, data[at + 1]!, data[at + 2]!);
    if (color !== before) {
      const found = table.get(color);
      if (found === undefined) {
        const shown = color === none ? `(${[...data.subarray(at, at + Math.min(step, 3))].join(", ")})` : hex(color);
        throw unknownColor(path, y0 + Math.floor(p / (x1 - x0)), x0 + (p % (x1 - x0)), shown);
      }
      before = color;
      label = found;
    }
    labels[p] = label;
  }
  return labels;
}

/** What is no colour. */
const none = -1;
const isByte = (v: unknown): v is number => typeof v === "number" && (v & 255) === v;
/** 0xrrggbb, or `none` where these are no whole numbers from 0 to 255. */
const packed = (red: unknown, green: unknown, blue: unknown): number =>
  isByte(red) && isByte(green) && isByte(blue) ? (red << 16) | (green << 8) | blue : none;

const unknownColor = (path: string, row: number, column: number, color: string): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_DATA_LABEL",
    `${path}, row ${row}, column ${column} (counted from 0): the colour ${color} stands for no class. Add it to classColors, or to ignoreColors where such pixels have no label.`,
    { details: { file: path, row, column, color } },
  );

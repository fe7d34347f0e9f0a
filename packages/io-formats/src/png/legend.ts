import type { ImageHeader } from "@spectrai/core";
import { glyph, glyphHeight, glyphWidth } from "./font.ts";

const margin = 8;
const swatch = 16;
const line = 24;
/** Pixels a dot of the font. */
const dot = 2;
const longestName = 60;

/** A picture `[height, width, 3]` with a line a class: its colour and its name, black on white. */
export function legendImage(classes: NonNullable<ImageHeader["classes"]>): {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
} {
  const names = classes.map(({ name }) => {
    const chars = Array.from(name.normalize("NFC"));
    return chars.length > longestName ? [...chars.slice(0, longestName - 3), ".", ".", "."] : chars;
  });
  const longest = Math.max(1, ...names.map((n) => n.length));
  const width = 3 * margin + swatch + longest * (glyphWidth + 1) * dot;
  const height = 2 * margin + classes.length * line - (line - swatch);
  const data = new Uint8Array(height * width * 3).fill(255);
  const fill = (x0: number, y0: number, size: number, color: readonly number[]): void => {
    for (let y = y0; y < y0 + size; y++)
      for (let x = x0; x < x0 + size; x++) for (let c = 0; c < 3; c++) data[(y * width + x) * 3 + c] = color[c]!;
  };
  for (const [k, { color }] of classes.entries()) {
    const top = margin + k * line;
    fill(margin, top, swatch, [0, 0, 0]);
    fill(margin + 1, top + 1, swatch - 2, color);
    for (const [i, char] of names[k]!.entries())
      for (const [column, bits] of glyph(char).entries())
        for (let row = 0; row < glyphHeight; row++)
          if ((bits >> row) & 1)
            fill(2 * margin + swatch + (i * (glyphWidth + 1) + column) * dot, top + row * dot, dot, [0, 0, 0]);
  }
  return { height, width, data };
}

import { type DividedImage, partsOfRow } from "../image/split-map.ts";

/** A part's letter, by its number in `partCodes`. */
const letters = [".", "#", "+", "o"] as const;
const colors = ["90", "34", "32", "33"] as const;

export interface SplitMapTextOptions {
  /** The most characters across. Default: 64. */
  readonly width?: number;
  /** Colours by ANSI escapes. Default: false. */
  readonly colour?: boolean;
}

/** The letters of `splitMapText`. */
export const splitMapLegend = "# training, + validation, o test, . guard or unused";

/**
 * A split over an image as text: a cell is twice as tall as wide, and has the letter of the part that most of its pixels
 * are in (of equals the one before in training, validation, test, none).
 */
export function splitMapText(image: DividedImage, { width = 64, colour = false }: SplitMapTextOptions = {}): string {
  const columns = Math.max(1, Math.min(width, image.width));
  const lines = Math.max(1, Math.min(image.height, Math.round((image.height * columns) / image.width / 2)));
  const counts = new Float64Array(lines * columns * 4);
  const codes = new Uint8Array(image.width);
  for (let y = 0; y < image.height; y++) {
    partsOfRow(image, y, codes);
    const line = Math.floor((y * lines) / image.height);
    for (let x = 0; x < image.width; x++)
      counts[(line * columns + Math.floor((x * columns) / image.width)) * 4 + codes[x]!]!++;
  }
  return Array.from({ length: lines }, (_, line) =>
    Array.from({ length: columns }, (_, column) => {
      const cell = counts.subarray((line * columns + column) * 4, (line * columns + column + 1) * 4);
      const code = [2, 3, 0].reduce((best, c) => (cell[c]! > cell[best]! ? c : best), 1);
      const letter = letters[code]!;
      return colour ? `\u001b[${colors[code]!}m${letter}\u001b[0m` : letter;
    }).join(""),
  ).join("\n");
}

import type { Rgb } from "../plot/tones.ts";
import { glyph, glyphHeight, textWidth } from "./bitmap-font.ts";

/** Pixels, row by row from the top, four bytes each: red, green, blue, alpha. */
export interface RasterImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export function blankImage(width: number, height: number, [r, g, b]: Rgb): RasterImage {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < data.length; i += 4) data.set([r, g, b, 255], i);
  return { width, height, data };
}

/** Lays a colour over a pixel; what lies outside the image is left out. */
export function blend({ width, height, data }: RasterImage, x: number, y: number, rgb: Rgb, alpha: number): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const at = (y * width + x) * 4;
  for (let c = 0; c < 3; c++) data[at + c] = Math.round(data[at + c]! + (rgb[c]! - data[at + c]!) * alpha);
}

export function fillRect(
  image: RasterImage,
  x: number,
  y: number,
  width: number,
  height: number,
  rgb: Rgb,
  alpha = 1,
): void {
  for (let row = y; row < y + height; row++)
    for (let column = x; column < x + width; column++) blend(image, column, row, rgb, alpha);
}

export interface TextStyle {
  readonly rgb: Rgb;
  /** Pixels a dot of the font. */
  readonly scale: number;
  /** What `x` is of the text. Default: its start. */
  readonly anchor?: "start" | "middle" | "end";
}

/** Text with its upper edge at `y`. */
export function drawText(
  image: RasterImage,
  x: number,
  y: number,
  text: string,
  { rgb, scale, anchor = "start" }: TextStyle,
): void {
  const width = textWidth(text) * scale;
  let left = Math.round(anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2);
  const top = Math.round(y);
  for (const char of text) {
    const columns = glyph(char);
    columns.forEach((bits, column) => {
      for (let row = 0; row < glyphHeight; row++)
        if ((bits >> row) & 1) fillRect(image, left + column * scale, top + row * scale, scale, scale, rgb);
    });
    left += (columns.length + 1) * scale;
  }
}

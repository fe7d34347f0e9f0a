import { blend, type RasterImage } from "./canvas.ts";
import type { Rgb } from "../plot/tones.ts";

export interface Stroke {
  readonly rgb: Rgb;
  /** Pixels. */
  readonly width: number;
  readonly alpha: number;
}

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Strokes polylines `[x0, y0, …]` (pixels from the area's upper left corner), cut off at the area. A pixel is covered
 * by how near its centre is to the nearest segment; the largest coverage counts, so joints are not painted twice.
 */
export function strokePolylines(
  image: RasterImage,
  area: Area,
  lines: readonly ArrayLike<number>[],
  stroke: Stroke,
): void {
  const { width, height } = area;
  const coverage = new Float32Array(width * height);
  for (const line of lines) {
    if (line.length === 2) cover(coverage, area, line[0]!, line[1]!, line[0]!, line[1]!, stroke.width);
    for (let i = 2; i < line.length; i += 2)
      cover(coverage, area, line[i - 2]!, line[i - 1]!, line[i]!, line[i + 1]!, stroke.width);
  }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const share = coverage[y * width + x]!;
      if (share > 0) blend(image, area.left + x, area.top + y, stroke.rgb, share * stroke.alpha);
    }
}

function cover(
  coverage: Float32Array,
  area: Area,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  thickness: number,
): void {
  const reach = thickness / 2 + 0.5;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = dx * dx + dy * dy;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(area.width - 1, Math.ceil(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(area.height - 1, Math.ceil(Math.max(y0, y1) + reach));
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const t = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
      const distance = Math.hypot(px - t * dx, py - t * dy);
      const share = Math.min(1, reach - distance);
      const at = y * area.width + x;
      if (share > coverage[at]!) coverage[at] = share;
    }
}

/** A polyline cut into dashes of `on` pixels with `off` pixels between them, measured along the line. */
export function dashes(line: ArrayLike<number>, on: number, off: number): number[][] {
  const out: number[][] = [];
  let current: number[] | undefined = line.length >= 2 ? [line[0]!, line[1]!] : undefined;
  let left = on;
  let drawing = true;
  for (let i = 2; i < line.length; i += 2) {
    let [x, y] = [line[i - 2]!, line[i - 1]!];
    const [endX, endY] = [line[i]!, line[i + 1]!];
    for (let length = Math.hypot(endX - x, endY - y); length > 0; length = Math.hypot(endX - x, endY - y)) {
      const share = Math.min(1, left / length);
      x = share === 1 ? endX : x + (endX - x) * share;
      y = share === 1 ? endY : y + (endY - y) * share;
      left -= share * length;
      if (drawing) current!.push(x, y);
      if (left > 1e-9) break;
      if (drawing) out.push(current!);
      drawing = !drawing;
      left = drawing ? on : off;
      current = drawing ? [x, y] : undefined;
    }
  }
  if (current && current.length > 2) out.push(current);
  return out;
}

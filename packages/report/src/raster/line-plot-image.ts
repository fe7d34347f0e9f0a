import { formatAxis } from "../format.ts";
import { toneOf, type LinePlot } from "../plot/line-plot.ts";
import { scalesOf } from "../plot/line-plot-svg.ts";
import { polylines } from "../plot/polylines.ts";
import { darkTones, lightTones, type Rgb } from "../plot/tones.ts";
import { textWidth } from "./bitmap-font.ts";
import { blankImage, drawText, fillRect, type RasterImage } from "./canvas.ts";
import { dashes, strokePolylines } from "./stroke.ts";

export interface LinePlotImageOptions {
  /** Pixels, 80 to 8192. Default: 640. */
  readonly width?: number;
  /** Pixels, 60 to 8192. Default: 320. */
  readonly height?: number;
  /** Pixels a dot of the lettering, a whole number from 1: 2 for a display of high density. Default: 1. */
  readonly scale?: number;
  /** Light figures on a dark ground. Default: false. */
  readonly dark?: boolean;
}

const clamp = (value: number, low: number, high: number): number => Math.round(Math.min(high, Math.max(low, value)));

/**
 * A line plot as pixels (RGBA), with axes, ticks, labels, a legend and a title: what an image summary of TensorBoard or
 * a PNG file wants, without a browser or a graphics library. Values outside the axes are cut off.
 */
export function linePlotImage(plot: LinePlot, options: LinePlotImageOptions = {}): RasterImage {
  const scale = clamp(options.scale ?? 1, 1, 16);
  const width = clamp(options.width ?? 640, 80, 8192);
  const height = clamp(options.height ?? 320, 60, 8192);
  const dark = options.dark ?? false;
  const tones = dark ? darkTones : lightTones;
  const [ground, grid, muted]: [Rgb, Rgb, Rgb] = dark
    ? [
        [20, 23, 29],
        [44, 49, 58],
        [160, 168, 180],
      ]
    : [
        [255, 255, 255],
        [227, 230, 235],
        [91, 100, 114],
      ];
  const image = blankImage(width, height, ground);
  const { x, y } = scalesOf(plot);
  const line = 12 * scale;
  const label = { rgb: muted, scale };

  // Head: title, legend, name of the y axis; each takes a line.
  let top = 5 * scale;
  if (plot.title) {
    drawText(image, 6 * scale, top, fitText(plot.title, (width - 12 * scale) / scale), { rgb: tones.ink, scale });
    top += line;
  }
  if (plot.series.filter((s) => s.name).length > 1) top = drawLegend(image, plot, top, scale, tones);
  const yText = formatAxis(plot.y?.label, plot.y?.unit);
  if (yText) {
    drawText(image, 6 * scale, top, yText, label);
    top += line;
  }
  top += 3 * scale;

  const xText = formatAxis(plot.x?.label, plot.x?.unit);
  const bottom = (xText ? 28 : 16) * scale;
  const inner = { height: Math.max(8, height - top - bottom), width: 0 };
  const yTicks = y.ticks(Math.max(2, Math.round(inner.height / (34 * scale))));
  const left = 12 * scale + Math.max(...yTicks.map((t) => textWidth(t.label)), 0) * scale;
  inner.width = Math.max(8, width - left - 12 * scale);

  for (const tick of yTicks) {
    if (!tick.label) continue;
    const at = Math.round(top + (1 - y.position(tick.value)) * inner.height);
    fillRect(image, left, at, inner.width, scale, grid);
    drawText(image, left - 4 * scale, at - 3 * scale, tick.label, { ...label, anchor: "end" });
  }
  const floor = top + inner.height;
  fillRect(image, left, floor, inner.width, scale, muted);
  let end = -Infinity;
  for (const tick of x.ticks(Math.max(2, Math.round(inner.width / (70 * scale))))) {
    const at = Math.round(left + x.position(tick.value) * inner.width);
    fillRect(image, at, floor, scale, (tick.label ? 4 : 2) * scale, muted);
    const half = (textWidth(tick.label) * scale) / 2;
    if (!tick.label || at - half < end + 3 * scale || at + half > width) continue;
    drawText(image, at, floor + 6 * scale, tick.label, { ...label, anchor: "middle" });
    end = at + half;
  }
  if (xText) drawText(image, left + inner.width / 2, floor + 17 * scale, xText, { ...label, anchor: "middle" });

  const area = { left, top, ...inner };
  plot.series.forEach((series, i) => {
    const lines = polylines(series, x, y, inner);
    const drawn = series.style === "dashed" ? lines.flatMap((l) => dashes(l, 6 * scale, 4 * scale)) : lines;
    const faint = series.style === "faint";
    strokePolylines(image, area, drawn, {
      rgb: tones[toneOf(series, i)],
      width: (series.style === "points" ? 4 : faint ? 1 : 1.5) * scale,
      alpha: faint ? 0.75 : 1,
    });
  });
  for (const mark of plot.marks ?? []) {
    const vertical = mark.x !== undefined;
    const at = vertical ? x.position(mark.x) : y.position(mark.y ?? NaN);
    if (!(at >= 0 && at <= 1)) continue;
    const px = Math.round(left + (vertical ? at : 0) * inner.width);
    const py = Math.round(top + (vertical ? 0 : 1 - at) * inner.height);
    for (let i = 0; i < (vertical ? inner.height : inner.width); i += 4 * scale)
      fillRect(image, vertical ? px : px + i, vertical ? py + i : py, scale, scale, muted);
    const late = !vertical || at > 0.8;
    drawText(
      image,
      vertical ? px + (late ? -4 : 4) * scale : left + inner.width,
      vertical ? py : py - 10 * scale,
      mark.label,
      {
        ...label,
        anchor: late ? "end" : "start",
      },
    );
  }
  return image;
}

/** Draws the legend in as many lines as it takes; returns where the next thing goes. */
function drawLegend(
  image: RasterImage,
  plot: LinePlot,
  top: number,
  scale: number,
  tones: Readonly<Record<string, Rgb>>,
): number {
  const line = 12 * scale;
  let at = 6 * scale;
  plot.series.forEach((series, i) => {
    if (!series.name) return;
    const name = fitText(series.name, image.width / scale - 34);
    const width = (textWidth(name) + 30) * scale;
    if (at > 6 * scale && at + width > image.width) {
      at = 6 * scale;
      top += line;
    }
    const rgb = tones[toneOf(series, i)]!;
    for (let x = 0; x < 16; x += 1)
      if (series.style !== "dashed" || x % 10 < 6)
        fillRect(image, at + x * scale, top + 3 * scale, scale, 2 * scale, rgb);
    drawText(image, at + 20 * scale, top, name, { rgb: tones["ink"]!, scale });
    at += width;
  });
  return top + line;
}

function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const chars = Array.from(text);
  while (chars.length > 1 && textWidth(`${chars.join("")}…`) > width) chars.pop();
  return `${chars.join("")}…`;
}

import { formatAxis } from "../format.ts";
import { markup, trusted, type Markup, type Part } from "../markup.ts";
import type { PlotAxis } from "./line-plot.ts";
import type { Scale } from "./scale.ts";

/** Margins around the plot inside its SVG, in pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  /** Size of the plot itself. */
  readonly inner: { readonly width: number; readonly height: number };
}

export interface FrameInput {
  readonly width: number;
  readonly height: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly xAxis: PlotAxis | undefined;
  readonly yAxis: PlotAxis | undefined;
  /** Space above the plot for a title and a legend. */
  readonly head: number;
}

/** Mean advance of a character of the labels (12 px sans-serif); measured, as SVG is made without a browser. */
export const charWidth = 6.4;

const xTickCount = (width: number): number => Math.max(2, Math.round(width / 95));
const yTickCount = (height: number): number => Math.max(3, Math.round(height / 48));

export function makeFrame({ width, height, x, y, xAxis, yAxis, head }: FrameInput): { frame: Frame; axes: Markup } {
  const xText = formatAxis(xAxis?.label, xAxis?.unit);
  const yText = formatAxis(yAxis?.label, yAxis?.unit);
  const top = head + (yText ? 24 : 8);
  const bottom = xText ? 42 : 24;
  const inner = { width: 0, height: Math.max(10, height - top - bottom) };
  const yTicks = y.ticks(yTickCount(inner.height));
  const left = Math.max(30, 12 + charWidth * Math.max(...yTicks.map((t) => t.label.length), 0));
  const xTicks = x.ticks(xTickCount(width - left - 14));
  // Half of a last label may stand out to the right.
  const last = xTicks.findLast((t) => t.label && x.position(t.value) <= 1);
  const right = last && x.position(last.value) > 0.95 ? Math.max(14, (last.label.length * charWidth) / 2 + 5) : 14;
  inner.width = Math.max(10, width - left - right);

  const at = (v: number): string => v.toFixed(1);
  const yAt = (value: number): number => top + (1 - y.position(value)) * inner.height;
  const xAt = (value: number): number => left + x.position(value) * inner.width;
  const grid = yTicks.map((t) => (t.label ? `M${at(left)} ${at(yAt(t.value))}h${at(inner.width)}` : "")).join("");
  const floor = top + inner.height;
  const ticks = xTicks.map((t) => `M${at(xAt(t.value))} ${at(floor)}v${t.label ? 5 : 3}`).join("");
  const axes = markup`<path class="grid" d="${trusted(grid)}" fill="none" stroke="#e3e6eb"/><path class="axis" d="${trusted(
    `M${at(left)} ${at(floor)}h${at(inner.width)}${ticks}`,
  )}" fill="none" stroke="#9aa1ad"/><g class="ticks" font-size="12" fill="#5b6472">${yTicks.map(
    (t) => t.label && markup`<text x="${at(left - 7)}" y="${at(yAt(t.value) + 4)}" text-anchor="end">${t.label}</text>`,
  )}${spaced(xTicks.map((t) => ({ label: t.label, at: xAt(t.value) }))).map(
    (t) => markup`<text x="${at(t.at)}" y="${at(floor + 19)}" text-anchor="middle">${t.label}</text>`,
  )}${xText && markup`<text class="label" x="${at(left + inner.width / 2)}" y="${at(height - 5)}" text-anchor="middle">${xText}</text>`}${
    yText && markup`<text class="label" x="${at(2)}" y="${at(top - 10)}">${yText}</text>`
  }</g>`;
  return { frame: { width, height, left, top, inner }, axes };
}

/** Leaves out labels that would run into the one before. */
function spaced(labels: readonly { label: string; at: number }[]): { label: string; at: number }[] {
  let end = -Infinity;
  return labels.filter(({ label, at }) => {
    const half = (label.length * charWidth) / 2;
    if (!label || at - half < end + 4) return false;
    end = at + half;
    return true;
  });
}

/** An SVG element that states what it shows; usable in a page and as a file of its own. */
export const svgElement = (
  frame: Pick<Frame, "width" | "height">,
  alt: string,
  content: Part,
  extra: Part = "",
): Markup =>
  markup`<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${frame.width} ${frame.height}" width="${frame.width}" height="${
    frame.height
  }" role="img" aria-label="${alt}" font-family="system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"${extra}><title>${alt}</title>${content}</svg>`;

/** A nested SVG: its own coordinates, and what leaves it is cut off, without an id that could clash in a page. */
export const plotArea = (frame: Frame, content: Part): Markup =>
  markup`<svg class="area" x="${frame.left.toFixed(1)}" y="${frame.top.toFixed(1)}" width="${frame.inner.width.toFixed(1)}" height="${frame.inner.height.toFixed(1)}">${content}</svg>`;

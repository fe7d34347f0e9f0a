import { formatNumber, formatUnit } from "../format.ts";
import { markup, markupText, type Markup } from "../markup.ts";
import { charWidth, svgElement } from "./frame-svg.ts";
import { tones, type Tone } from "./line-plot.ts";
import { hexOf, lightTones } from "./tones.ts";

export interface Bar {
  readonly label: string;
  readonly value: number | null;
  /** Default: grey. */
  readonly tone?: Tone;
}

export interface Bars {
  /** What the bars measure: `Test MSE`. */
  readonly label: string;
  readonly unit?: string;
  readonly bars: readonly Bar[];
}

/** Horizontal bars from 0 with their values written beside them. */
export const barsSvg = (bars: Bars, options: { readonly width?: number; readonly alt?: string } = {}): string =>
  markupText(barsMarkup(bars, options));

const rowHeight = 28;

export function barsMarkup(
  { label, unit, bars }: Bars,
  options: { readonly width?: number; readonly alt?: string } = {},
): Markup {
  const { width = 860 } = options;
  const values = bars.map(({ value }) => (typeof value === "number" ? value : NaN));
  const finite = values.filter(Number.isFinite);
  const low = Math.min(0, ...finite);
  const high = Math.max(0, ...finite);
  const span = high - low || 1;
  const names = bars.map((b) => (b.label.length > 30 ? `${b.label.slice(0, 29)}…` : b.label));
  const left = Math.max(40, 10 + charWidth * 1.08 * Math.max(...names.map((n) => n.length), 0));
  const room = width - left - 90;
  const height = bars.length * rowHeight + 4;
  const zero = left + (-low / span) * room;
  const rows = bars.map((bar, i) => {
    const value = values[i]!;
    const top = i * rowHeight + 4;
    const length = Number.isFinite(value) ? (Math.abs(value) / span) * room : 0;
    const start = value < 0 ? zero - length : zero;
    const tone = bar.tone && tones.includes(bar.tone) ? bar.tone : "grey";
    return markup`<g><text x="${(left - 10).toFixed(1)}" y="${top + 15}" text-anchor="end">${names[i]}</text><rect class="fill ${tone}" x="${start.toFixed(1)}" y="${top}" width="${length.toFixed(
      1,
    )}" height="${rowHeight - 8}" rx="2" fill="${hexOf(lightTones[tone])}"/><text x="${(value < 0 ? zero + 7 : start + length + 7).toFixed(1)}" y="${top + 15}">${formatNumber(value)}</text></g>`;
  });
  const printed = formatUnit(unit);
  const alt = `${label}${printed ? ` in ${printed}` : ""}: ${bars.map((b, i) => `${b.label} ${formatNumber(values[i]!)}`).join(", ")}.`;
  return svgElement(
    { width, height },
    options.alt ?? `Bar chart. ${alt}`,
    markup`<g font-size="13" fill="#1f2430">${rows}</g>`,
  );
}

import { formatSetting, formatNumber } from "../format.ts";
import { markup, markupText, trusted, type Markup } from "../markup.ts";
import { extentOf, numberAt, type Numbers } from "../numbers.ts";
import { charWidth, svgElement } from "./frame-svg.ts";

export interface Heatmap {
  /** Names of the rows, top to bottom; for a confusion matrix the true classes. */
  readonly rows: readonly string[];
  /** Names of the columns; for a confusion matrix the predicted classes. */
  readonly columns: readonly string[];
  /** `values[row][column]`. */
  readonly values: readonly Numbers[];
  readonly rowLabel?: string;
  readonly columnLabel?: string;
  /** Shades a cell by its share of its row, as a confusion matrix wants it; the numbers written stay as given. Default: false. */
  readonly byRow?: boolean;
}

/** A matrix as shaded cells; the values are written in where there is room. */
export const heatmapSvg = (
  heatmap: Heatmap,
  options: { readonly width?: number; readonly alt?: string } = {},
): string => markupText(heatmapMarkup(heatmap, options));

export function heatmapMarkup(
  heatmap: Heatmap,
  options: { readonly width?: number; readonly alt?: string } = {},
): Markup {
  const { rows, columns, values, byRow = false } = heatmap;
  const { width = 860 } = options;
  const shorten = (name: string): string => (name.length > 22 ? `${name.slice(0, 21)}…` : name);
  const widest = (names: readonly string[]): number => charWidth * Math.max(...names.map((n) => shorten(n).length), 1);
  const left = widest(rows) + (heatmap.rowLabel ? 36 : 14);
  const cell = Math.max(1, Math.min(72, (width - left - 10) / Math.max(1, columns.length)));
  const tall = Math.min(cell, 40);
  const slanted = widest(columns) > cell - 6;
  const top = (heatmap.columnLabel ? 22 : 4) + (slanted ? widest(columns) * 0.72 + 12 : 20);
  const named = tall >= 11;
  const range = extentOf(values) ?? { low: 0, high: 1 };
  const height = Math.ceil(top + tall * rows.length + 8);

  const shade = (r: number, value: number): number => {
    const bounds = byRow ? { low: 0, high: sum(values[r]!) } : { low: Math.min(0, range.low), high: range.high };
    return bounds.high > bounds.low ? Math.min(1, Math.max(0, (value - bounds.low) / (bounds.high - bounds.low))) : 0;
  };
  const cells = rows.map((row, r) =>
    columns.map((column, c) => {
      const value = values[r] ? numberAt(values[r], c) : NaN;
      const share = Number.isFinite(value) ? shade(r, value) : 0;
      const text = Number.isInteger(value) ? formatSetting(value) : formatNumber(value, 2);
      const [x, y] = [left + c * cell, top + r * tall];
      return markup`<g><title>${row} → ${column}: ${text}</title><rect class="cell" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(0.5, cell - 1).toFixed(1)}" height="${Math.max(0.5, tall - 1).toFixed(1)}" fill="#1268d6" fill-opacity="${(0.05 + 0.95 * share).toFixed(3)}"/>${
        tall >= 16 &&
        cell >= text.length * charWidth + 4 &&
        markup`<text x="${(x + cell / 2).toFixed(1)}" y="${(y + tall / 2 + 4).toFixed(1)}" text-anchor="middle"${share > 0.5 && trusted(' class="on" fill="#fff"')}>${text}</text>`
      }</g>`;
    }),
  );
  const rowNames =
    named &&
    rows.map(
      (row, r) =>
        markup`<text x="${(left - 6).toFixed(1)}" y="${(top + r * tall + tall / 2 + 4).toFixed(1)}" text-anchor="end">${shorten(row)}</text>`,
    );
  const columnNames =
    cell >= 11 &&
    columns.map((column, c) => {
      const [x, y] = [(left + c * cell + cell / 2).toFixed(1), (top - 7).toFixed(1)];
      return slanted
        ? markup`<text x="${x}" y="${y}" transform="rotate(-45 ${x} ${y})">${shorten(column)}</text>`
        : markup`<text x="${x}" y="${y}" text-anchor="middle">${shorten(column)}</text>`;
    });
  const middle = (top + (tall * rows.length) / 2).toFixed(1);
  const labels = markup`${heatmap.columnLabel && markup`<text class="label" x="${left.toFixed(1)}" y="14">${heatmap.columnLabel}</text>`}${
    heatmap.rowLabel &&
    markup`<text class="label" x="14" y="${middle}" transform="rotate(-90 14 ${middle})" text-anchor="middle">${heatmap.rowLabel}</text>`
  }`;
  const wide = Math.max(
    Math.ceil(left + cell * columns.length + 10),
    slanted ? Math.ceil(left + cell * columns.length + widest(columns) * 0.72) : 0,
  );
  return svgElement(
    { width: wide, height },
    options.alt ?? describe(heatmap),
    markup`<g font-size="12" fill="#1f2430">${cells}${rowNames}${columnNames}${labels}</g>`,
    // A page stretches its figures to its width; a small matrix would become huge.
    markup` style="min-width:${Math.min(wide, 520)}px;max-width:${wide}px"`,
  );
}

function sum(values: Numbers): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += Math.max(0, numberAt(values, i)) || 0;
  return total;
}

const most = 12;

function describe({ rows, columns, values, rowLabel = "rows", columnLabel = "columns" }: Heatmap): string {
  const size = `Matrix of ${rows.length} ${rowLabel} by ${columns.length} ${columnLabel}.`;
  if (rows.length > most || columns.length > most) return size;
  const lines = rows.map(
    (row, r) =>
      `${row}: ${columns.map((c, i) => `${c} ${formatNumber(values[r] ? numberAt(values[r], i) : NaN, 3)}`).join(", ")}`,
  );
  return `${size} ${lines.join("; ")}.`;
}

import type { Block, ImageBlock, TableBlock, TableCell, TableColumn, TextBlock } from "./blocks.ts";
import { formatCount, formatNumber, formatUnit } from "./format.ts";
import { markup, type Markup, type Part } from "./markup.ts";
import { barsMarkup } from "./plot/bars-svg.ts";
import { heatmapMarkup } from "./plot/heatmap-svg.ts";
import { histogramMarkup } from "./plot/histogram-svg.ts";
import { imagesMarkup, isPng } from "./render-images.ts";
import { toneOf, type LineSeries } from "./plot/line-plot.ts";
import { linePlotMarkup } from "./plot/line-plot-svg.ts";

/** A block as a figure, a table or paragraphs. */
export function renderBlock(block: Block, width = 860): Markup {
  const alt = "alt" in block && block.alt !== undefined ? { alt: block.alt } : {};
  switch (block.kind) {
    case "lines": {
      const { plot, height = 320 } = block;
      const svg = linePlotMarkup(plot, { width, height, bare: true, ...alt });
      return figure(svg, block.caption, plot.title, plot.series.length > 1 && legend(plot.series));
    }
    case "histogram": {
      const { groups } = block.histogram;
      const series = groups.map((g) => ({ ...g, y: [] }));
      return figure(
        histogramMarkup(block.histogram, { width, ...alt }),
        block.caption,
        undefined,
        groups.length > 1 && legend(series),
      );
    }
    case "bars":
      return figure(
        barsMarkup(block.bars, { width, ...alt }),
        block.caption,
        withUnit(block.bars.label, block.bars.unit),
      );
    case "heatmap":
      return figure(heatmapMarkup(block.heatmap, { width, ...alt }), block.caption);
    case "image":
      return imageBlock(block);
    case "images":
      return imagesMarkup(block, width);
    case "text":
      return textBlock(block);
    case "table":
      return tableBlock(block);
    default:
      // Data come from JSON: a kind that this version does not know is left out, not a reason to lose the report.
      block satisfies never;
      return markup``;
  }
}

const withUnit = (label: string, unit: string | undefined): string => {
  const printed = formatUnit(unit);
  return printed ? `${label} (${printed})` : label;
};

function figure(content: Part, caption?: string, title?: string, key?: Part): Markup {
  return markup`<figure>${title && markup`<p class="figure-title">${title}</p>`}${key}<div class="canvas">${content}</div>${
    caption && markup`<figcaption>${caption}</figcaption>`
  }</figure>`;
}

/** The legend; the page's script turns its entries into buttons that show and hide a line. */
const legend = (series: readonly LineSeries[]): Markup =>
  markup`<ul class="legend">${series.map(
    (s, i) =>
      markup`<li data-s="${i}"><span class="key ${toneOf(s, i)}${s.style === "dashed" && " dashed"}"></span>${s.name}</li>`,
  )}</ul>`;

function imageBlock({ png, alt, caption, pixelated }: ImageBlock): Markup {
  if (!isPng(png))
    return textBlock({
      kind: "text",
      text: `An image is not shown, as it is not a PNG data URI: ${alt}`,
      tone: "warning",
    });
  return figure(markup`<img src="${png}" alt="${alt}"${pixelated && markup` class="pixelated"`}>`, caption);
}

const textBlock = ({ text, tone = "plain" }: TextBlock): Markup =>
  markup`<div class="text ${tone === "note" || tone === "warning" ? tone : "plain"}">${text.split(/\n\s*\n/).map((p) => markup`<p>${p}</p>`)}</div>`;

function tableBlock({ columns, rows, caption, highlight }: TableBlock): Markup {
  const best = columns.map((column, c) =>
    bestRow(
      column,
      rows.map((row) => row[c] ?? null),
    ),
  );
  const numeric = columns.map((_, c) => rows.some((row) => typeof row[c] === "number"));
  return markup`<div class="table"><table>${caption && markup`<caption>${caption}</caption>`}<thead><tr>${columns.map(
    (column, c) =>
      markup`<th scope="col"${numeric[c] && markup` class="number"`}>${withUnit(column.label, column.unit)}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row, r) =>
      markup`<tr${r === highlight && markup` class="highlight"`}>${columns.map((column, c) =>
        c === 0
          ? markup`<th scope="row"${numeric[c] && markup` class="number"`}>${cellText(row[c] ?? null, column)}</th>`
          : cell(row[c] ?? null, column, numeric[c]!, best[c] === r),
      )}</tr>`,
  )}</tbody></table></div>`;
}

const cell = (value: TableCell, column: TableColumn, numeric: boolean, best: boolean): Markup =>
  markup`<td${numeric && markup` class="number${best && " best"}"`}>${cellText(value, column)}${best && markup`<span class="hidden"> (best)</span>`}</td>`;

function cellText(value: TableCell, { digits }: TableColumn): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  return digits === undefined && Number.isInteger(value) ? formatCount(value) : formatNumber(value, digits);
}

/** The first row with the best finite number, where there is more than one to choose from. */
function bestRow(column: TableColumn, cells: readonly TableCell[]): number | undefined {
  const values = cells.map((c) => (typeof c === "number" && Number.isFinite(c) ? c : undefined));
  const finite = values.filter((v) => v !== undefined);
  if (!column.better || finite.length < 2) return undefined;
  return values.indexOf(column.better === "lower" ? Math.min(...finite) : Math.max(...finite));
}

import { formatAxis } from "../format.ts";
import { toneOf, type LinePlot, type Tone } from "../plot/line-plot.ts";
import { scalesOf } from "../plot/line-plot-svg.ts";
import { polylines } from "../plot/polylines.ts";
import { plainText } from "./plain-text.ts";

export interface LinePlotTextOptions {
  /** Characters, with the axis. Default: 80. */
  readonly width?: number;
  /** Lines, with title, legend and axis. Default: 20. */
  readonly height?: number;
  /** ANSI colours, one a series. Without them the lines cannot be told apart where they cross. Default: false. */
  readonly colour?: boolean;
}

const ansi: Readonly<Record<Tone, string>> = {
  ink: "39",
  grey: "90",
  blue: "94",
  orange: "33",
  green: "32",
  purple: "35",
  red: "31",
  teal: "36",
};

/** Dot bits of a braille cell (U+2800), by row and column. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** A line plot for a terminal, drawn in braille dots: two by four to a character. No line is wider than asked for. */
export function linePlotText(plot: LinePlot, options: LinePlotTextOptions = {}): string {
  const width = Math.round(Math.max(24, options.width ?? 80));
  const height = Math.round(Math.max(6, options.height ?? 20));
  const paint = (text: string, code: string): string => (options.colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { x, y } = scalesOf(plot);

  const head: string[] = [];
  const title = plainText(plot.title ?? "");
  if (title) head.push(cut(title, width));
  head.push(...legendLines(plot, width, paint));
  const yText = cut(formatAxis(plot.y?.label, plot.y?.unit), width);
  if (yText) head.push(yText);

  const xText = cut(formatAxis(plot.x?.label, plot.x?.unit), width);
  const rows = Math.max(2, height - head.length - (xText ? 3 : 2));
  const ticks = new Map<number, string>();
  for (const tick of y.ticks(Math.max(2, Math.round(rows / 4))))
    if (tick.label)
      ticks.set(Math.min(rows - 1, Math.max(0, Math.floor((1 - y.position(tick.value)) * rows))), tick.label);
  const gutter = Math.max(0, ...[...ticks.values()].map((t) => t.length)) + 1;
  const columns = Math.max(8, width - gutter - 1);

  const cells = new Uint8Array(rows * columns);
  const owner = new Int16Array(rows * columns).fill(-1);
  plot.series.forEach((series, i) => {
    const size = { width: columns * 2 - 1, height: rows * 4 - 1 };
    for (const line of polylines(series, x, y, size))
      for (let p = 0; p < line.length; p += 2) {
        const from = Math.max(0, p - 2);
        rasterize(
          Math.round(line[from]!),
          Math.round(line[from + 1]!),
          Math.round(line[p]!),
          Math.round(line[p + 1]!),
          (dx, dy) => {
            if (dx < 0 || dy < 0 || dx > size.width || dy > size.height) return;
            const at = (dy >> 2) * columns + (dx >> 1);
            cells[at]! |= dots[(dy & 3) as 0 | 1 | 2 | 3][(dx & 1) as 0 | 1];
            owner[at] = i;
          },
        );
      }
  });

  const body: string[] = [];
  for (let r = 0; r < rows; r++) {
    let line = `${(ticks.get(r) ?? "").padStart(gutter)}${ticks.has(r) ? "┤" : "│"}`;
    const tones = Array.from({ length: columns }, (_, c) => {
      const series = owner[r * columns + c]!;
      return series < 0 ? undefined : toneOf(plot.series[series]!, series);
    });
    // Stretches of one colour are painted together, and blanks at the end of a line left out.
    const end = tones.findLastIndex((t) => t !== undefined) + 1;
    for (let c = 0; c < end;) {
      const tone = tones[c];
      let stretch = "";
      for (; c < end && tones[c] === tone; c++)
        stretch += tone ? String.fromCharCode(0x2800 + cells[r * columns + c]!) : " ";
      line += tone ? paint(stretch, ansi[tone]) : stretch;
    }
    body.push(line);
  }

  const rule = new Array<string>(columns).fill("─");
  const labels = new Array<string>(columns).fill(" ");
  let free = 0;
  for (const tick of x.ticks(Math.max(2, Math.round(columns / 12)))) {
    const at = Math.min(columns - 1, Math.round(x.position(tick.value) * (columns - 1)));
    if (!tick.label) continue;
    rule[at] = "┬";
    const start = Math.min(columns - tick.label.length, Math.max(0, at - (tick.label.length >> 1)));
    if (start < free) continue;
    Array.from(tick.label).forEach((char, i) => (labels[start + i] = char));
    free = start + tick.label.length + 1;
  }
  const foot = [`${" ".repeat(gutter)}└${rule.join("")}`, `${" ".repeat(gutter + 1)}${labels.join("").trimEnd()}`];
  if (xText)
    foot.push(
      `${" ".repeat(Math.max(0, Math.min(width - xText.length, gutter + 1 + ((columns - xText.length) >> 1))))}${xText}`,
    );
  return [...head, ...body, ...foot].join("\n");
}

function legendLines(plot: LinePlot, width: number, paint: (text: string, code: string) => string): string[] {
  const lines: string[] = [];
  let [text, used] = ["", 0];
  plot.series.forEach((series, i) => {
    const name = cut(plainText(series.name), width - 3);
    if (!name || plot.series.length < 2) return;
    if (used > 0 && used + name.length + 5 > width) {
      lines.push(text);
      [text, used] = ["", 0];
    }
    text += `${used > 0 ? "  " : ""}${paint("──", ansi[toneOf(series, i)])} ${name}`;
    used += name.length + (used > 0 ? 5 : 3);
  });
  if (used > 0) lines.push(text);
  return lines;
}

const cut = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);

/** The dots of a straight line (Bresenham). */
function rasterize(x0: number, y0: number, x1: number, y1: number, dot: (x: number, y: number) => void): void {
  const [dx, dy] = [Math.abs(x1 - x0), -Math.abs(y1 - y0)];
  const [stepX, stepY] = [x0 < x1 ? 1 : -1, y0 < y1 ? 1 : -1];
  // The points are at most an axis' end apart, unless the caller set the ends: what is far outside is not walked to.
  if (dx - dy > 1e5) return;
  let error = dx + dy;
  for (;;) {
    dot(x0, y0);
    if (x0 === x1 && y0 === y1) return;
    const twice = 2 * error;
    if (twice >= dy) {
      error += dy;
      x0 += stepX;
    }
    if (twice <= dx) {
      error += dx;
      y0 += stepY;
    }
  }
}

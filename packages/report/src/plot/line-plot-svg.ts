import { formatUnit } from "../format.ts";
import { markup, markupText, trusted, type Markup } from "../markup.ts";
import { describeLinePlot } from "./describe.ts";
import { charWidth, makeFrame, plotArea, svgElement, type Frame } from "./frame-svg.ts";
import { toneOf, type LinePlot, type PlotMark } from "./line-plot.ts";
import { pathData } from "./path.ts";
import { polylines, xValues } from "./polylines.ts";
import { makeScale, type Scale } from "./scale.ts";
import { hexOf, lightTones } from "./tones.ts";

export interface LinePlotSvgOptions {
  /** Pixels. Default: 860. */
  readonly width?: number;
  /** Pixels. Default: 320. */
  readonly height?: number;
  /** The text alternative. Default: made from the data. */
  readonly alt?: string;
  /** Leaves out the title and the legend, for a page that has its own around the figure. */
  readonly bare?: boolean;
}

/** A line plot as one SVG element: a file of its own, or part of a page. Series longer than the plot is wide are thinned without losing a peak. */
export const linePlotSvg = (plot: LinePlot, options: LinePlotSvgOptions = {}): string =>
  markupText(linePlotMarkup(plot, options));

export function linePlotMarkup(plot: LinePlot, options: LinePlotSvgOptions = {}): Markup {
  const { width = 860, height = 320, bare = false } = options;
  const { x, y } = scalesOf(plot);
  const named = plot.series.filter((s) => s.name);
  const head = bare ? 0 : (plot.title ? 26 : 0) + (named.length > 1 ? 22 : 0);
  const { frame, axes } = makeFrame({ width, height, x, y, xAxis: plot.x, yAxis: plot.y, head });
  const paths = plot.series.map((series, i) => {
    const tone = toneOf(series, i);
    const d = polylines(series, x, y, frame.inner).map(pathData).join("");
    return markup`<path class="line ${tone}${series.style === "faint" && " faint"}" data-s="${i}" data-name="${series.name}" d="${trusted(d)}" fill="none" stroke="${hexOf(
      lightTones[tone],
    )}" stroke-width="${series.style === "points" ? 5 : series.style === "faint" ? 1 : 1.6}" stroke-linejoin="round" stroke-linecap="round"${series.style === "dashed" && trusted(' stroke-dasharray="6 4"')}${
      (series.style === "faint" || series.style === "points") && trusted(' stroke-opacity="0.75"')
    }/>`;
  });
  const content = markup`${axes}${!bare && headMarkup(plot)}${plotArea(frame, paths)}${(plot.marks ?? []).map((m) => markMarkup(m, frame, x, y))}`;
  const readOut = JSON.stringify({
    x: [x.low, x.high, x.log],
    y: [y.low, y.high, y.log],
    box: [frame.left, frame.top, frame.inner.width, frame.inner.height],
    label: plot.x?.label ?? "",
    unit: formatUnit(plot.x?.unit),
  });
  return svgElement(frame, options.alt ?? describeLinePlot(plot), content, markup` data-plot="${readOut}"`);
}

/** The axes of a plot: x as wide as the data, y with a little air. Shared by every way of drawing it. */
export function scalesOf(plot: LinePlot): { x: Scale; y: Scale } {
  return {
    x: makeScale(plot.x, plot.series.map(xValues), 0),
    y: makeScale(
      plot.y,
      plot.series.map((s) => s.y),
      0.04,
    ),
  };
}

function headMarkup(plot: LinePlot): Markup {
  let x = 2;
  const row = plot.title ? 44 : 16;
  const items = plot.series.filter((s) => s.name);
  const legend =
    items.length > 1 &&
    items.map((series) => {
      const tone = toneOf(series, plot.series.indexOf(series));
      const item = markup`<path class="line ${tone}" d="M${x} ${row - 4}h18" fill="none" stroke="${hexOf(lightTones[tone])}" stroke-width="2"${
        series.style === "dashed" && trusted(' stroke-dasharray="6 4"')
      }/><text x="${x + 23}" y="${row}">${series.name}</text>`;
      x += 23 + Math.ceil(series.name.length * charWidth) + 18;
      return item;
    });
  return markup`<g class="head" font-size="12" fill="#1f2430">${plot.title && markup`<text x="2" y="18" font-size="15" font-weight="600">${plot.title}</text>`}${legend}</g>`;
}

function markMarkup(mark: PlotMark, frame: Frame, x: Scale, y: Scale): Markup | false {
  const vertical = mark.x !== undefined;
  const at = vertical ? x.position(mark.x) : y.position(mark.y ?? NaN);
  if (!(at >= 0 && at <= 1)) return false;
  const { left, top, inner } = frame;
  const px = (vertical ? left + at * inner.width : left).toFixed(1);
  const py = (vertical ? top : top + (1 - at) * inner.height).toFixed(1);
  const late = vertical ? at > 0.8 : true;
  const textX = vertical ? Number(px) + (late ? 4 : -4) : left + inner.width - 2;
  const textY = vertical ? top - 5 : Number(py) - 5;
  return markup`<g class="mark"><path d="M${px} ${py}${vertical ? `v${inner.height.toFixed(1)}` : `h${inner.width.toFixed(1)}`}" fill="none" stroke="#9aa1ad" stroke-dasharray="2 3"/><text x="${textX.toFixed(
    1,
  )}" y="${textY.toFixed(1)}" font-size="12" fill="#5b6472" text-anchor="${late ? "end" : "start"}">${mark.label}</text></g>`;
}

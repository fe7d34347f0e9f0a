import { formatAxis, formatNumber } from "../format.ts";
import { extentOf, numberAt } from "../numbers.ts";
import type { LinePlot, LineSeries } from "./line-plot.ts";
import { xValues } from "./polylines.ts";

const most = 8;

/** What a line plot shows, in words: the text alternative for who cannot see it. */
export function describeLinePlot(plot: LinePlot): string {
  const y = formatAxis(plot.y?.label, plot.y?.unit);
  const x = formatAxis(plot.x?.label, plot.x?.unit);
  const about = y && x ? ` of ${y} against ${x}` : y ? ` of ${y}` : "";
  const range = extentOf(plot.series.map(xValues));
  const over = range ? ` from ${formatNumber(range.low)} to ${formatNumber(range.high)}` : "";
  const series = plot.series.slice(0, most).map(describeSeries);
  if (plot.series.length > most) series.push(`${plot.series.length - most} more lines`);
  const title = plot.title ? `${plot.title}. ` : "";
  return `${title}Line plot${about}${over}. ${series.join("; ")}${series.length > 0 ? "." : ""}`.trim();
}

function describeSeries(series: LineSeries): string {
  const range = extentOf([series.y]);
  if (!range) return `${series.name}: no values`;
  let last = NaN;
  for (let i = series.y.length - 1; i >= 0 && !Number.isFinite(last); i--) last = numberAt(series.y, i);
  return `${series.name}: ${formatNumber(range.low, 3)} to ${formatNumber(range.high, 3)}, last ${formatNumber(last, 3)}`;
}

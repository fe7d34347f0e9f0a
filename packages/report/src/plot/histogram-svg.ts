import { formatAxis, formatNumber } from "../format.ts";
import { markup, markupText, trusted, type Markup } from "../markup.ts";
import { quantile, sortedFinite, type Numbers } from "../numbers.ts";
import { makeFrame, plotArea, svgElement } from "./frame-svg.ts";
import { toneOf, type PlotAxis, type Tone } from "./line-plot.ts";
import { pathData } from "./path.ts";
import { makeScale, type Scale } from "./scale.ts";
import { hexOf, lightTones } from "./tones.ts";

export interface HistogramGroup {
  readonly name: string;
  readonly values: Numbers;
  readonly tone?: Tone;
}

export interface Histogram {
  /** The axis of the values. Counts are on the other one. */
  readonly x?: PlotAxis;
  readonly groups: readonly HistogramGroup[];
  /** Default: from the number of values, 8 to 40. */
  readonly bins?: number;
  /** What is counted, in the plural. Default: samples. */
  readonly counted?: string;
}

export interface HistogramSvgOptions {
  readonly width?: number;
  readonly height?: number;
  readonly alt?: string;
}

/** Histograms of several groups over common bins, as outlines; a dashed line marks each group's median. */
export const histogramSvg = (histogram: Histogram, options: HistogramSvgOptions = {}): string =>
  markupText(histogramMarkup(histogram, options));

export function histogramMarkup(histogram: Histogram, options: HistogramSvgOptions = {}): Markup {
  const { width = 860, height = 260 } = options;
  const { x, counts } = binCounts(histogram);
  const label = histogram.counted ?? "samples";
  const yAxis = { label: `${label.charAt(0).toUpperCase()}${label.slice(1)}` };
  const y = makeScale({ low: 0 }, counts.length > 0 ? counts : [[1]], 0.06);
  const { frame, axes } = makeFrame({ width, height, x, y, xAxis: histogram.x, yAxis, head: 0 });
  const { inner } = frame;
  const shapes = counts.map((bins, g) => {
    const group = histogram.groups[g]!;
    const tone = toneOf({ ...group, y: [] }, g);
    const colour = hexOf(lightTones[tone]);
    const steps = [0, inner.height];
    bins.forEach((count, i) => {
      const py = (1 - y.position(count)) * inner.height;
      steps.push((i / bins.length) * inner.width, py, ((i + 1) / bins.length) * inner.width, py);
    });
    steps.push(inner.width, inner.height);
    const median = x.position(quantile(sortedFinite(group.values), 0.5)) * inner.width;
    return markup`<g class="group" data-s="${g}" data-name="${group.name}"><path class="line ${tone} filled" d="${trusted(pathData(steps))}" fill="${colour}" fill-opacity="0.14" stroke="${colour}" stroke-width="1.6" stroke-linejoin="round"/>${
      Number.isFinite(median) &&
      markup`<path class="line ${tone}" d="${trusted(`M${median.toFixed(1)} 0v${inner.height.toFixed(1)}`)}" fill="none" stroke="${colour}" stroke-width="1.4" stroke-dasharray="4 4"/>`
    }</g>`;
  });
  return svgElement(frame, options.alt ?? describeHistogram(histogram), markup`${axes}${plotArea(frame, shapes)}`);
}

/** Bins that all groups share, evenly spaced on the axis (so even in the logarithm on a logarithmic one), and each group's counts. */
export function binCounts(histogram: Histogram): { readonly x: Scale; readonly counts: readonly number[][] } {
  const x = makeScale(
    histogram.x,
    histogram.groups.map((g) => g.values),
    0.02,
  );
  const largest = Math.max(1, ...histogram.groups.map((g) => g.values.length));
  const asked = histogram.bins === undefined ? Math.round(2 * Math.cbrt(largest) + 10) : Math.round(histogram.bins);
  const bins = Math.min(histogram.bins === undefined ? 40 : 200, Math.max(1, asked));
  const counts = histogram.groups.map((group) => {
    const out = new Array<number>(bins).fill(0);
    for (const value of sortedFinite(group.values)) {
      const at = x.position(value);
      if (at >= 0 && at <= 1) out[Math.min(bins - 1, Math.floor(at * bins))]!++;
    }
    return out;
  });
  return { x, counts };
}

function describeHistogram({ x, groups, counted = "samples" }: Histogram): string {
  const about = formatAxis(x?.label, x?.unit);
  const parts = groups.map((group) => {
    const sorted = sortedFinite(group.values);
    if (sorted.length === 0) return `${group.name}: no values`;
    const [low, median, high] = [0, 0.5, 1].map((q) => formatNumber(quantile(sorted, q), 3));
    return `${group.name}: ${sorted.length} ${counted}, median ${median}, from ${low} to ${high}`;
  });
  return `Histogram${about ? ` of ${about}` : ""}. ${parts.join("; ")}.`;
}

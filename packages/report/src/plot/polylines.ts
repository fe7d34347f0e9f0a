import { numberAt, type Numbers } from "../numbers.ts";
import type { LineSeries } from "./line-plot.ts";
import type { Scale } from "./scale.ts";

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** The x values of a series: its own, or 0, 1, 2, … */
export const xValues = (series: LineSeries): Numbers => series.x ?? indices(series.y.length);

const indices = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => i);

/**
 * A series as polylines in pixels from the upper left corner of the plot, `[x0, y0, x1, y1, …]` each; one polyline
 * for every stretch without a gap. Where more than four points fall on a pixel column on average, a column keeps its
 * first, lowest, highest and last point: the drawn line covers the same pixels, and no peak is lost. Points that are not
 * joined are a polyline each.
 */
export function polylines(series: LineSeries, x: Scale, y: Scale, size: PlotSize): Float64Array[] {
  const xs = xValues(series);
  const n = Math.min(xs.length, series.y.length);
  const out: Float64Array[] = [];
  const points = new Float64Array(2 * n);
  let used = 0;
  const flush = (): void => {
    if (used > 0) out.push(thin(points.slice(0, used), size.width));
    used = 0;
  };
  for (let i = 0; i < n; i++) {
    const px = x.position(numberAt(xs, i)) * size.width;
    const py = (1 - y.position(numberAt(series.y, i))) * size.height;
    if (Number.isFinite(px) && Number.isFinite(py)) {
      points[used++] = px;
      points[used++] = py;
      if (series.style === "points") flush();
    } else flush();
  }
  flush();
  return out;
}

/** First, lowest, highest and last point of every pixel column, in their order. Lines that run back and forth in x are left alone. */
export function thin(points: Float64Array, columns: number): Float64Array {
  const n = points.length / 2;
  if (n <= 4 * columns || !isMonotonic(points)) return points;
  const out = new Float64Array(points.length);
  let used = 0;
  const keep = (i: number): void => {
    out[used++] = points[2 * i]!;
    out[used++] = points[2 * i + 1]!;
  };
  for (let start = 0; start < n;) {
    const column = Math.floor(points[2 * start]!);
    let end = start + 1;
    let low = start;
    let high = start;
    for (; end < n && Math.floor(points[2 * end]!) === column; end++) {
      const value = points[2 * end + 1]!;
      if (value < points[2 * low + 1]!) low = end;
      if (value > points[2 * high + 1]!) high = end;
    }
    const [first, second] = low < high ? [low, high] : [high, low];
    keep(start);
    if (first > start) keep(first);
    if (second > first && second > start) keep(second);
    if (end - 1 > second) keep(end - 1);
    start = end;
  }
  return out.slice(0, used);
}

function isMonotonic(points: Float64Array): boolean {
  let [rises, falls] = [false, false];
  for (let i = 2; i < points.length; i += 2) {
    if (points[i]! > points[i - 2]!) rises = true;
    else if (points[i]! < points[i - 2]!) falls = true;
  }
  return !(rises && falls);
}

import { superscript } from "../format.ts";
import { extentOf, type Extent, type Numbers } from "../numbers.ts";
import type { PlotAxis } from "./line-plot.ts";

export interface Tick {
  readonly value: number;
  /** Empty for a minor tick. */
  readonly label: string;
}

/** Maps values onto 0 … 1. */
export interface Scale extends Extent {
  readonly log: boolean;
  position(value: number): number;
  /** About `count` labelled ticks, at round values. */
  ticks(count: number): Tick[];
}

/**
 * The scale of an axis over its data, with `air` (a share of the length) left at both ends where the caller did not
 * set the end. Data without a usable value get the range 0 … 1 (log: 0.1 … 1).
 */
export function makeScale(axis: PlotAxis | undefined, lists: Iterable<Numbers>, air: number): Scale {
  const log = axis?.scale === "log";
  const usable = (end: number | undefined): number | undefined =>
    typeof end === "number" && Number.isFinite(end) && (!log || end > 0) ? end : undefined;
  const [givenLow, givenHigh] = [usable(axis?.low), usable(axis?.high)];
  const data = extentOf(lists, log) ?? { low: log ? 0.1 : 0, high: 1 };
  const into = log ? Math.log10 : (v: number): number => v;
  const back = log ? (v: number): number => 10 ** v : (v: number): number => v;

  let a = into(givenLow ?? data.low);
  let b = into(givenHigh ?? data.high);
  if (!(b > a)) {
    // A single value, or ends that cross: make room around it.
    const half = log ? 0.5 : Math.abs(a) * 0.05 || 0.5;
    const middle = givenHigh === undefined ? a : b;
    [a, b] = [middle - half, middle + half];
  }
  const room = (b - a) * air;
  if (givenLow === undefined) a -= room;
  if (givenHigh === undefined) b += room;
  const [low, high] = [back(a), back(b)];
  return {
    low,
    high,
    log,
    position: (value) => (into(value) - a) / (b - a),
    ticks: (count) => (log ? logTicks(a, b, count) : linearTicks(low, high, count)),
  };
}

/** Steps of 1, 2, 2.5 or 5 times a power of ten: about `count` ticks, and three at least where as many were asked for. */
export function linearTicks(low: number, high: number, count: number): Tick[] {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  if (!Number.isFinite(rough) || !(power > 0)) return [];
  const steps = [0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10].map((m) => m * power);
  const fits = steps.findIndex((s) => s >= rough * 0.999);
  const least = Math.min(3, count);
  const at = steps.findLastIndex(
    (s, i) => i <= fits && Math.floor(high / s + 1e-9) - Math.ceil(low / s - 1e-9) + 1 >= least,
  );
  const step = steps[at < 0 ? fits : at]!;
  const ticks: Tick[] = [];
  const first = Math.ceil(low / step - 1e-9) + 0; // no -0
  const last = Math.floor(high / step + 1e-9);
  for (let i = first; i <= last && ticks.length < 100; i++)
    ticks.push({ value: i * step, label: linearLabel(i, step, high) });
  return ticks;
}

function linearLabel(i: number, step: number, high: number): string {
  const value = i * step;
  if (i === 0) return "0";
  const sign = value < 0 ? "\u2212" : "";
  const power = Math.floor(Math.log10(step) + 1e-9);
  const fraction = Math.round((step / 10 ** power) * 10); // 10, 20, 25 or 50
  const largest = Math.floor(Math.log10(Math.max(Math.abs(high), Math.abs(value))) + 1e-9);
  if (largest >= 6 || largest < -3) {
    const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value)) + 1e-9) - power) + (fraction === 25 ? 1 : 0);
    const [mantissa, exponent] = Math.abs(value).toExponential(Math.min(digits, 15)).split("e") as [string, string];
    return `${sign}${mantissa}×10${superscript(Number(exponent))}`;
  }
  const digits = Math.max(0, -power + (fraction === 25 ? 1 : 0));
  return sign + Math.abs(value).toFixed(Math.min(digits, 20));
}

/** Decades, with 2 and 5 labelled in between where the axis spans few of them, and the rest as minor ticks. */
function logTicks(a: number, b: number, count: number): Tick[] {
  const decades = b - a;
  if (decades < 0.7) return linearTicks(10 ** a, 10 ** b, count).filter((t) => t.value > 0);
  const every = Math.max(1, Math.ceil(decades / count));
  const labelled = decades <= count / 3 ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  for (let power = Math.floor(a); power <= Math.ceil(b); power++)
    for (let m = 1; m < 10; m++) {
      const value = m * 10 ** power;
      const at = power + Math.log10(m);
      if (at < a - 1e-9 || at > b + 1e-9) continue;
      const shown = labelled.includes(m) && power % every === 0;
      if (shown || (every === 1 && decades < 8)) ticks.push({ value, label: shown ? logLabel(m, power) : "" });
    }
  return ticks;
}

function logLabel(m: number, power: number): string {
  if (power >= 0 && power < 5) return String(m * 10 ** power);
  if (power < 0 && power >= -4) return (m * 10 ** power).toFixed(-power);
  return m === 1 ? `10${superscript(power)}` : `${m}×10${superscript(power)}`;
}

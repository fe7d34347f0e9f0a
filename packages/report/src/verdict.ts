import { formatNumber, formatPercent, formatUnit } from "./format.ts";
import { numberAt } from "./numbers.ts";
import type { MethodResult, MetricFacts, ReportData } from "./report-data.ts";

export interface Verdict {
  readonly winner: "network" | "baseline" | "draw" | "unknown";
  /** One to three plain sentences. */
  readonly text: string;
  readonly network?: MethodResult;
  readonly bestBaseline?: MethodResult;
  /** Network ÷ best baseline, of the first metric; absent where a ratio says nothing (decibels, negative values). */
  readonly ratio?: number;
}

/** Within this share of each other two results are called equal: less than what another seed changes. */
const equalShare = 0.01;

export const metricLabel = (metric: MetricFacts): string => metric.label ?? metric.name.toUpperCase();

export const metricOf = (method: MethodResult, metric: MetricFacts): number => {
  const value: unknown = method.metrics[metric.name];
  return typeof value === "number" ? value : NaN;
};

/** The method with the best finite value. */
export function bestMethod(methods: readonly MethodResult[], metric: MetricFacts): MethodResult | undefined {
  const finite = methods.filter((m) => Number.isFinite(metricOf(m, metric)));
  return finite.toSorted(
    (a, b) => (metric.better === "lower" ? 1 : -1) * (metricOf(a, metric) - metricOf(b, metric)),
  )[0];
}

/** Network ÷ baseline, where that is a meaningful number. */
export function ratioOf(value: number, reference: number, metric: MetricFacts): number | undefined {
  const ratio = value / reference;
  return metric.unit !== "dB" && value >= 0 && reference > 0 && Number.isFinite(ratio) ? ratio : undefined;
}

/** Who won, in words that do not flatter: network against the best baseline on the test part. */
export function verdictOf(data: Pick<ReportData, "metrics" | "methods" | "errors">): Verdict {
  const metric = data.metrics?.[0];
  const network = data.methods?.find((m) => m.kind === "network");
  if (!metric || !network) return { winner: "unknown", text: "The network was not scored on a test part." };
  const value = metricOf(network, metric);
  const label = metricLabel(metric);
  const unit = formatUnit(metric.unit);
  const print = (v: number): string => formatNumber(v, 3) + (unit ? ` ${unit}` : "");
  if (!Number.isFinite(value))
    return { winner: "unknown", text: `The network has no test ${label}: the value is not a number.`, network };
  const bestBaseline = bestMethod(
    data.methods!.filter((m) => m.kind === "baseline"),
    metric,
  );
  if (!bestBaseline)
    return {
      winner: "unknown",
      text: `The network's test ${label} is ${print(value)}. No baseline was scored, so there is nothing to compare it with.`,
      network,
    };

  const reference = metricOf(bestBaseline, metric);
  const ratio = ratioOf(value, reference, metric);
  const gain = metric.better === "lower" ? reference - value : value - reference;
  const scale = Math.max(Math.abs(value), Math.abs(reference));
  const winner = Math.abs(gain) <= equalShare * scale ? "draw" : gain > 0 ? "network" : "baseline";
  const by = ratio === undefined ? `a difference of ${print(Math.abs(value - reference))}` : ratioWords(ratio);
  const both = `${print(value)} against ${print(reference)}, ${by}`;
  const sentence = {
    network: `The network beats the best baseline, ${bestBaseline.name}: test ${label} ${both}.`,
    baseline: `The baseline wins: ${bestBaseline.name} is better than the network, whose test ${label} is ${both}. For these data, use ${bestBaseline.name}, try another network, or learn from more data.`,
    draw: `A draw: network and best baseline (${bestBaseline.name}) are within ${formatPercent(equalShare)} of each other, test ${label} ${both}. The baseline is the simpler choice.`,
  }[winner];
  const counted = betterCount(data, bestBaseline.name);
  return {
    winner,
    text: counted ? `${sentence} ${counted}` : sentence,
    network,
    bestBaseline,
    ...(ratio !== undefined && { ratio }),
  };
}

function ratioWords(ratio: number): string {
  const times = `${formatNumber(ratio, 3)} times the baseline's`;
  if (ratio >= 2 || ratio <= 0) return times;
  const change = `${formatPercent(Math.abs(ratio - 1))} ${ratio < 1 ? "lower" : "higher"}`;
  return `${times} (${change})`;
}

function betterCount(data: Pick<ReportData, "errors">, baseline: string): string | undefined {
  const network = data.errors?.methods.find((m) => m.kind === "network");
  const other = data.errors?.methods.find((m) => m.kind === "baseline" && m.name === baseline);
  if (!network || !other) return undefined;
  let [better, both] = [0, 0];
  for (let i = 0; i < Math.min(network.values.length, other.values.length); i++) {
    const [a, b] = [numberAt(network.values, i), numberAt(other.values, i)];
    if (!Number.isFinite(a) || !Number.isFinite(b)) continue;
    both++;
    if (a < b) better++;
  }
  return both > 0 ? `The network is nearer to the target on ${better} of ${both} test samples.` : undefined;
}

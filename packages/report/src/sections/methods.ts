import type { Block, Section } from "../blocks.ts";
import { formatSetting } from "../format.ts";
import { roles } from "../plot/line-plot.ts";
import type { ReportData, Setting } from "../report-data.ts";
import { bestMethod, metricLabel, metricOf, ratioOf, type Verdict } from "../verdict.ts";

/** The metric table: network first, then the baselines from best to worst, and bars of the first metric. */
export function methodsSection({ methods = [], metrics = [] }: ReportData, verdict: Verdict): Section | undefined {
  const metric = metrics[0];
  if (!metric || methods.length === 0) return undefined;
  const sign = metric.better === "lower" ? 1 : -1;
  const rank = (value: number): number => (Number.isFinite(value) ? sign * value : Infinity);
  const ordered = [
    ...methods.filter((m) => m.kind === "network"),
    ...methods
      .filter((m) => m.kind !== "network")
      .toSorted((a, b) => rank(metricOf(a, metric)) - rank(metricOf(b, metric)) || 0),
  ];
  const timed = ordered.some((m) => m.seconds !== undefined);
  const reference = verdict.bestBaseline && metricOf(verdict.bestBaseline, metric);
  const label = metricLabel(metric);
  const table: Block = {
    kind: "table",
    caption: `Test part. ${metrics.map((m) => `${metricLabel(m)}: ${m.better} is better`).join("; ")}. The best of a column is set in bold.`,
    highlight: ordered.findIndex((m) => m.kind === "network"),
    columns: [
      { label: "Method" },
      { label: "Chosen on validation" },
      ...metrics.map((m) => ({
        label: metricLabel(m),
        better: m.better,
        digits: 4,
        ...(m.unit !== undefined && { unit: m.unit }),
      })),
      ...(reference === undefined ? [] : [{ label: `${label} ÷ best baseline`, digits: 3 }]),
      ...(timed ? [{ label: "Time", unit: "s", digits: 3 }] : []),
    ],
    rows: ordered.map((m) => [
      m.name,
      chosenText(m.chosen),
      ...metrics.map((one) => metricOf(m, one)),
      ...(reference === undefined ? [] : [ratioOf(metricOf(m, metric), reference, metric) ?? NaN]),
      ...(timed ? [m.seconds ?? null] : []),
    ]),
  };
  const best = bestMethod(ordered, metric);
  const bars: Block = {
    kind: "bars",
    bars: {
      label: `Test ${label}, ${metric.better} is better`,
      ...(metric.unit !== undefined && { unit: metric.unit }),
      bars: ordered.map((m) => ({
        label: m === best ? `${m.name} ★` : m.name,
        value: metricOf(m, metric),
        tone: m.kind === "network" ? roles.network : m === verdict.bestBaseline ? roles.baseline : "grey",
      })),
    },
  };
  return { title: "Network and baselines", blocks: ordered.length > 1 ? [table, bars] : [table] };
}

export const chosenText = (chosen: Readonly<Record<string, Setting>> | undefined): string =>
  Object.entries(chosen ?? {})
    .map(([key, value]) => `${key} ${[value].flat().map(settingText).join(", ")}`)
    .join(", ");

const settingText = (value: Setting): string =>
  typeof value === "number" ? formatSetting(value) : typeof value === "string" ? value : JSON.stringify(value);

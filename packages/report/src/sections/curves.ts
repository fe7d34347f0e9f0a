import type { Block, Section } from "../blocks.ts";
import { formatNumber } from "../format.ts";
import { extentOf } from "../numbers.ts";
import { roles, type LineSeries, type PlotMark } from "../plot/line-plot.ts";
import type { Curves, EpochFacts, ReportData } from "../report-data.ts";

/** Loss, other validation metrics and learning rate against epochs, counted from 1. */
export function curvesSection({ curves }: ReportData): Section | undefined {
  if (!curves || curves.epochs.length === 0) return undefined;
  const { epochs } = curves;
  const blocks = [lossBlock(curves), ...metricBlocks(epochs), ...rateBlocks(curves)];
  const best = epochs.findLast((e) => e.best);
  const count = `${epochs.length} epoch${epochs.length === 1 ? "" : "s"}`;
  return {
    title: "Learning curves",
    intro: best ? `${count}; the weights kept are those after epoch ${best.epoch + 1}.` : `${count}.`,
    blocks,
  };
}

const epochAxis = { label: "Epoch", unit: "index" } as const;
const epochNumbers = (epochs: readonly EpochFacts[]): number[] => epochs.map((e) => e.epoch + 1);

function lossBlock({ epochs, loss }: Curves): Block {
  const x = epochNumbers(epochs);
  const series: LineSeries[] = [
    { name: "training", x, y: epochs.map((e) => e.train?.["loss"] ?? null), tone: "grey" },
    { name: "validation", x, y: epochs.map((e) => e.validation?.["loss"] ?? null), tone: roles.network },
  ];
  const shown = series.filter((s) => extentOf([s.y]));
  const positive = (extentOf(shown.map((s) => s.y))?.low ?? 0) > 0;
  const label = `Loss${loss ? ` (${loss})` : ""}`;
  return {
    kind: "lines",
    caption: `${label} of the training and the validation part after each epoch${positive ? ", on a logarithmic axis" : ""}.`,
    plot: { x: epochAxis, y: { label, scale: positive ? "log" : "linear" }, series: shown, marks: bestMark(epochs) },
  };
}

function bestMark(epochs: readonly EpochFacts[]): PlotMark[] {
  const best = epochs.findLast((e) => e.best);
  if (!best) return [];
  const loss = best.validation?.["loss"];
  return [{ x: best.epoch + 1, label: typeof loss === "number" ? `best: ${formatNumber(loss, 3)}` : "best" }];
}

/** Most validation metrics that get a figure; more would be a wall. */
const most = 4;

function metricBlocks(epochs: readonly EpochFacts[]): Block[] {
  const names = [...new Set(epochs.flatMap((e) => Object.keys(e.validation ?? {})))].filter((n) => n !== "loss");
  return names.slice(0, most).flatMap((name): Block[] => {
    const of = (part: "train" | "validation"): LineSeries => ({
      name: part === "train" ? "training" : part,
      x: epochNumbers(epochs),
      y: epochs.map((e) => e[part]?.[name] ?? null),
      tone: part === "train" ? "grey" : roles.network,
    });
    const series = [of("train"), of("validation")].filter((s) => extentOf([s.y]));
    const range = extentOf(series.map((s) => s.y));
    if (!range || sameAsLoss(epochs, name)) return [];
    const log = range.low > 0 && range.high / range.low > 20;
    return [
      {
        kind: "lines",
        height: 220,
        plot: {
          x: epochAxis,
          y: { label: name, scale: log ? "log" : "linear" },
          series,
          marks: bestMark(epochs).map((m) => ({ ...m, label: "best" })),
        },
      },
    ];
  });
}

/** The metric that is the loss under its own name need not be shown twice. */
const sameAsLoss = (epochs: readonly EpochFacts[], name: string): boolean =>
  epochs.every((e) => {
    const [a, b] = [e.validation?.[name], e.validation?.["loss"]];
    return typeof a === "number" && typeof b === "number" && Math.abs(a - b) <= 1e-6 * Math.abs(b);
  });

function rateBlocks({ epochs, rates }: Curves): Block[] {
  const series: LineSeries = rates
    ? { name: "learning rate", x: rates.step, y: rates.rate, tone: "purple" }
    : { name: "learning rate", x: epochNumbers(epochs), y: epochs.map((e) => e.rate ?? null), tone: "purple" };
  const range = extentOf([series.y]);
  if (!range) return [];
  const log = range.low > 0 && range.high / range.low > 1000;
  const x = rates ? { label: "Optimizer step", unit: "index" } : epochAxis;
  return [
    {
      kind: "lines",
      height: 180,
      plot: { x, y: { label: "Learning rate", scale: log ? "log" : "linear" }, series: [series] },
    },
  ];
}

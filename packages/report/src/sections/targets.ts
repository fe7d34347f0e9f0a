import type { Block, Section } from "../blocks.ts";
import { extentOf, numberAt, type Numbers } from "../numbers.ts";
import { type LineSeries, roles } from "../plot/line-plot.ts";

/** Numbers that were predicted, beside the true ones. */
export interface NumberResults {
  readonly names: readonly string[];
  /** In the same order; empty where a number has none. */
  readonly units: readonly string[];
  /** For each test sample its numbers. */
  readonly targets: readonly Numbers[];
  /** The network first, then what it is compared with. */
  readonly methods: readonly {
    readonly name: string;
    readonly kind: "network" | "baseline";
    readonly predictions: readonly Numbers[];
  }[];
}

/** More targets than this are in the table alone. */
const mostFigures = 6;

/** A table by target, and for each a figure of predicted against true values and one of what is left. */
export function targetsSection(results: NumberResults): Section {
  const { names } = results;
  const figures = names.slice(0, mostFigures).flatMap((_, k) => figuresOf(results, k));
  return {
    title: names.length === 1 ? "Predicted and true values" : "Target by target",
    ...(names.length > mostFigures ? { intro: `Figures of the first ${mostFigures} of ${names.length} targets.` } : {}),
    blocks: [tableBlock(results), ...figures],
  };
}

const column = (rows: readonly Numbers[], k: number): number[] => rows.map((r) => numberAt(r, k));

const titleOf = ({ names, units }: NumberResults, k: number): string =>
  `${names[k]}${units[k] ? ` (${units[k]})` : ""}`;

function tableBlock(results: NumberResults): Block {
  const { names, methods, targets } = results;
  return {
    kind: "table",
    caption:
      "RMSEP: root mean square error of prediction. Bias: mean error. SEP: standard deviation of the errors around the bias. All three in the target's unit. R²: share of the variance that is explained. RPD: standard deviation of the true values over the RMSEP.",
    columns: [
      { label: "Target" },
      { label: "Method" },
      { label: "RMSEP", digits: 4 },
      { label: "R²", digits: 4 },
      { label: "RPD", digits: 3 },
      { label: "Bias", digits: 3 },
      { label: "SEP", digits: 4 },
    ],
    rows: names.flatMap((_, k) =>
      methods.map(({ name, predictions }) => {
        const e = errorsOf(column(predictions, k), column(targets, k));
        return [titleOf(results, k), name, e.rmsep, e.r2, e.rpd, e.bias, e.sep];
      }),
    ),
  };
}

interface TargetErrors {
  readonly rmsep: number;
  readonly r2: number;
  readonly rpd: number;
  readonly bias: number;
  readonly sep: number;
}

/** The usual figures of merit of one target. NaN where there are too few samples, or all true values are the same. */
export function errorsOf(predicted: readonly number[], truth: readonly number[]): TargetErrors {
  const n = truth.length;
  const errors = predicted.map((p, i) => p - truth[i]!);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const about = (values: readonly number[], center: number): number =>
    values.reduce((s, v) => s + (v - center) ** 2, 0);
  const bias = mean(errors);
  const squares = about(errors, 0);
  const spread = about(truth, mean(truth));
  const rmsep = Math.sqrt(squares / n);
  return {
    rmsep,
    r2: spread > 0 ? 1 - squares / spread : NaN,
    rpd: n > 1 && rmsep > 0 ? Math.sqrt(spread / (n - 1)) / rmsep : NaN,
    bias,
    sep: n > 1 ? Math.sqrt(about(errors, bias) / (n - 1)) : NaN,
  };
}

function figuresOf(results: NumberResults, k: number): Block[] {
  const { methods, targets, names, units } = results;
  const truth = column(targets, k);
  const unit = units[k] ? { unit: units[k] } : {};
  const range = extentOf([truth]);
  const points = (y: (predicted: readonly number[]) => number[]): LineSeries[] =>
    methods
      .map(({ name, kind, predictions }): LineSeries => ({
        name,
        x: truth,
        y: y(column(predictions, k)),
        tone: roles[kind],
        style: "points",
      }))
      // The network is drawn last, on top.
      .toReversed();
  const ends = range ? [range.low, range.high] : [];
  // A little air, so that the outermost points are not cut off.
  const air = range ? 0.03 * (range.high - range.low) : 0;
  const x = { label: `True ${names[k]}`, ...unit, ...(air > 0 && { low: ends[0]! - air, high: ends[1]! + air }) };
  return [
    {
      kind: "lines",
      caption: `${names[k]}: predicted against true values of the test samples. On the line, both are the same.`,
      plot: {
        x,
        y: { label: `Predicted ${names[k]}`, ...unit },
        series: [
          { name: "predicted = true", x: ends, y: ends, tone: "grey", style: "faint" },
          ...points((p) => [...p]),
        ],
      },
    },
    {
      kind: "lines",
      height: 200,
      caption: `${names[k]}: what is left when the true value is taken from the predicted one.`,
      plot: {
        x,
        y: { label: "Residual", ...unit },
        series: points((p) => p.map((v, i) => v - truth[i]!)),
        marks: [{ y: 0, label: "" }],
      },
    },
  ];
}

import type { Numbers } from "../numbers.ts";

/** A colour by its part in the story, the same in every figure; printed for light and for dark backgrounds. */
export const tones = ["ink", "grey", "blue", "orange", "green", "purple", "red", "teal"] as const;
export type Tone = (typeof tones)[number];

/** What the parts of a denoising figure look like, so that a method has one colour throughout. */
export const roles = { network: "blue", baseline: "orange", target: "ink", input: "grey" } as const satisfies Record<
  string,
  Tone
>;

export interface PlotAxis {
  /** `Raman shift`, `Epoch`. */
  readonly label?: string;
  /** As core names it: `cm-1`, `nm`, `um`, `eV`, `index`; or any other. */
  readonly unit?: string;
  /** Values at or below 0 are gaps on a logarithmic axis. Default: linear. */
  readonly scale?: "linear" | "log";
  /** Ends of the axis; default: those of the data, and for y a little air. What lies outside is cut off. */
  readonly low?: number;
  readonly high?: number;
}

export interface LineSeries {
  readonly name: string;
  /** Default: 0, 1, 2, … */
  readonly x?: Numbers;
  readonly y: Numbers;
  /** Default: by position, from blue on. */
  readonly tone?: Tone;
  /** `points` are not joined by a line. Default: solid. */
  readonly style?: "solid" | "dashed" | "faint" | "points";
}

/** A reference line: vertical where `x` is given, horizontal where `y` is. */
export interface PlotMark {
  readonly label: string;
  readonly x?: number;
  readonly y?: number;
}

/** A line plot, for SVG, pixels and terminals alike. */
export interface LinePlot {
  readonly title?: string;
  readonly x?: PlotAxis;
  readonly y?: PlotAxis;
  readonly series: readonly LineSeries[];
  readonly marks?: readonly PlotMark[];
}

const order: readonly Tone[] = ["blue", "orange", "green", "purple", "red", "teal", "ink", "grey"];

export const toneOf = (series: LineSeries, index: number): Tone =>
  series.tone && tones.includes(series.tone) ? series.tone : order[index % order.length]!;

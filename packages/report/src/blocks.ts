import type { Bars } from "./plot/bars-svg.ts";
import type { Heatmap } from "./plot/heatmap-svg.ts";
import type { Histogram } from "./plot/histogram-svg.ts";
import type { LinePlot } from "./plot/line-plot.ts";

/** What figures have in common. */
export interface Figure {
  /** Printed under the figure. */
  readonly caption?: string;
  /** Read to who cannot see the figure. Default: made from the data. */
  readonly alt?: string;
}

export interface LinesBlock extends Figure {
  readonly kind: "lines";
  readonly plot: LinePlot;
  /** Pixels, for a page about 860 wide. Default: 320. */
  readonly height?: number;
}

export interface HistogramBlock extends Figure {
  readonly kind: "histogram";
  readonly histogram: Histogram;
}

export interface BarsBlock extends Figure {
  readonly kind: "bars";
  readonly bars: Bars;
}

/** A matrix of numbers as shades, such as a confusion matrix. */
export interface HeatmapBlock extends Figure {
  readonly kind: "heatmap";
  readonly heatmap: Heatmap;
}

export interface ImageBlock extends Figure {
  readonly kind: "image";
  /** `data:image/png;base64,…`; anything else is not shown, so that a report never asks the network. */
  readonly png: string;
  readonly alt: string;
  /** Shown pixel by pixel, as a mask or a small map should be. Default: false. */
  readonly pixelated?: boolean;
}

export interface TextBlock {
  readonly kind: "text";
  /** Plain text; an empty line starts a paragraph. */
  readonly text: string;
  /** Default: plain. */
  readonly tone?: "plain" | "note" | "warning";
}

export interface TableColumn {
  readonly label: string;
  readonly unit?: string;
  /** Marks the best number of the column. */
  readonly better?: "lower" | "higher";
  /** Significant digits of its numbers. Default: whole numbers as they are, others to 4. */
  readonly digits?: number;
}

/** `null` is an empty cell; `NaN` is shown as a dash. */
export type TableCell = string | number | null;

export interface TableBlock {
  readonly kind: "table";
  readonly caption?: string;
  readonly columns: readonly TableColumn[];
  /** A cell for each column. */
  readonly rows: readonly (readonly TableCell[])[];
  /** Index of a row to set off, such as the network among its baselines. */
  readonly highlight?: number;
}

/** A piece of a report or a preview. */
export type Block = LinesBlock | HistogramBlock | BarsBlock | HeatmapBlock | ImageBlock | TextBlock | TableBlock;

export interface Section {
  readonly title: string;
  /** Plain text under the title. */
  readonly intro?: string;
  readonly blocks: readonly Block[];
}

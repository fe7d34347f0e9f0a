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

/** A picture of an image or a map of it, on any grid. */
export interface TitledImage {
  readonly title: string;
  /** `data:image/png;base64,…`, as `pngDataUrl` makes it. */
  readonly png: string;
  readonly alt: string;
  /** Size of the picture in its own pixels. */
  readonly width: number;
  readonly height: number;
}

/** What a colour of a picture stands for. */
export interface ColorKey {
  readonly label: string;
  /** `#rrggbb`. Absent: where nothing is drawn, which a page shows hatched. */
  readonly color?: string;
}

/** What the colours of a map of numbers stand for, from 0 on. */
export interface ColorBar {
  readonly label: string;
  /** The value of the last colour; larger ones have it, too. */
  readonly high: number;
}

/** Pictures of one scene side by side, all drawn equally wide, so that a coarser grid covers the same ground. */
export interface ImagesBlock extends Figure {
  readonly kind: "images";
  readonly images: readonly TitledImage[];
  readonly keys?: readonly ColorKey[];
  readonly bar?: ColorBar;
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
export type Block =
  LinesBlock | HistogramBlock | BarsBlock | HeatmapBlock | ImageBlock | ImagesBlock | TextBlock | TableBlock;

export interface Section {
  readonly title: string;
  /** Plain text under the title. */
  readonly intro?: string;
  readonly blocks: readonly Block[];
}

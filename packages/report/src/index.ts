/**
 * Self-contained HTML reports and figures of spectra. Pure functions: data in, text or pixels out; no DOM, no network,
 * no dependency. Runs in Node.js and in the browser.
 *
 * @packageDocumentation
 */
export * from "./blocks.ts";
export { barsSvg, type Bar, type Bars } from "./plot/bars-svg.ts";
export { describeLinePlot } from "./plot/describe.ts";
export { heatmapSvg, type Heatmap } from "./plot/heatmap-svg.ts";
export { histogramSvg, type Histogram, type HistogramGroup, type HistogramSvgOptions } from "./plot/histogram-svg.ts";
export * from "./plot/line-plot.ts";
export { linePlotSvg, type LinePlotSvgOptions } from "./plot/line-plot-svg.ts";
export * from "./format.ts";
export { classColor, classHex } from "./image/class-colors.ts";
export {
  type BandChoice,
  type Channels,
  channelsOf,
  compositeBands,
  compositeImage,
  type Stretch,
  stretchOf,
} from "./image/composite.ts";
export { classOfPixels, labelImage } from "./image/maps.ts";
export { pngDataUrl } from "./image/png.ts";
export { axisLabel, type Grid, type LabelImage, type SpectralImage } from "./image/spectral-image.ts";
export {
  type Area,
  countParts,
  type DividedImage,
  isDivided,
  type LabelRows,
  Mosaic,
  partCodes,
  type PartCounts,
  type PartsOfImage,
  splitImage,
} from "./image/split-map.ts";
export type { Numbers } from "./numbers.ts";
export type { RasterImage } from "./raster/canvas.ts";
export { linePlotImage, type LinePlotImageOptions } from "./raster/line-plot-image.ts";
export { renderPreview, type PreviewData, type PreviewSample, type PreviewStage } from "./render-preview.ts";
export { renderReport } from "./render-report.ts";
export * from "./report-data.ts";
export { classesSection, type ClassMethod, type ClassResults } from "./sections/classes.ts";
export { type CubeScene, cubeScenesSection } from "./sections/cube-scenes.ts";
export { classKeys, countWrong, type LabelScene, labelSceneBlocks, sampleBlock } from "./sections/label-scenes.ts";
export { type PixelResults, pixelClassesSection } from "./sections/pixel-classes.ts";
export { leakText } from "./sections/split.ts";
export { type DrawnImage, mostDrawn, splitDrawing } from "./sections/split-drawing.ts";
export { type NumberResults, targetsSection } from "./sections/targets.ts";
export { splitMapLegend, splitMapText, type SplitMapTextOptions } from "./text/split-map-text.ts";
export { linePlotText, type LinePlotTextOptions } from "./text/line-plot-text.ts";
export { verdictOf, type Verdict } from "./verdict.ts";

import type { Block } from "./blocks.ts";
import { markup } from "./markup.ts";
import { page } from "./page/page.ts";
import { renderBlock } from "./render-block.ts";
import type { SplitFacts } from "./report-data.ts";
import { formatDate } from "./sections/header.ts";
import { splitMarkup } from "./sections/split.ts";

/** What preprocessing and augmentation make of some samples. Plain JSON. */
export interface PreviewData {
  readonly title: string;
  /** Plain text under the title: the data set, how many samples it has, how many are shown. */
  readonly intro?: string;
  /** ISO 8601, or any text. */
  readonly date?: string;
  /** Which samples or pixels are in which part. */
  readonly split?: SplitFacts;
  readonly samples: readonly PreviewSample[];
}

export interface PreviewSample {
  readonly id: string;
  /** Class, group, row of the file … */
  readonly about?: string;
  /** From the file to what the network sees, shown side by side. */
  readonly stages: readonly PreviewStage[];
}

export interface PreviewStage {
  /** `as read`, `preprocessed`, `augmented`. */
  readonly title: string;
  /** What was done since the stage before, with the numbers drawn: `shift: 3.2 cm⁻¹`. */
  readonly steps?: readonly string[];
  /** A plot of spectra, an image of a cube or a mask, a table of numbers … */
  readonly blocks: readonly Block[];
}

/** Samples before and after preprocessing and augmentation as one self-contained HTML page. */
export function renderPreview(data: PreviewData): string {
  const header = markup`<header><h1>${data.title}</h1>${data.intro && markup`<p>${data.intro}</p>`}${
    data.date && markup`<p class="muted">${formatDate(data.date)}</p>`
  }</header>`;
  const samples = data.samples.map(
    (sample) =>
      markup`<section class="sample"><h3>${sample.id}${sample.about && markup` <span class="muted">${sample.about}</span>`}</h3><div class="stages">${sample.stages.map(
        (stage) =>
          markup`<div class="stage"><h4>${stage.title}</h4>${stage.blocks.map((block) => renderBlock(block.kind === "lines" ? { height: 210, ...block } : block, 330))}${
            stage.steps &&
            stage.steps.length > 0 &&
            markup`<ol>${stage.steps.map((step) => markup`<li>${step}</li>`)}</ol>`
          }</div>`,
      )}</div></section>`,
  );
  const count = `${data.samples.length} sample${data.samples.length === 1 ? "" : "s"}`;
  const split = splitMarkup(data);
  return page(
    data.title,
    header,
    [
      ...(split ? [{ id: "split", title: "Split", content: split }] : []),
      { id: "samples", title: count, content: samples },
    ],
    "Written by spectrai.",
  );
}

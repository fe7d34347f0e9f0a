import { formatCount, formatPercent } from "../format.ts";
import { markup, trusted, type Markup } from "../markup.ts";
import { svgElement } from "../plot/frame-svg.ts";
import type { Tone } from "../plot/line-plot.ts";
import { hexOf, lightTones } from "../plot/tones.ts";
import { renderBlock } from "../render-block.ts";
import { splitParts, type SplitFacts, type SplitPart } from "../report-data.ts";

const partTones: Readonly<Record<SplitPart, Tone>> = {
  train: "blue",
  validation: "green",
  test: "orange",
  unused: "grey",
};
export const partNames: Readonly<Record<SplitPart, string>> = {
  train: "training",
  validation: "validation",
  test: "test",
  unused: "unused",
};
const width = 860;
const barHeight = 36;
/** Columns of the drawing: a split with more runs than this (a random one) is drawn as shares of each column. */
const columns = 430;

/** Which pixels of the images, or which samples in the order of the data, are in which part. */
export function splitMarkup({ split }: { readonly split?: SplitFacts | undefined }): Markup | undefined {
  if (!split) return undefined;
  const { drawing = [] } = split;
  // Windows of divided images in the order of the data say little.
  const inOrder = drawing.some((block) => block.kind === "images") ? undefined : stripMarkup(split);
  if (!inOrder && drawing.length === 0) return undefined;
  const leak = leakText(split);
  const tone = (split.leak ?? 0) > 0.05 ? "warning" : "note";
  return markup`${split.method && markup`<p>Method: ${split.method}.</p>`}${inOrder}${drawing.map((b) => renderBlock(b))}${leak && markup`<div class="text ${tone}"><p>${leak}</p></div>`}`;
}

function stripMarkup(split: SplitFacts): Markup | undefined {
  const counts: Record<SplitPart, number> = { train: 0, validation: 0, test: 0, unused: 0 };
  for (const run of split.runs) if (splitParts.includes(run.part)) counts[run.part] += Math.max(0, run.count);
  const total = splitParts.reduce((n, part) => n + counts[part], 0);
  if (total === 0) return undefined;
  const used = splitParts.filter((part) => counts[part] > 0);
  const counted = split.counted ?? "samples";
  const words = used.map((p) => `${formatCount(counts[p])} ${partNames[p]} (${formatPercent(counts[p] / total)})`);
  const alt = `Split of ${formatCount(total)} ${counted}: ${words.join(", ")}.`;
  const legend = markup`<ul class="legend fixed">${used.map((p, i) => markup`<li><span class="key block ${partTones[p]}"></span>${words[i]}</li>`)}</ul>`;
  return markup`<figure>${legend}<div class="canvas">${strip(split, total, alt)}</div><figcaption>The ${formatCount(
    total,
  )} ${counted} in the order of the data, from left to right.</figcaption></figure>`;
}

/** What is to be said of a split's leak, in a sentence or two; nothing where it was not measured. */
export function leakText({ leak, leakAbout, counted = "samples" }: SplitFacts): string | undefined {
  if (leak === undefined) return undefined;
  return [
    `Leak: ${formatPercent(leak)} of the test ${counted} have a training neighbour too near to count as unseen.`,
    ...(leakAbout ? [leakAbout] : []),
    ...(leak > 0.05 ? ["Test figures on such a split flatter every method."] : []),
  ].join(" ");
}

function strip({ runs }: SplitFacts, total: number, alt: string): Markup {
  const boxes = runs.length <= columns ? runBoxes(runs, total) : columnBoxes(runs, total);
  const paths = splitParts.map((part) => {
    const tone = partTones[part];
    return (
      boxes[part] &&
      markup`<path class="fill ${tone}" shape-rendering="crispEdges" d="${trusted(boxes[part])}" fill="${hexOf(lightTones[tone])}"/>`
    );
  });
  const ends = markup`<text x="0" y="${barHeight + 17}">0</text><text x="${width}" y="${barHeight + 17}" text-anchor="end">${formatCount(total - 1)}</text>`;
  return svgElement(
    { width, height: barHeight + 22 },
    alt,
    markup`${paths}<g class="ticks" font-size="12" fill="#5b6472">${ends}</g>`,
  );
}

/** Path data of each part's boxes. */
type Boxes = Record<SplitPart, string>;
const noBoxes = (): Boxes => ({ train: "", validation: "", test: "", unused: "" });

const box = (x: number, y: number, w: number, h: number): string =>
  `M${x.toFixed(2)} ${y.toFixed(1)}h${w.toFixed(2)}v${h.toFixed(1)}h${(-w).toFixed(2)}z`;

function runBoxes(runs: SplitFacts["runs"], total: number): Boxes {
  const out = noBoxes();
  let start = 0;
  for (const { part, count } of runs) {
    if (!splitParts.includes(part) || !(count > 0)) continue;
    out[part] += box((start / total) * width, 0, (count / total) * width, barHeight);
    start += count;
  }
  return out;
}

/** Each column is a stack of the parts, as high as their shares of its samples. */
function columnBoxes(runs: SplitFacts["runs"], total: number): Boxes {
  const shares = splitParts.map(() => new Float64Array(columns));
  let start = 0;
  for (const { part, count } of runs) {
    const p = splitParts.indexOf(part);
    if (p < 0 || !(count > 0)) continue;
    const [from, to] = [(start / total) * columns, ((start + count) / total) * columns];
    for (let c = Math.floor(from); c < Math.min(columns, Math.ceil(to)); c++)
      shares[p]![c]! += Math.min(to, c + 1) - Math.max(from, c);
    start += count;
  }
  const out = noBoxes();
  const step = width / columns;
  for (let c = 0; c < columns; c++) {
    let y = 0;
    splitParts.forEach((part, p) => {
      const h = shares[p]![c]! * barHeight;
      if (h > 0.05) out[part] += box(c * step, y, step, h);
      y += h;
    });
  }
  return out;
}

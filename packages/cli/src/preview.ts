import type { Applied, Preview, PreviewSample, Sample, SpectralArray } from "@spectrai/core";
import {
  type Block,
  linePlotImage,
  linePlotText,
  type LinePlot,
  type LineSeries,
  renderPreview,
  sampleBlock,
  type SplitFacts,
} from "@spectrai/report";
import { encode } from "fast-png";
import { classesOf } from "./report-split.ts";

interface Stage {
  readonly title: string;
  readonly plot: LinePlot;
  readonly input: SpectralArray;
  readonly target?: Sample["target"];
  readonly steps: readonly string[];
}

/** One spectrum to draw: of a cube, the mean over its pixels. */
function series(name: string, x: SpectralArray, tone: LineSeries["tone"] & string): LineSeries {
  const points = x.axis.values.length;
  const rows = x.data.length / points;
  const y = new Float64Array(points);
  for (let i = 0; i < x.data.length; i++) y[i % points]! += x.data[i]! / rows;
  return { name: rows > 1 ? `${name} (mean of ${rows} pixels)` : name, x: x.axis.values, y, tone };
}

const plotOf = (input: SpectralArray, sample?: Sample): LinePlot => ({
  x: { unit: input.axis.unit },
  series: [
    series("input", input, "grey"),
    ...(sample?.target.kind === "spectral" ? [series("target", sample.target.value, "ink")] : []),
  ],
});

const describe = ({ name, params }: Applied): string => `${name}: ${JSON.stringify(params)}`;

function stages({ original, preprocessed, augmented }: PreviewSample, steps: readonly string[]): Stage[] {
  return [
    { title: "as read", plot: plotOf(original), input: original, steps: [] },
    {
      title: "preprocessed",
      plot: plotOf(preprocessed.input, preprocessed),
      input: preprocessed.input,
      target: preprocessed.target,
      steps,
    },
    ...augmented.map(({ sample, history }, i) => ({
      title: `augmented, epoch ${i + 1}`,
      plot: plotOf(sample.input, sample),
      input: sample.input,
      target: sample.target,
      steps: history.length > 0 ? history.map(describe) : ["left as it is"],
    })),
  ];
}

const stepsOf = ({ config }: Preview): string[] =>
  config.preprocess.map((p) => `${p.name} ${JSON.stringify(p.options)}`);

/** @param split - which samples or pixels are in which part, where that is asked for */
export async function previewHtml(preview: Preview, split?: SplitFacts): Promise<string> {
  const { data, samples } = preview;
  const classes = classesOf(data);
  const shown = [];
  for (const sample of samples) {
    const rows = [];
    for (const stage of stages(sample, stepsOf(preview)))
      rows.push({ title: stage.title, steps: stage.steps, blocks: await blocksOf(stage, classes) });
    shown.push({ id: sample.id, stages: rows });
  }
  return renderPreview({
    title: `Preview of ${data.dataset.source}`,
    intro: `${samples.length} of ${data.parts.train.size} training samples.`,
    ...(split ? { split } : {}),
    samples: shown,
  });
}

/** Spectra as lines; cubes as pictures, too, with what is to be found in them. */
async function blocksOf({ input, target, plot }: Stage, classes: readonly string[]): Promise<Block[]> {
  const lines: Block = { kind: "lines", plot };
  if (input.shape.length !== 3) return [lines];
  const beside = target?.kind === "mask" || target?.kind === "spectral" ? target.value : undefined;
  return [await sampleBlock(input, beside, classes), lines];
}

/** A picture with a row for each sample and a column for each stage. */
export function previewPng(preview: Preview): Uint8Array {
  const rows = preview.samples.map((s) => stages(s, stepsOf(preview)));
  const columns = Math.max(...rows.map((r) => r.length));
  const width = 480;
  const height = 260;
  const picture = new Uint8Array(width * columns * height * rows.length * 4).fill(255);
  for (const [r, row] of rows.entries())
    for (const [c, { title, plot }] of row.entries()) {
      const tile = linePlotImage({ ...plot, title: `${preview.samples[r]!.id}: ${title}` }, { width, height });
      for (let y = 0; y < height; y++)
        picture.set(
          tile.data.subarray(y * width * 4, (y + 1) * width * 4),
          ((r * height + y) * columns + c) * width * 4,
        );
    }
  return encode({ width: width * columns, height: height * rows.length, data: picture, channels: 4, depth: 8 });
}

export function previewTerminal(preview: Preview, width: number): string {
  const colour = process.stdout.isTTY;
  return preview.samples
    .flatMap((s) =>
      stages(s, stepsOf(preview)).map(({ title, plot, steps }) =>
        [
          linePlotText({ ...plot, title: `${s.id}: ${title}` }, { width, height: 12, colour }),
          ...steps.map((t) => `  ${t}`),
        ].join("\n"),
      ),
    )
    .join("\n\n");
}

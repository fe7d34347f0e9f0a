import { resolve } from "node:path";
import { previewRun, SpectraiError } from "@spectrai/core";
import { writeFileAtomic } from "@spectrai/core/node";
import { findConfig } from "../config-file.ts";
import { printResult } from "../console.ts";
import { type CommonOptions, openConfig } from "../open-config.ts";
import { previewHtml, previewPng, previewTerminal } from "../preview.ts";
import { drawnImages, splitFacts } from "../report-split.ts";
import { splitJson, splitPng, splitText } from "../report-split-text.ts";

interface PreviewFlags extends CommonOptions {
  readonly samples: string;
  readonly draws: string;
  readonly html?: string;
  readonly png?: string;
  readonly split?: boolean;
}

export async function run(_: readonly string[], flags: PreviewFlags): Promise<void> {
  const count = wholeNumber("--samples", flags.samples);
  const draws = wholeNumber("--draws", flags.draws);
  const { bench, given } = await openConfig(await findConfig(flags.config), flags);
  try {
    const preview = await previewRun(bench, given, count, draws);
    const { config, data, samples } = preview;
    const images = flags.split ? await drawnImages(data) : [];
    const files: Record<string, string> = {};
    if (flags.html !== undefined) {
      const split = flags.split
        ? await splitFacts(data, images, { method: config.split.name, leak: data.leak() })
        : undefined;
      await writeFileAtomic((files["html"] = resolve(flags.html)), await previewHtml(preview, split));
    }
    if (flags.png !== undefined) {
      const picture = flags.split ? splitPng(images) : previewPng(preview);
      if (!picture)
        throw new SpectraiError(
          "SPECTRAI_USAGE",
          "--split --png: the split divides no image, so there is no picture of it; leave out --png or --split.",
        );
      await writeFileAtomic((files["png"] = resolve(flags.png)), picture);
    }
    const object = {
      source: data.dataset.source,
      split: {
        train: data.split.train.length,
        validation: data.split.validation.length,
        test: data.split.test.length,
        leak: data.leak(),
        ...(flags.split ? { images: splitJson(preview, images) } : {}),
      },
      samples: samples.map((s) => ({
        id: s.id,
        shape: s.preprocessed.input.shape,
        augmented: s.augmented.map((a) => a.history),
      })),
      files,
    };
    printResult(flags, object, () =>
      Object.keys(files).length > 0
        ? Object.values(files)
            .map((f) => `Wrote ${f}`)
            .join("\n")
        : flags.split
          ? splitText(preview, images, process.stdout.columns ?? 80)
          : previewTerminal(preview, process.stdout.columns ?? 80),
    );
  } finally {
    await bench.services.dispose();
  }
}

function wholeNumber(flag: string, text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > 100)
    throw new SpectraiError("SPECTRAI_USAGE", `${flag} ${text}: give a whole number from 1 to 100.`);
  return n;
}

import { resolve } from "node:path";
import { previewRun, SpectraiError } from "@spectrai/core";
import { writeFileAtomic } from "@spectrai/core/node";
import { findConfig } from "../config-file.ts";
import { printResult } from "../console.ts";
import { type CommonOptions, openConfig } from "../open-config.ts";
import { previewHtml, previewPng, previewTerminal } from "../preview.ts";

interface PreviewFlags extends CommonOptions {
  readonly samples: string;
  readonly draws: string;
  readonly html?: string;
  readonly png?: string;
}

export async function run(_: readonly string[], flags: PreviewFlags): Promise<void> {
  const count = wholeNumber("--samples", flags.samples);
  const draws = wholeNumber("--draws", flags.draws);
  const { bench, given } = await openConfig(await findConfig(flags.config), flags);
  try {
    const preview = await previewRun(bench, given, count, draws);
    const files: Record<string, string> = {};
    if (flags.html !== undefined) await writeFileAtomic((files["html"] = resolve(flags.html)), previewHtml(preview));
    if (flags.png !== undefined) await writeFileAtomic((files["png"] = resolve(flags.png)), previewPng(preview));
    const { data, samples } = preview;
    const object = {
      source: data.dataset.source,
      split: {
        train: data.split.train.length,
        validation: data.split.validation.length,
        test: data.split.test.length,
        leak: data.leak,
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

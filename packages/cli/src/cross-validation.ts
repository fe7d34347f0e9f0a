import { crossValidate, type FoldKind, type GivenConfig, SpectraiError } from "@spectrai/core";
import { folderStore } from "@spectrai/core/node";
import { findConfig } from "./config-file.ts";
import { printResult } from "./console.ts";
import { crossValidationText } from "./cross-validation-text.ts";
import { wholeNumber } from "./flag-values.ts";
import { foldProgress } from "./fold-progress.ts";
import { onInterrupt } from "./interrupt.ts";
import { type CommonOptions, openConfig, runsFolder } from "./open-config.ts";

/** The flags of `evaluate --kfold`. */
export interface KFoldFlags {
  readonly kfold?: string;
  readonly repeat?: string;
  readonly by?: FoldKind;
  readonly baselines?: boolean;
  readonly network?: boolean;
  readonly fresh?: boolean;
  readonly output?: string;
}

export async function run(kfold: string, flags: CommonOptions & KFoldFlags): Promise<void> {
  const folds = wholeNumber("--kfold", kfold, 2);
  const repeats = wholeNumber("--repeat", flags.repeat ?? "1", 1);
  const { baselines = true, network = true, fresh = false } = flags;
  if (!baselines && !network)
    throw new SpectraiError("SPECTRAI_USAGE", "--no-baselines and --no-network leave nothing to measure.");
  const opened = await openConfig(await findConfig(flags.config), flags);
  const { bench } = opened;
  const interrupt = onInterrupt(
    "Finishing this step and keeping the folds that are done; press Ctrl-C again to leave at once.",
  );
  const { progress, callback } = foldProgress(process.stderr, !flags.quiet && !flags.json);
  try {
    const result = await crossValidate(bench, {
      given: baselines ? opened.given : withoutBaselines(opened.given),
      folds,
      repeats,
      network,
      fresh,
      ...(flags.by === undefined ? {} : { by: flags.by }),
      store: folderStore(runsFolder(opened, flags.output)),
      signal: interrupt.signal,
      progress,
      callbacks: [callback],
    });
    const { records, ...summary } = result;
    const perFold = records.map(({ repeat, fold, seed, sizes, leak, training, methods }) => ({
      repeat,
      fold,
      seed,
      sizes,
      leak,
      training,
      chosen: Object.fromEntries(Object.entries(methods).flatMap(([name, m]) => (m.chosen ? [[name, m.chosen]] : []))),
    }));
    printResult(flags, { ...summary, folds: perFold }, () => crossValidationText(result));
  } finally {
    interrupt.stop();
    await bench.services.dispose();
  }
}

const withoutBaselines = (given: GivenConfig): GivenConfig => ({ ...given, raw: { ...given.raw, baselines: [] } });

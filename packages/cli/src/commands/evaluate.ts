import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { cardOf, evaluateRun, type JsonObject, SpectraiError } from "@spectrai/core";
import { folderStore } from "@spectrai/core/node";
import { findConfig } from "../config-file.ts";
import { printResult } from "../console.ts";
import type { KFoldFlags } from "../cross-validation.ts";
import { type CommonOptions, openConfig } from "../open-config.ts";
import { verdict } from "../report.ts";
import { resultText } from "../result-text.ts";
import { isFile, modelPath, newestRun, readRunRecord } from "../runs.ts";

type EvaluateFlags = CommonOptions & KFoldFlags;

const forFolds = ["repeat", "by", "output"] as const;

export async function run([named]: readonly string[], flags: EvaluateFlags): Promise<void> {
  const { kfold } = flags;
  if (kfold !== undefined) {
    if (named !== undefined)
      throw new SpectraiError(
        "SPECTRAI_USAGE",
        `--kfold trains a network in every fold, so that no model is named; leave out ${named}, and give its config with --config.`,
      );
    return (await import("../cross-validation.ts")).run(kfold, flags);
  }
  const alone = forFolds.find((name) => flags[name] !== undefined);
  if (alone !== undefined || flags.baselines === false || flags.network === false || flags.fresh)
    throw new SpectraiError(
      "SPECTRAI_USAGE",
      `--${alone ?? (flags.fresh ? "fresh" : flags.baselines === false ? "no-baselines" : "no-network")} belongs to a cross-validation; give --kfold, too.`,
    );
  const path = named === undefined ? await newestModel(flags) : await modelPath(named);
  const bytes = new Uint8Array(await readFile(path));
  const config =
    flags.config === undefined
      ? await originalConfig(path, cardOf(bytes, path).config)
      : await findConfig(flags.config);
  const { bench, given } = await openConfig(config, flags);
  try {
    const store = folderStore(dirname(path));
    const evaluated = await evaluateRun(bench, { given, bytes, name: path, store });
    const { result } = evaluated;
    const { training: _, seconds, ...measured } = { ...result, files: { model: path } };
    printResult(flags, { ...measured, seconds: { total: seconds.total } }, () =>
      resultText({ ...result, files: { model: path } }, verdict(evaluated)),
    );
  } finally {
    await bench.services.dispose();
  }
}

/** The config a model was trained with; its paths are relative to where it was, if the model is still in its run. */
async function originalConfig(path: string, config: JsonObject): Promise<{ value: JsonObject; folder: string }> {
  const record = await readRunRecord(dirname(path));
  return { value: config, folder: record?.origin ? resolve(dirname(path), record.origin.folder) : process.cwd() };
}

async function newestModel(flags: CommonOptions): Promise<string> {
  const file = await findConfig(flags.config);
  const output = typeof file.value["output"] === "string" ? file.value["output"] : "runs";
  const runs = resolve(file.folder, output);
  const newest = await newestRun(runs, (folder) => isFile(join(folder, "result.json")));
  if (newest === undefined)
    throw new SpectraiError(
      "SPECTRAI_FILE_NOT_FOUND",
      `${runs} holds no finished run; train one, or name a model file.`,
    );
  return modelPath(newest);
}

import { relative, join } from "node:path";
import { type Callback, lastFile, type RunResult, SpectraiError, trainRun } from "@spectrai/core";
import { folderStore, removeUnfinished } from "@spectrai/core/node";
import { findConfig } from "../config-file.ts";
import { printResult } from "../console.ts";
import { onInterrupt } from "../interrupt.ts";
import { type CommonOptions, openConfig, runsFolder } from "../open-config.ts";
import { progressCallback } from "../progress.ts";
import { verdict, writeRunReport } from "../report.ts";
import { resultText } from "../result-text.ts";
import { freeRunId, isFile, newestRun, readRunRecord } from "../runs.ts";

interface TrainFlags extends CommonOptions {
  readonly output?: string;
  readonly resume?: true | string;
  readonly report: boolean;
}

export async function run(_: readonly string[], flags: TrainFlags): Promise<void> {
  const opened = await openConfig(await findConfig(flags.config), flags);
  const { bench, given, folder } = opened;
  const runs = runsFolder(opened, flags.output);
  const resumed = flags.resume === undefined ? undefined : await runToResume(runs, flags.resume, given.raw.task);
  const runId = resumed ?? (await freeRunId(runs, given.raw.task));
  if (resumed !== undefined) await removeUnfinished(join(runs, runId));
  const store = folderStore(join(runs, runId));
  const callbacks: Callback[] = flags.quiet || flags.json ? [] : [progressCallback(process.stderr)];
  const interrupt = onInterrupt("Finishing this step and saving; press Ctrl-C again to leave at once.");
  try {
    const trained = await trainRun(bench, {
      given,
      store,
      runId,
      resume: resumed !== undefined,
      origin: { folder: relative(join(runs, runId), folder) || "." },
      signal: interrupt.signal,
      callbacks,
    });
    const files: Record<string, string> = { ...trained.result.files };
    if (flags.report) files["report"] = await writeRunReport(store, trained);
    const result: RunResult = { ...trained.result, files };
    await store.write("result.json", `${JSON.stringify(result, null, 2)}\n`);
    printResult(flags, result, () => resultText(result, verdict(trained)));
  } finally {
    interrupt.stop();
    await bench.services.dispose();
  }
}

/** The run named, or the newest with a checkpoint and without a result. */
async function runToResume(runs: string, resume: true | string, task: string): Promise<string> {
  if (resume !== true) {
    const name = relative(runs, join(process.cwd(), resume));
    for (const candidate of [resume, name]) if (await readRunRecord(join(runs, candidate))) return candidate;
    throw new SpectraiError("SPECTRAI_FILE_NOT_FOUND", `--resume ${resume}: there is no such run in ${runs}.`);
  }
  const newest = await newestRun(
    runs,
    async (folder) =>
      (await isFile(join(folder, lastFile))) &&
      !(await isFile(join(folder, "result.json"))) &&
      (await readRunRecord(folder))?.config["task"] === task,
  );
  if (newest === undefined)
    throw new SpectraiError(
      "SPECTRAI_FILE_NOT_FOUND",
      `--resume: ${runs} holds no interrupted ${task} run with a checkpoint; start one without --resume.`,
    );
  return relative(runs, newest);
}

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  applyModel,
  blends,
  cardOf,
  chooseBackend,
  type FileEntry,
  fitsTable,
  loadModel,
  openWorkbench,
  SpectraiError,
  ttaKinds,
  withoutCompanions,
} from "@spectrai/core";
import { nodeFileSystem, outputFolder } from "@spectrai/core/node";
import { applyProgress } from "../apply-progress.ts";
import { parseAxis } from "../axis-option.ts";
import { consoleLogger, type Output, printResult } from "../console.ts";
import { oneOf, wholeNumber } from "../flag-values.ts";
import { loadPlugins } from "../load-plugins.ts";
import { partialRows } from "../partial-rows.ts";
import { modelPath, readRunRecord } from "../runs.ts";

interface ApplyFlags extends Output {
  readonly output: string;
  readonly format?: string;
  readonly variable?: string;
  readonly axis?: string;
  readonly normalized: boolean;
  readonly tile?: string;
  readonly overlap?: string;
  readonly blend: string;
  readonly tta: string;
  readonly probabilities: boolean;
  readonly resume: boolean;
  readonly backend: string;
}

export async function run([named, ...patterns]: readonly string[], flags: ApplyFlags): Promise<void> {
  const start = performance.now();
  const path = await modelPath(named!);
  const bytes = new Uint8Array(await readFile(path));
  const card = cardOf(bytes, path);
  const record = await readRunRecord(dirname(path));
  const plugins = Array.isArray(card.config["plugins"]) ? (card.config["plugins"] as string[]) : [];
  const files = nodeFileSystem(process.cwd());
  const bench = await openWorkbench({
    plugins: await loadPlugins(plugins, record?.origin ? resolve(dirname(path), record.origin.folder) : process.cwd()),
    files,
    logger: consoleLogger(flags),
    seed: 0,
  });
  try {
    const backend = await chooseBackend(bench.registry, { name: flags.backend, options: {} }, bench.services);
    const loaded = await loadModel(bench, bytes, path);
    const found: FileEntry[] = [];
    for (const pattern of patterns) found.push(...(await files.list(pattern)));
    const inputs = withoutCompanions(found);
    if (inputs.length === 0) throw new SpectraiError("SPECTRAI_DATA_EMPTY", `${patterns.join(" ")}: no files there.`);
    const shown = flags.quiet || flags.json ? undefined : process.stderr;
    const applied = await applyModel(bench, loaded, {
      inputs,
      output: outputFolder(resolve(flags.output)),
      extension: `.${flags.format ?? (fitsTable(card) ? "csv" : "npy")}`,
      ...(flags.variable === undefined ? {} : { variable: flags.variable }),
      ...(flags.axis === undefined ? {} : { axis: parseAxis(flags.axis) }),
      normalized: flags.normalized,
      ...(flags.tile === undefined ? {} : { tile: wholeNumber("--tile", flags.tile, 8) }),
      ...(flags.overlap === undefined ? {} : { overlap: wholeNumber("--overlap", flags.overlap, 0) }),
      blend: oneOf("--blend", flags.blend, blends),
      tta: oneOf("--tta", flags.tta, ttaKinds),
      probabilities: flags.probabilities,
      partial: (name) => partialRows(resolve(flags.output), name, flags.resume),
      batchSize: 64,
      progress: applyProgress(shown),
    });
    const seconds = (performance.now() - start) / 1000;
    const samples = applied.reduce((n, f) => n + f.samples, 0);
    const outputs = [...new Set(applied.map((f) => f.output))];
    printResult(flags, { model: path, task: card.task, backend: backend.name, files: applied, samples, seconds }, () =>
      [
        `Applied ${card.model.ref["name"] as string} to ${samples} ${samples === 1 ? "sample" : "samples"} of ${applied.length} ${applied.length === 1 ? "file" : "files"}:`,
        ...outputs.slice(0, 10).map((output) => `  ${output}`),
        ...(outputs.length > 10 ? [`  … and ${outputs.length - 10} more in ${flags.output}`] : []),
      ].join("\n"),
    );
  } finally {
    await bench.services.dispose();
  }
}

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  applyModel,
  cardOf,
  chooseBackend,
  type FileEntry,
  fitsTable,
  loadModel,
  openWorkbench,
  SpectraiError,
} from "@spectrai/core";
import { nodeFileSystem, outputFolder } from "@spectrai/core/node";
import { parseAxis } from "../axis-option.ts";
import { consoleLogger, type Output, printResult } from "../console.ts";
import { loadPlugins } from "../load-plugins.ts";
import { modelPath, readRunRecord } from "../runs.ts";

interface ApplyFlags extends Output {
  readonly output: string;
  readonly format?: string;
  readonly variable?: string;
  readonly axis?: string;
  readonly normalized: boolean;
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
    const inputs: FileEntry[] = [];
    for (const pattern of patterns) inputs.push(...(await files.list(pattern)));
    if (inputs.length === 0) throw new SpectraiError("SPECTRAI_DATA_EMPTY", `${patterns.join(" ")}: no files there.`);
    const live = process.stderr.isTTY && !flags.quiet && !flags.json;
    const applied = await applyModel(bench, loaded, {
      inputs,
      output: outputFolder(resolve(flags.output)),
      extension: `.${flags.format ?? (fitsTable(card) ? "csv" : "npy")}`,
      ...(flags.variable === undefined ? {} : { variable: flags.variable }),
      ...(flags.axis === undefined ? {} : { axis: parseAxis(flags.axis) }),
      normalized: flags.normalized,
      batchSize: 64,
      progress: (done, total, name) => {
        if (live)
          process.stderr.write(
            done < total ? `\r\x1b[2K${done + 1}/${total} ${name}`.slice(0, process.stderr.columns ?? 80) : "\r\x1b[2K",
          );
      },
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

import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import {
  chooseBackend,
  encodeModelFile,
  type JsonObject,
  openWorkbench,
  SpectraiError,
  type Workbench,
} from "@spectrai/core";
import { errorFromSystem, fileSource, nodeFileSystem, writeFileAtomic } from "@spectrai/core/node";
import {
  convertReferenceConfig,
  importCheckpoint,
  isReferenceConfig,
  readReferenceConfig,
  referenceConfigText,
  settingsOf,
} from "@spectrai/interop";
import { parseAxis } from "../axis-option.ts";
import { findConfig } from "../config-file.ts";
import { consoleLogger, type Output, printResult } from "../console.ts";
import { installedPlugins, isInstalled, loadPlugins } from "../load-plugins.ts";
import { setting } from "../open-config.ts";

interface ImportFlags extends Output {
  readonly output?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly task?: string;
  readonly axis?: string;
  readonly points?: string;
  readonly classes?: string;
  readonly backend: string;
  readonly force: boolean;
}

export async function run([file]: readonly string[], flags: ImportFlags): Promise<void> {
  return /\.ya?ml$/i.test(file!) ? importConfig(file!, flags) : importModel(file!, flags);
}

async function importConfig(file: string, flags: ImportFlags): Promise<void> {
  const output = await outputPath(flags, "spectrai.config.yml", /\.ya?ml$/, "a config ends in .yml");
  const text = await readFile(resolve(file), "utf8").catch((e: unknown) => {
    throw errorFromSystem(e, file, "read");
  });
  const converted = convertReferenceConfig(readReferenceConfig(text, file));
  const folder = process.cwd();
  const plugins = [...new Set([...converted.plugins, ...installedPlugins(folder)])].sort();
  await writeFileAtomic(resolve(output), referenceConfigText(converted, plugins, basename(file)));
  const missing = converted.plugins.filter((name) => !isInstalled(name, folder));
  if (missing.length > 0) consoleLogger(flags).warn(`Not installed yet: npm install ${missing.join(" ")}`);
  const notes = converted.sections.flatMap((s) => s.notes);
  printResult(flags, { config: output, task: converted.task, notes, missing }, () =>
    [
      `Wrote ${output}${notes.length > 0 ? `, with ${notes.length} comments where settings had no effect or mean something else here` : ""}.`,
      "Next: read it, then run spectrai preview, and spectrai train.",
    ].join("\n"),
  );
}

async function importModel(file: string, flags: ImportFlags): Promise<void> {
  const name = `${basename(file).replace(/\.[^.]+$/, "")}.safetensors`;
  const output = await outputPath(flags, name, /\.safetensors$/, "a model file ends in .safetensors");
  const points = flags.points === undefined ? undefined : Number(flags.points);
  if (points !== undefined && !(Number.isInteger(points) && points > 0))
    throw new SpectraiError("SPECTRAI_USAGE", `--points ${flags.points}: give a whole number of 1 or more.`);
  const axis = flags.axis === undefined ? undefined : parseAxis(flags.axis);
  const config = flags.config === undefined ? undefined : await configOf(flags.config);
  const source = await fileSource(resolve(file), file);
  const bench = await openBench(flags);
  try {
    await chooseBackend(bench.registry, { name: flags.backend, options: {} }, bench.services);
    const imported = await importCheckpoint(bench, {
      source,
      settings: (flags.set ?? []).map(setting),
      ...(config === undefined ? {} : { config }),
      ...(flags.task === undefined ? {} : { task: flags.task }),
      ...(axis === undefined ? {} : { axis }),
      ...(points === undefined ? {} : { points }),
      ...(flags.classes === undefined ? {} : { classes: flags.classes.split(",").map((c) => c.trim()) }),
    });
    await writeFileAtomic(resolve(output), encodeModelFile(imported.file));
    for (const note of imported.notes) bench.logger.warn(note);
    const { model, task } = imported.file.card;
    printResult(
      flags,
      { model: output, task, spec: model.spec, ref: model.ref, parameters: model.parameters, notes: imported.notes },
      () =>
        [
          `Wrote ${output}: ${model.ref["name"] as string} for ${task}, ${model.parameters.toLocaleString("en")} parameters.`,
          `Next: spectrai info ${output}, and spectrai apply ${output} with files of yours.`,
        ].join("\n"),
    );
  } finally {
    await source.close?.();
    await bench.services.dispose();
  }
}

/** A config of ours as it is, one of the original software converted. */
async function configOf(named: string): Promise<JsonObject> {
  const { value } = await findConfig(named);
  return isReferenceConfig(value) ? convertReferenceConfig(settingsOf(value, named)).config : value;
}

async function openBench(flags: ImportFlags): Promise<Workbench> {
  const folder = process.cwd();
  return openWorkbench({
    plugins: await loadPlugins(installedPlugins(folder), folder),
    files: nodeFileSystem(folder),
    logger: consoleLogger(flags),
    seed: 0,
  });
}

async function outputPath(flags: ImportFlags, standard: string, ending: RegExp, why: string): Promise<string> {
  const output = flags.output ?? standard;
  if (!ending.test(output)) throw new SpectraiError("SPECTRAI_USAGE", `--output ${output}: ${why}.`);
  if (!flags.force && (await stat(resolve(output)).catch(() => undefined)))
    throw new SpectraiError("SPECTRAI_FILE_UNWRITABLE", `${output} is already there; --force replaces it.`);
  return output;
}

import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { configJsonSchema, openWorkbench, SpectraiError } from "@spectrai/core";
import { errorFromSystem, makeFolder, nodeFileSystem, writeFileAtomic } from "@spectrai/core/node";
import { consoleLogger, type Output, printResult } from "../console.ts";
import { installedPlugins, loadPlugins } from "../load-plugins.ts";

interface InitFlags extends Output {
  readonly task: string;
  readonly input?: string;
  readonly target?: string;
  readonly force: boolean;
}

export async function run([named = "."]: readonly string[], flags: InitFlags): Promise<void> {
  const folder = resolve(named);
  const path = join(folder, "spectrai.config.yml");
  if (!flags.force && (await stat(path).catch(() => undefined)))
    throw new SpectraiError("SPECTRAI_FILE_UNWRITABLE", `${path} is already there; --force replaces it.`);
  const plugins = installedPlugins(folder);
  if (plugins.length === 0)
    throw new SpectraiError(
      "SPECTRAI_PLUGIN_NOT_FOUND",
      `No spectrai plugin is installed where ${folder} sees it; install some first, for example npm install @spectrai/io-formats @spectrai/backend-wasm.`,
    );
  const bench = await openWorkbench({
    plugins: await loadPlugins(plugins, folder),
    files: nodeFileSystem(folder),
    logger: consoleLogger(flags),
    seed: 1,
  });
  await makeFolder(folder).catch((e: unknown) => {
    throw errorFromSystem(e, folder, "write");
  });
  const schema = join(folder, "spectrai.schema.json");
  await writeFileAtomic(schema, `${JSON.stringify(configJsonSchema(bench.registry), null, 2)}\n`);
  await writeFileAtomic(path, configText(plugins, flags));
  await bench.services.dispose();
  printResult(
    flags,
    { config: path, schema, plugins },
    () => `Wrote ${path} and ${schema}.\nNext: look at it, then run spectrai preview, and spectrai train.`,
  );
}

/** JSON is YAML, so a JSON string is a safe way to write any text. */
const text = (value: string): string => (/^[\w./-]+$/.test(value) ? value : JSON.stringify(value));

/** What stands for the user's files. In `spectra`, classification has a folder for each class. */
const placeholder: Readonly<Record<string, string>> = {
  denoising: "input: noisy.mat, target: clean.mat",
  calibration: "input: instrument-a.csv, target: instrument-b.csv",
  classification: "input: spectra",
  regression: "input: spectra.csv, values: [concentration]",
};

function configText(plugins: readonly string[], { task, input, target }: InitFlags): string {
  const cubes = task === "segmentation" || task === "super-resolution";
  const data =
    input !== undefined
      ? `{ name: ${cubes ? "cubes" : "spectra"}, input: ${text(input)}${target === undefined ? "" : `, target: ${text(target)}`} }`
      : task === "denoising" && plugins.includes("@spectrai/datasets")
        ? "{ name: raman-pairs } # simulated; yours: { name: spectra, input: noisy.mat, target: clean.mat }"
        : `{ name: ${cubes ? "cubes" : "spectra"}, ${placeholder[task] ?? "input: images, target: masks"} }`;
  return [
    "# yaml-language-server: $schema=./spectrai.schema.json",
    "plugins:",
    ...plugins.map((p) => `  - "${p}"`),
    `task: ${task}`,
    `data: ${data}`,
    "",
  ].join("\n");
}

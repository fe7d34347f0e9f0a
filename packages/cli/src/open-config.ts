import { resolve } from "node:path";
import {
  type GivenConfig,
  type JsonValue,
  openWorkbench,
  parseSetting,
  readConfig,
  type Setting,
  type Workbench,
} from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import { parseDocument } from "yaml";
import type { ConfigFile } from "./config-file.ts";
import { consoleLogger, type Output } from "./console.ts";
import { mustBeSet, withEnvironment } from "./environment.ts";
import { loadPlugins } from "./load-plugins.ts";

export interface CommonOptions extends Output {
  readonly config?: string;
  readonly set?: readonly string[];
}

export interface Opened {
  readonly bench: Workbench;
  readonly given: GivenConfig;
  /** What the config's paths are relative to. */
  readonly folder: string;
}

/** A workbench with the plugins of a config, whose paths are seen from its folder. */
export async function openConfig(file: Pick<ConfigFile, "value" | "folder">, options: CommonOptions): Promise<Opened> {
  const given = readConfig(withEnvironment(file.value, process.env), (options.set ?? []).map(setting));
  mustBeSet(given.file);
  const bench = await openWorkbench({
    plugins: await loadPlugins(given.raw.plugins, file.folder),
    files: nodeFileSystem(file.folder),
    logger: consoleLogger(options),
    seed: given.raw.seed,
  });
  return { bench, given, folder: file.folder };
}

/** `path=value`; a list or an object may be written as in a YAML config, without quotes: `metrics=[mse, mae]`. */
export function setting(text: string): Setting {
  const { path, value } = parseSetting(text);
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return { path, value };
  const document = parseDocument(value);
  return { path, value: document.errors.length > 0 ? value : (document.toJS({ maxAliasCount: 100 }) as JsonValue) };
}

/** Where runs go: a folder named on the command line is seen from the current folder, one in the config from the config's. */
export const runsFolder = ({ given, folder }: Opened, named: string | undefined): string =>
  named !== undefined ? resolve(named) : resolve(folder, given.raw.output);

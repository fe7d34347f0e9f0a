import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type JsonObject, type JsonValue, SpectraiError } from "@spectrai/core";
import { cosmiconfig } from "cosmiconfig";
import { createJiti } from "jiti";
import { parseDocument } from "yaml";

export interface ConfigFile {
  readonly path: string;
  readonly folder: string;
  readonly value: JsonObject;
}

const names = ["yml", "yaml", "json", "js", "mjs", "ts"].map((ext) => `spectrai.config.${ext}`);

/** YAML and JSON, with the line of a mistake. */
function parseYaml(path: string, text: string): JsonValue {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_UNREADABLE",
      `${path}: ${error.message.split("\n")[0]!.replace(/:$/, "")}.`,
      { details: { file: path } },
    );
  return document.toJS({ maxAliasCount: 100 }) as JsonValue;
}

async function loadModule(path: string): Promise<unknown> {
  try {
    return await createJiti(import.meta.url, { fsCache: false }).import(path, { default: true });
  } catch (e) {
    const why = (e instanceof Error ? e.message.split("\n")[0]! : String(e)).trim().replace(/\.$/, "");
    throw new SpectraiError("SPECTRAI_CONFIG_UNREADABLE", `${path} could not be loaded: ${why}.`, { cause: e });
  }
}

const loaders = {
  ".yml": parseYaml,
  ".yaml": parseYaml,
  ".json": parseYaml,
  ".js": loadModule,
  ".mjs": loadModule,
  ".ts": loadModule,
};

/** The config named, or the nearest `spectrai.config.*` from the current folder upwards. */
export async function findConfig(named: string | undefined, cwd = process.cwd()): Promise<ConfigFile> {
  if (named !== undefined) {
    const path = resolve(cwd, named);
    const load = loaders[(/\.[^.]+$/.exec(path)?.[0] ?? "") as keyof typeof loaders];
    if (!load)
      throw new SpectraiError(
        "SPECTRAI_CONFIG_NOT_FOUND",
        `${named}: a config is a .yml, .yaml, .json, .js, .mjs or .ts file.`,
      );
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch {
      throw new SpectraiError(
        "SPECTRAI_CONFIG_NOT_FOUND",
        `${named}: there is no such config file; write one with spectrai init.`,
      );
    }
    return configFile(path, await load(path, text));
  }
  const found = await cosmiconfig("spectrai", {
    searchPlaces: names,
    loaders,
    stopDir: "/",
    searchStrategy: "global",
  }).search(cwd);
  if (!found || found.isEmpty)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_NOT_FOUND",
      `There is no spectrai.config.{yml,yaml,json,js,mjs,ts} here or in a folder above; write one with spectrai init, or name one with --config.`,
    );
  return configFile(found.filepath, found.config);
}

function configFile(path: string, value: unknown): ConfigFile {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `${basename(path)} must hold an object with the keys plugins, task and data.`,
    );
  return { path, folder: dirname(path), value: value as JsonObject };
}

import { createRequire } from "node:module";
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isPlugin, nearest, type Plugin, packagesOf, SpectraiError } from "@spectrai/core";
import { createJiti } from "jiti";

/** Imports the plugins a config names, as seen from the config's folder. node_modules is never searched for others. */
export async function loadPlugins(names: readonly string[], folder: string): Promise<Plugin[]> {
  return Promise.all(names.map((name) => loadPlugin(name, folder)));
}

async function loadPlugin(name: string, folder: string): Promise<Plugin> {
  const module = await importPlugin(name, folder);
  const plugin = typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
  if (!isPlugin(plugin))
    throw new SpectraiError(
      "SPECTRAI_PLUGIN_INVALID",
      `plugins: ${name} is not a spectrai plugin: its default export was not made with definePlugin.`,
    );
  return plugin;
}

async function importPlugin(name: string, folder: string): Promise<unknown> {
  const isPath = name.startsWith(".") || isAbsolute(name);
  const target = isPath ? resolve(folder, name) : resolvePackage(name, folder);
  if (target === undefined) {
    const near = nearest(name, packagesOf());
    const advice = packagesOf().has(name) ? "" : near && near !== name ? ` Did you mean ${near}?` : "";
    throw new SpectraiError(
      "SPECTRAI_PLUGIN_NOT_FOUND",
      `plugins: ${name} is not installed; run npm install ${name}.${advice}`,
      { details: { plugin: name } },
    );
  }
  try {
    if (/\.[mc]?ts$/.test(target)) return await createJiti(import.meta.url, { fsCache: false }).import(target);
    return await import(pathToFileURL(target).href);
  } catch (e) {
    const why = e instanceof Error ? e.message.split("\n")[0] : String(e);
    if (
      isPath &&
      e instanceof Error &&
      "code" in e &&
      (e.code === "ERR_MODULE_NOT_FOUND" || e.code === "MODULE_NOT_FOUND")
    )
      throw new SpectraiError(
        "SPECTRAI_PLUGIN_NOT_FOUND",
        `plugins: there is no plugin at ${name} (seen from ${folder}): ${why}.`,
        { cause: e },
      );
    throw new SpectraiError("SPECTRAI_PLUGIN_INVALID", `plugins: ${name} could not be loaded: ${why}.`, { cause: e });
  }
}

/** The file of an installed package, from the config's folder, else from beside this command. */
function resolvePackage(name: string, folder: string): string | undefined {
  for (const from of [join(folder, "_.js"), import.meta.filename]) {
    try {
      return createRequire(from).resolve(name);
    } catch (e) {
      if (e instanceof Error && "code" in e && e.code === "ERR_PACKAGE_PATH_NOT_EXPORTED") {
        const found = createJiti(from).esmResolve(name, { try: true });
        if (found !== undefined) return new URL(found).pathname;
      }
    }
  }
  return undefined;
}

/** Whether a package could be loaded as a plugin from this folder. */
export const isInstalled = (name: string, folder: string): boolean => resolvePackage(name, folder) !== undefined;

/** The first-party packages that could be loaded as plugins from this folder. */
export const installedPlugins = (folder: string): string[] =>
  [...packagesOf()].filter((name) => name !== "@spectrai/core" && isInstalled(name, folder)).sort();

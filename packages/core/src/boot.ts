import type { Plugin } from "./component.ts";
import { isSpectraiError, SpectraiError } from "./errors.ts";
import { didYouMean } from "./nearest.ts";
import { Registry } from "./registry.ts";
import { satisfies } from "./semver.ts";
import type { Services } from "./services.ts";
import { coreVersion } from "./version.ts";

/** Whether a module's default export is what `definePlugin` makes. */
export function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== "object" || value === null) return false;
  const p = value as Partial<Plugin>;
  return (
    typeof p.name === "string" &&
    typeof p.version === "string" &&
    typeof p.core === "string" &&
    Array.isArray(p.components) &&
    p.components.every(
      (c) =>
        typeof c === "object" &&
        c !== null &&
        typeof c.kind === "string" &&
        typeof c.name === "string" &&
        typeof c.create === "function" &&
        "schema" in c,
    )
  );
}

/** The plugins so that each comes after those it requires. @throws SPECTRAI_PLUGIN_REQUIRES */
export function inRequiredOrder(plugins: readonly Plugin[]): Plugin[] {
  const byName = new Map(plugins.map((p) => [p.name, p]));
  const done = new Set<Plugin>();
  const order: Plugin[] = [];
  const visit = (plugin: Plugin, path: readonly string[]): void => {
    if (done.has(plugin)) return;
    if (path.includes(plugin.name))
      throw new SpectraiError(
        "SPECTRAI_PLUGIN_REQUIRES",
        `Plugins require each other in a circle: ${[...path, plugin.name].join(" → ")}.`,
      );
    for (const name of plugin.requires ?? []) {
      const needed = byName.get(name);
      if (!needed)
        throw new SpectraiError(
          "SPECTRAI_PLUGIN_REQUIRES",
          `The plugin ${plugin.name} requires ${name}; add it to the config's plugins.${didYouMean(name, byName.keys())}`,
        );
      visit(needed, [...path, plugin.name]);
    }
    done.add(plugin);
    order.push(plugin);
  };
  for (const plugin of plugins) visit(plugin, []);
  return order;
}

function checkCoreRange(plugin: Plugin): void {
  const fits = satisfies(coreVersion, plugin.core);
  if (fits === undefined)
    throw new SpectraiError(
      "SPECTRAI_PLUGIN_CORE_RANGE",
      `The plugin ${plugin.name} ${plugin.version} states the core range "${plugin.core}", which is not a semver range; tell its author.`,
    );
  if (!fits)
    throw new SpectraiError(
      "SPECTRAI_PLUGIN_CORE_RANGE",
      `The plugin ${plugin.name} ${plugin.version} is for @spectrai/core ${plugin.core}, but ${coreVersion} is installed; install a version of the plugin for this core.`,
    );
}

async function setUp(plugin: Plugin, services: Services, seconds: number): Promise<void> {
  if (!plugin.setup) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new SpectraiError(
            "SPECTRAI_PLUGIN_TIMEOUT",
            `The plugin ${plugin.name} did not finish its setup in ${seconds} s.`,
          ),
        ),
      seconds * 1000,
    );
  });
  try {
    await Promise.race([Promise.resolve(plugin.setup(services)), late]);
  } catch (e) {
    if (isSpectraiError(e)) throw e;
    throw new SpectraiError(
      "SPECTRAI_PLUGIN_SETUP",
      `The plugin ${plugin.name} failed in its setup: ${e instanceof Error ? e.message : String(e)}`,
      { cause: e },
    );
  } finally {
    clearTimeout(timer);
  }
}

export interface BootOptions {
  readonly plugins: readonly Plugin[];
  readonly services: Services;
  /** Seconds each plugin's setup may take. */
  readonly setupSeconds?: number;
}

/** Checks the plugins against core and each other, registers their components, runs their setups in order, and freezes. */
export async function boot({ plugins, services, setupSeconds = 30 }: BootOptions): Promise<Registry> {
  const registry = new Registry();
  for (const plugin of plugins) checkCoreRange(plugin);
  const order = inRequiredOrder(plugins);
  for (const plugin of order) registry.add(plugin);
  for (const plugin of order) await setUp(plugin, services, setupSeconds);
  registry.freeze();
  return registry;
}

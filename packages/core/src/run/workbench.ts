import { boot } from "../boot.ts";
import { corePlugin } from "../builtin.ts";
import type { Plugin } from "../component.ts";
import type { FileSystem } from "../contracts/files.ts";
import { createFormats } from "../formats.ts";
import type { Registry } from "../registry.ts";
import { createServices, type Services } from "../services.ts";
import { type Logger, services as tokens } from "../tokens.ts";

/** Loaded plugins and the services they share: what every command works with. One a run; nothing is global. */
export interface Workbench {
  readonly registry: Registry;
  readonly services: Services;
  readonly logger: Logger;
}

export interface WorkbenchOptions {
  readonly plugins: readonly Plugin[];
  readonly files: FileSystem;
  readonly logger: Logger;
  readonly seed: number;
}

export async function openWorkbench({ plugins, files, logger, seed }: WorkbenchOptions): Promise<Workbench> {
  const services = createServices("run");
  services.provide(tokens.logger, logger);
  services.provide(tokens.files, files);
  services.provide(tokens.seed, seed);
  const registry = await boot({ plugins: [corePlugin, ...plugins], services });
  services.provide(tokens.formats, createFormats(registry, services));
  return { registry, services, logger };
}

/** Plugin name → version, for the run's lock file and the model file. */
export const versionsOf = (registry: Registry): Record<string, string> =>
  Object.fromEntries(registry.plugins.map((p) => [p.name, p.version]));

import { parityCases, type ParityCase } from "@spectrai/parity";
import { type Backend, createComponent, openWorkbench, resolveRef, type Workbench } from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import { consoleLogger } from "./console.ts";
import { loadPlugins } from "./load-plugins.ts";

/** The plugins' components, with notices on stderr. */
export const openBench = async (plugins: readonly string[], folder: string): Promise<Workbench> =>
  openWorkbench({
    plugins: await loadPlugins(plugins, folder),
    files: nodeFileSystem(folder),
    logger: consoleLogger({ quiet: true, json: true }),
    seed: 0,
  });

/** All cases that these plugins make. */
export const casesOf = ({ registry }: Workbench): readonly ParityCase[] =>
  parityCases(registry.list("model").map((r) => r.component));

/** A backend with its options' defaults. */
export const createBackend = ({ registry, services }: Workbench, name: string): Promise<Backend> =>
  createComponent(resolveRef(registry, "backend", { name, options: {} }, "backend"), services);

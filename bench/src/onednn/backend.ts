import {
  boot,
  chooseBackend,
  corePlugin,
  createServices,
  isPlugin,
  type JsonObject,
  optionNames,
  type Plugin,
  type Registry,
  type Services,
} from "@spectrai/core";
import losses from "@spectrai/losses";
import type { Mode } from "./setting.ts";

export interface Bench {
  readonly registry: Registry;
  readonly services: Services;
}

/** Where tensors live: `@spectrai/backend-<name>`, found by its name as any plugin is. */
async function backendPlugin(name: string): Promise<Plugin> {
  const specifier = `@spectrai/backend-${name}`;
  let module: { readonly default?: unknown };
  try {
    module = (await import(specifier)) as { readonly default?: unknown };
  } catch (error) {
    throw new Error(`The backend ${name} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (!isPlugin(module.default)) throw new Error(`${specifier} is not a plugin.`);
  return module.default;
}

/**
 * Makes the named backend tfjs's current one, in the precision that the mode asks for.
 * @throws SPECTRAI_BACKEND_UNAVAILABLE where it cannot run here; an Error where it has no bf16
 */
export async function openBackend(name: string, mode: Mode, threads: number): Promise<Bench> {
  const services = createServices();
  const registry = await boot({ plugins: [corePlugin, losses, await backendPlugin(name)], services });
  if (mode === "bf16" && !optionNames(registry.get("backend", name, "backend").component.schema).includes("precision"))
    throw new Error(`the backend ${name} computes in f32 only`);
  const options: JsonObject = mode === "bf16" ? { threads, precision: "bf16" } : { threads };
  await chooseBackend(registry, { name, options }, services);
  return { registry, services };
}

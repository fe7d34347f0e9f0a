import type { Component, Plugin } from "./component.ts";
import type { Kind, Kinds } from "./contracts/kinds.ts";
import { SpectraiError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { whoProvides } from "./directory.ts";

export interface Registered<K extends Kind = Kind> {
  readonly component: Component<K>;
  /** The plugin it came from. */
  readonly plugin: string;
}

/** The components of a run, by kind and name. Filled while plugins load, then frozen. */
export class Registry {
  readonly #byKind = new Map<string, Map<string, Registered>>();
  readonly #plugins = new Map<string, Plugin>();
  #frozen = false;

  /** @throws SPECTRAI_REGISTRY_FROZEN, SPECTRAI_PLUGIN_DUPLICATE, SPECTRAI_COMPONENT_DUPLICATE */
  add(plugin: Plugin): void {
    if (this.#frozen)
      throw new SpectraiError(
        "SPECTRAI_REGISTRY_FROZEN",
        `The plugin ${plugin.name} was registered after start-up; name it in the config's plugins instead.`,
      );
    if (this.#plugins.has(plugin.name))
      throw new SpectraiError(
        "SPECTRAI_PLUGIN_DUPLICATE",
        `The plugin ${plugin.name} is registered twice; name it once in the config's plugins.`,
      );
    this.#plugins.set(plugin.name, plugin);
    for (const component of plugin.components) {
      const named = this.#byKind.get(component.kind) ?? new Map<string, Registered>();
      this.#byKind.set(component.kind, named);
      const other = named.get(component.name);
      if (other)
        throw new SpectraiError(
          "SPECTRAI_COMPONENT_DUPLICATE",
          `Both ${other.plugin} and ${plugin.name} provide the ${component.kind} "${component.name}"; remove one of them from the config's plugins.`,
        );
      named.set(component.name, { component, plugin: plugin.name });
    }
  }

  freeze(): void {
    this.#frozen = true;
  }

  get plugins(): readonly Plugin[] {
    return [...this.#plugins.values()];
  }

  has(kind: Kind, name: string): boolean {
    return this.#byKind.get(kind)?.has(name) ?? false;
  }

  list<K extends Kind>(kind: K): readonly Registered<K>[] {
    return [...(this.#byKind.get(kind)?.values() ?? [])] as unknown as Registered<K>[];
  }

  kinds(): readonly Kind[] {
    return [...this.#byKind.keys()] as Kind[];
  }

  /** @throws SPECTRAI_COMPONENT_UNKNOWN, offering the nearest name, or the package that has it. */
  get<K extends keyof Kinds>(kind: K, name: string, where: string): Registered<K> {
    const found = this.#byKind.get(kind)?.get(name);
    if (found) return found as unknown as Registered<K>;
    const known = this.list(kind).map((r) => r.component.name);
    const packageName = whoProvides(kind, name);
    const near = nearest(name, known);
    const advice = packageName
      ? this.#plugins.has(packageName)
        ? `The installed ${packageName} is too old to have it; update it.`
        : `It is in ${packageName}: install that (npm install ${packageName}) and add it to the config's plugins.`
      : near
        ? `Did you mean "${near}"?`
        : known.length > 0
          ? `Known: ${known.join(", ")}.`
          : `No plugin in the config provides a ${kind}.`;
    throw new SpectraiError("SPECTRAI_COMPONENT_UNKNOWN", `${where}: there is no ${kind} called "${name}". ${advice}`, {
      details: { kind, name },
    });
  }
}

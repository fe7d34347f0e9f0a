import {
  boot,
  checkOptions,
  type Component,
  corePlugin,
  coreVersion,
  createServices,
  inputJsonSchema,
  isPlugin,
  type JsonObject,
  type Plugin,
  satisfies,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";

/** How a plugin is put to the test. */
export interface PluginCase {
  /** Its package.json, where what it states is to be checked: `import manifest from "../package.json" with { type: "json" }`. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Options as a user writes them, by `kind/name`, for components that do not work without any. */
  readonly options?: Readonly<Record<string, JsonObject>>;
  /** The plugins it requires. */
  readonly beside?: readonly Plugin[];
}

/**
 * What every plugin must hold: it fits the core it is tested with, boots with it, says what it is, states the same in
 * its package.json, and each of its components passes {@link testComponent}. Call it in a test file; it registers the tests.
 */
export function testPlugin(plugin: Plugin, { manifest, options = {}, beside = [] }: PluginCase = {}): void {
  describe(`plugin ${plugin.name}`, () => {
    it("is a plugin for this core", () => {
      expect(isPlugin(plugin)).toBe(true);
      expect(plugin.version).toMatch(/^\d+\.\d+\.\d+/);
      expect(satisfies(coreVersion, plugin.core), `core "${plugin.core}" with core ${coreVersion}`).toBe(true);
    });

    it("boots beside core, under names nobody else has", async () => {
      const services = createServices("test");
      const registry = await boot({ plugins: [corePlugin, ...beside, plugin], services });
      for (const { kind, name } of plugin.components) expect(registry.has(kind, name)).toBe(true);
      await services.dispose();
    });

    it.runIf(manifest)("is a package that can be found, installed and imported", () => {
      expect(manifest!["name"]).toBe(plugin.name);
      expect(manifest!["version"]).toBe(plugin.version);
      expect(manifest!["type"]).toBe("module");
      expect(manifest!["keywords"]).toContain("spectrai-plugin");
      expect(manifest!["peerDependencies"], "one core for all plugins").toHaveProperty(["@spectrai/core"], plugin.core);
      expect(manifest!["dependencies"] ?? {}).not.toHaveProperty(["@tensorflow/tfjs-core"]);
      expect(manifest!["exports"]).toHaveProperty(["."], {
        types: expect.stringMatching(/\.d\.ts$/),
        default: expect.any(String),
      });
    });
  });
  for (const component of plugin.components) testComponent(component, options[`${component.kind}/${component.name}`]);
}

/**
 * What every component must hold: a kebab-case name, a summary that is one sentence, a schema that describes and groups
 * every option, refuses unknown ones, and takes its own resolved options back. Call it in a test file; it registers the tests.
 *
 * @param options - as a user writes them; absent = the component works without any
 */
export function testComponent(component: Component, options: JsonObject = {}): void {
  const { kind, name, summary, schema } = component;
  describe(`${kind} ${name}`, () => {
    it("says what it is", () => {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(summary).toMatch(/^[A-Z].*\.$/);
    });

    it("describes and groups every option", () => {
      const described = inputJsonSchema(schema);
      expect(described["type"]).toBe("object");
      for (const [option, about] of Object.entries((described["properties"] ?? {}) as JsonObject)) {
        expect(option).toMatch(/^[a-z][A-Za-z0-9]*$/);
        expect(about, option).toMatchObject({
          description: expect.stringMatching(/^[A-Z].*\.$/s),
          group: expect.stringMatching(/\S/),
        });
      }
    });

    it("takes its own resolved options back, through JSON, and refuses unknown ones", () => {
      const resolved = checkOptions(schema, options, name) as JsonObject;
      expect(JSON.parse(JSON.stringify(resolved)), "an option is not JSON").toEqual(resolved);
      expect(checkOptions(schema, resolved, name)).toEqual(resolved);
      const known = Object.keys((inputJsonSchema(schema)["properties"] ?? {}) as JsonObject);
      for (const option of Object.keys(resolved)) expect(known).toContain(option);
      expect(() => checkOptions(schema, { ...options, noSuchOption: 1 }, name)).toThrow(/noSuchOption/);
    });
  });
}

import {
  boot,
  createServices,
  defineComponent,
  definePlugin,
  inRequiredOrder,
  isPlugin,
  type Plugin,
  Registry,
  satisfies,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const loss = (name: string) =>
  defineComponent({
    kind: "loss",
    name,
    summary: "A loss.",
    schema: z.strictObject({}),
    create: () => ({ compute: (o) => o as never }),
  });
const plugin = (name: string, more: Partial<Plugin> = {}): Plugin =>
  definePlugin({ name, version: "1.0.0", core: ">=0.1.0 <1", components: [], ...more });
const start = (...plugins: Plugin[]) => boot({ plugins, services: createServices(), setupSeconds: 0.05 });

describe("boot", () => {
  it("sets plugins up after those they require", async () => {
    const log: string[] = [];
    const traced = (name: string, requires: string[] = []): Plugin =>
      plugin(name, { requires, setup: async () => void log.push(name) });
    await start(traced("c", ["b"]), traced("b", ["a"]), traced("a"));
    expect(log).toEqual(["a", "b", "c"]);
  });

  it.each([
    [
      "a plugin for another core",
      [plugin("old", { core: ">=7" })],
      "SPECTRAI_PLUGIN_CORE_RANGE",
      /old 1\.0\.0 is for @spectrai\/core >=7, but 0\.1\.0 is installed/,
    ],
    [
      "a range that is none",
      [plugin("odd", { core: "soon" })],
      "SPECTRAI_PLUGIN_CORE_RANGE",
      /"soon", which is not a semver range/,
    ],
    [
      "a missing requirement",
      [plugin("a", { requires: ["toolz"] }), plugin("tools")],
      "SPECTRAI_PLUGIN_REQUIRES",
      /a requires toolz.*Did you mean "tools"/,
    ],
    [
      "a circle",
      [plugin("a", { requires: ["b"] }), plugin("b", { requires: ["a"] })],
      "SPECTRAI_PLUGIN_REQUIRES",
      /a → b → a/,
    ],
    ["one plugin twice", [plugin("a"), plugin("a")], "SPECTRAI_PLUGIN_DUPLICATE", /a is registered twice/],
    [
      "two owners of a name",
      [plugin("a", { components: [loss("x")] }), plugin("b", { components: [loss("x")] })],
      "SPECTRAI_COMPONENT_DUPLICATE",
      /Both a and b provide the loss "x"/,
    ],
    [
      "a setup that fails",
      [plugin("a", { setup: () => Promise.reject(new Error("no GPU")) })],
      "SPECTRAI_PLUGIN_SETUP",
      /a failed in its setup: no GPU/,
    ],
    [
      "a setup that hangs",
      [plugin("slow", { setup: () => new Promise<void>(() => undefined) })],
      "SPECTRAI_PLUGIN_TIMEOUT",
      /slow did not finish/,
    ],
  ])("refuses %s", async (_, plugins, code, message) => {
    await expect(start(...plugins)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("freezes the registry", async () => {
    const registry = await start(plugin("a"));
    expect(() => registry.add(plugin("late"))).toThrow(/late was registered after start-up/);
  });

  it("orders by name resolution, not by mutation of its input", () => {
    const list = [plugin("b", { requires: ["a"] }), plugin("a")];
    expect(inRequiredOrder(list).map((p) => p.name)).toEqual(["a", "b"]);
    expect(list[0]!.name).toBe("b");
  });

  it("tells plugins from other modules", () => {
    expect(isPlugin(plugin("a", { components: [loss("x")] }))).toBe(true);
    for (const other of [null, 3, {}, { name: "x", version: "1", core: "*", components: [{}] }])
      expect(isPlugin(other)).toBe(false);
  });
});

describe("registry", () => {
  const registry = new Registry();
  registry.add(plugin("a", { components: [loss("charbonnier"), loss("huber")] }));

  it("offers the nearest name", () => {
    expect(() => registry.get("loss", "charbonier", "loss")).toThrow(
      /loss: there is no loss called "charbonier"\. Did you mean "charbonnier"\?/,
    );
  });
  it("lists what there is when nothing is near", () => {
    expect(() => registry.get("loss", "qqqqqqqq", "loss")).toThrow(/Known: charbonnier, huber/);
  });
  it("says so when no plugin provides the kind", () => {
    expect(() => registry.get("metric", "qqqqqqqq", "metrics[0]")).toThrow(/No plugin in the config provides a metric/);
  });
});

describe("semver ranges", () => {
  it.each([
    ["0.1.0", ">=0.1.0 <1", true],
    ["1.0.0", ">=0.1.0 <1", false],
    ["0.2.3", "^0.2.1", true],
    ["0.3.0", "^0.2.1", false],
    ["1.9.0", "^1.2.0", true],
    ["1.2.9", "~1.2.3", true],
    ["1.3.0", "~1.2.3", false],
    ["2.5.1", "2.x", true],
    ["3.0.0", "1.x || >=3", true],
    ["0.1.0", "*", true],
    ["1.0.0", "1.0.0", true],
    ["1.0.1", "1.0.0", false],
    ["0.1.0", ">= 0.1.0", true],
  ])("%s in %s: %s", (version, range, expected) => expect(satisfies(version, range)).toBe(expected));
  it("does not guess what it cannot read", () => expect(satisfies("1.0.0", "latest")).toBeUndefined());
});

import { describe, expect, it } from "vitest";
import plugin from "../src/index.ts";

describe("the plugin", () => {
  it("provides the three logs, each of which works without options", () => {
    expect(plugin.components.map((c) => [c.kind, c.name])).toEqual([
      ["callback", "jsonl"],
      ["callback", "csv"],
      ["callback", "tensorboard"],
    ]);
    for (const component of plugin.components) {
      const result = component.schema["~standard"].validate({});
      expect(result).not.toHaveProperty("issues");
    }
  });

  it("describes every option", () => {
    for (const component of plugin.components) {
      const schema = component.schema["~standard"].jsonSchema.input({ target: "draft-2020-12" }) as {
        properties: Record<string, { description?: string; group?: string; default?: unknown }>;
      };
      for (const [name, option] of Object.entries(schema.properties)) {
        expect(option.description, `${component.name}.${name}`).toMatch(/^[A-Z].*\.$/);
        expect(option.group, `${component.name}.${name}`).toBeTruthy();
        expect(option, `${component.name}.${name}`).toHaveProperty("default");
      }
    }
  });
});

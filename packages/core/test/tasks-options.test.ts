import { describe, expect, it } from "vitest";
import type { Component } from "../src/component.ts";
import { optimizers } from "../src/optimizers/index.ts";
import { schedules } from "../src/schedules/index.ts";
import { splitters } from "../src/splitters/index.ts";
import { tasks } from "../src/tasks/index.ts";

interface Option {
  readonly description?: string;
  readonly group?: string;
  readonly default?: unknown;
}

const components: readonly Component[] = [...optimizers, ...schedules, ...splitters, ...tasks];

describe("core's own components", () => {
  it.each(components)(
    "$kind $name describes itself and every option, and works without options",
    ({ name, summary, schema }) => {
      expect(name).toMatch(/^[a-z][a-z-]*$/);
      expect(summary).toMatch(/\.$/);
      const json = schema["~standard"].jsonSchema.input({ target: "draft-2020-12" });
      expect(json["additionalProperties"]).toBe(false);
      const options = json["properties"] as Readonly<Record<string, Option>>;
      for (const [key, option] of Object.entries(options)) {
        expect(option.description, key).toMatch(/\.$/);
        expect(option.group, key).toBeTypeOf("string");
      }
      const defaults = schema["~standard"].validate({}) as { value?: Readonly<Record<string, unknown>> };
      for (const [key, option] of Object.entries(options)) expect(defaults.value![key], key).toEqual(option.default);
    },
  );

  it("have names of their own", () => {
    const keys = components.map((c) => `${c.kind}/${c.name}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

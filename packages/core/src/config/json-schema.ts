import { z } from "zod";
import type { Kind } from "../contracts/kinds.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { inputJsonSchema } from "../options.ts";
import type { Registry } from "../registry.ts";
import { isObject } from "./merge.ts";
import { runConfigSchema, trainSchema } from "./schema.ts";

/** Config paths that hold a component, and its kind. `[]` marks a list. */
const slots: Readonly<Record<string, Kind>> = {
  data: "dataset",
  split: "splitter",
  "preprocess[]": "transform",
  "augment[]": "augmentation",
  model: "model",
  loss: "loss",
  "metrics[]": "metric",
  "baselines[]": "baseline",
  backend: "backend",
  "callbacks[]": "callback",
  "train.optimizer": "optimizer",
  "train.schedule": "schedule",
};

/**
 * The JSON Schema of a config for these plugins, for editors: every component with its options, descriptions, units,
 * bounds and defaults.
 */
export function configJsonSchema(registry: Registry): JsonObject {
  const base = z.toJSONSchema(runConfigSchema, { io: "input" }) as unknown as JsonObject;
  const train = z.toJSONSchema(trainSchema, { io: "input" }) as unknown as JsonObject;
  const properties: Record<string, JsonValue> = { ...(base["properties"] as JsonObject) };
  const trainProperties: Record<string, JsonValue> = { ...(train["properties"] as JsonObject) };
  for (const [slot, kind] of Object.entries(slots)) {
    const list = slot.endsWith("[]");
    const path = slot.replace("[]", "").split(".");
    const home = path.length === 2 ? trainProperties : properties;
    const key = path.at(-1)!;
    const about = home[key] as JsonObject;
    const component = componentSchema(registry, kind);
    const kept = Object.fromEntries(
      ["description", "group", "default"].flatMap((k) => (about[k] === undefined ? [] : [[k, about[k]]])),
    );
    home[key] = list ? { ...kept, type: "array", items: component } : { ...kept, ...component };
  }
  properties["train"] = {
    ...(properties["train"] as JsonObject),
    type: "object",
    properties: trainProperties,
    additionalProperties: false,
  };
  properties["task"] = {
    ...(properties["task"] as JsonObject),
    enum: registry.list("task").map((t) => t.component.name),
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "spectrai run",
    type: "object",
    required: ["plugins", "task", "data"],
    additionalProperties: false,
    properties,
  };
}

/** A component's name, or an object with its name and options. */
function componentSchema(registry: Registry, kind: Kind): JsonObject {
  const all = registry.list(kind).map((r) => r.component);
  const names = [...all.map((c) => c.name), ...(kind === "backend" ? ["auto"] : [])];
  const objects = all.map((c): JsonObject => {
    const { $schema: _, ...schema } = inputJsonSchema(c.schema);
    const properties = isObject(schema["properties"]) ? schema["properties"] : {};
    const required = Array.isArray(schema["required"]) ? (schema["required"] as JsonValue[]) : [];
    return {
      ...schema,
      title: c.name,
      description: c.summary,
      properties: { name: { const: c.name, description: c.summary }, ...properties },
      required: ["name", ...required],
    };
  });
  return { anyOf: [{ enum: names }, ...objects] };
}

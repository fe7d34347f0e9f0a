import type { JsonObject, JsonValue } from "../json.ts";
import { isObject } from "./merge.ts";

/** Where a value of the resolved config came from. `task` is the task's default, `default` a schema's. */
export type Source = "flag" | "file" | "task" | "default";

/** Source of every leaf of the resolved config, by dotted path. */
export type Provenance = Readonly<Record<string, Source>>;

const has = (value: JsonValue | undefined, path: readonly string[]): boolean => {
  if (path.length === 0) return value !== undefined;
  const [head, ...rest] = path;
  // A component given as a plain string states its name.
  if (typeof value === "string") return rest.length === 0 && head === "name";
  if (Array.isArray(value)) return has(value[Number(head)] as JsonValue | undefined, rest);
  return isObject(value) && Object.hasOwn(value, head!) && has(value[head!], rest);
};

export function traceProvenance(
  resolved: JsonObject,
  file: JsonObject,
  task: JsonObject,
  flags: readonly (readonly string[])[],
): Provenance {
  const out: Record<string, Source> = {};
  const isFlag = (path: readonly string[]): boolean => flags.some((f) => f.every((part, i) => path[i] === part));
  const walk = (value: JsonValue, path: readonly string[]): void => {
    if (Array.isArray(value) && value.length > 0)
      return value.forEach((v, i) => walk(v as JsonValue, [...path, String(i)]));
    if (isObject(value) && Object.keys(value).length > 0) {
      for (const [key, v] of Object.entries(value)) walk(v, [...path, key]);
      return;
    }
    out[path.join(".")] = isFlag(path) ? "flag" : has(file, path) ? "file" : has(task, path) ? "task" : "default";
  };
  walk(resolved, []);
  return out;
}

import { SpectraiError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../json.ts";

export const isObject = (v: unknown): v is JsonObject => typeof v === "object" && v !== null && !Array.isArray(v);

/** `over` on top of `base`, object by object; lists and plain values are replaced whole. */
export function deepMerge(base: JsonObject, over: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (key === "__proto__") continue;
    const below = Object.hasOwn(out, key) ? out[key] : undefined;
    out[key] = isObject(below) && isObject(value) ? deepMerge(below, value) : value;
  }
  return out;
}

/** `a.b=c` → path and value. The value is JSON where it can be read as JSON, else text. */
export function parseSetting(text: string): { path: readonly string[]; value: JsonValue } {
  const at = text.indexOf("=");
  const path = text.slice(0, Math.max(at, 0)).split(".");
  if (at < 1 || path.some((p) => p === ""))
    throw new SpectraiError(
      "SPECTRAI_USAGE",
      `--set ${text}: write it as path=value, for example --set train.epochs=10.`,
    );
  const raw = text.slice(at + 1);
  let value: JsonValue;
  try {
    value = JSON.parse(raw) as JsonValue;
  } catch {
    value = raw;
  }
  return { path, value };
}

/** Sets a value in a copy of the config. A component given by name alone becomes one with options; `a.0` is the list's first. */
export function setPath(config: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const place = (node: JsonValue | undefined, [key, ...rest]: readonly string[], at: string): JsonValue => {
    if (key === undefined) return value;
    if (Array.isArray(node)) {
      const index = Number(key);
      if (!Number.isInteger(index) || index < 0 || index > node.length)
        throw new SpectraiError(
          "SPECTRAI_USAGE",
          `--set ${path.join(".")}: ${at} is a list of ${node.length}; give an index from 0 to ${node.length}, not "${key}".`,
        );
      return (node as JsonValue[]).with.call(
        [...(node as JsonValue[]), ...(index === node.length ? [null] : [])],
        index,
        place(node[index] as JsonValue | undefined, rest, `${at}.${key}`),
      );
    }
    if (node === undefined && /^\d+$/.test(key))
      throw new SpectraiError(
        "SPECTRAI_USAGE",
        `--set ${path.join(".")}: ${at} is not a list in the config; set all of it, as in --set '${at}=["name"]'.`,
      );
    const object: JsonObject = isObject(node) ? node : typeof node === "string" ? { name: node } : {};
    return {
      ...object,
      [key]: place(Object.hasOwn(object, key) ? object[key] : undefined, rest, at ? `${at}.${key}` : key),
    };
  };
  return place(config, path, "") as JsonObject;
}

import { isObject, type JsonObject, type JsonValue, SpectraiError } from "@spectrai/core";

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** A config with `${NAME}` in its texts replaced by the environment's variable of that name, where there is one. */
export const withEnvironment = (config: JsonObject, environment: NodeJS.ProcessEnv): JsonObject =>
  mapTexts(config, (text) => text.replace(variable, (all, name: string) => environment[name] || all)) as JsonObject;

/** @throws SPECTRAI_CONFIG_INVALID naming a variable that is not set */
export function mustBeSet(config: JsonObject): void {
  mapTexts(config, (text, path) => {
    const [missing] = text.matchAll(variable);
    if (missing)
      throw new SpectraiError(
        "SPECTRAI_CONFIG_INVALID",
        `${path.join(".")}: the environment variable ${missing[1]} is not set; set it, or give the value with --set ${path.join(".")}=….`,
      );
    return text;
  });
}

function mapTexts(
  value: JsonValue,
  change: (text: string, path: readonly string[]) => string,
  path: readonly string[] = [],
): JsonValue {
  if (typeof value === "string") return change(value, path);
  if (Array.isArray(value)) return (value as JsonValue[]).map((v, i) => mapTexts(v, change, [...path, String(i)]));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, mapTexts(v, change, [...path, k])]));
  return value;
}

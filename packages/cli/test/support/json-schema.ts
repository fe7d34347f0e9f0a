type Json = Record<string, unknown>;

const types: Readonly<Record<string, (v: unknown) => boolean>> = {
  string: (v) => typeof v === "string",
  number: (v) => typeof v === "number",
  integer: Number.isInteger,
  boolean: (v) => typeof v === "boolean",
  null: (v) => v === null,
  array: Array.isArray,
  object: (v) => typeof v === "object" && v !== null && !Array.isArray(v),
};

/** Says nothing about a value, or nothing that needs checking here. */
const silent = new Set(["$schema", "title", "description", "group", "unit", "default"]);

/**
 * What a JSON Schema (2020-12) finds wrong with a value; empty where it fits. As much of the standard as the schema of a
 * config uses; a keyword it does not know is a complaint, so that nothing passes unchecked.
 */
export function complaints(schema: unknown, value: unknown, at = "config"): string[] {
  if (schema === true) return [];
  if (schema === false) return [`${at} may not be there`];
  const rules = schema as Json;
  const found: string[] = [];
  const complain = (ok: boolean, what: string): void => void (ok || found.push(`${at}: ${what}`));
  const object = types["object"]!(value) ? (value as Json) : undefined;
  const list = Array.isArray(value) ? (value as unknown[]) : undefined;
  const properties = (rules["properties"] ?? {}) as Json;
  for (const [keyword, rule] of Object.entries(rules)) {
    const n = rule as number;
    switch (keyword) {
      case "type":
        complain(types[rule as string]!(value), `is no ${rule as string}`);
        break;
      case "enum":
        complain((rule as unknown[]).includes(value), `is none of ${JSON.stringify(rule)}`);
        break;
      case "const":
        complain(value === rule, `is not ${JSON.stringify(rule)}`);
        break;
      case "anyOf":
        complain(
          (rule as unknown[]).some((r) => complaints(r, value, at).length === 0),
          "fits no alternative",
        );
        break;
      case "properties":
        for (const [name, r] of Object.entries(object ? properties : {}))
          if (Object.hasOwn(object!, name)) found.push(...complaints(r, object![name], `${at}.${name}`));
        break;
      case "additionalProperties":
        for (const name of Object.keys(object ?? {}))
          if (!Object.hasOwn(properties, name)) found.push(...complaints(rule, object![name], `${at}.${name}`));
        break;
      case "propertyNames":
        for (const name of Object.keys(object ?? {})) found.push(...complaints(rule, name, `${at}.${name}`));
        break;
      case "required":
        for (const name of object ? (rule as string[]) : []) complain(Object.hasOwn(object!, name), `lacks ${name}`);
        break;
      case "items": {
        const first = ((rules["prefixItems"] as unknown[] | undefined) ?? []).length;
        list?.slice(first).forEach((v, i) => found.push(...complaints(rule, v, `${at}[${first + i}]`)));
        break;
      }
      case "prefixItems":
        (rule as unknown[]).forEach((r, i) => {
          if (list && i < list.length) found.push(...complaints(r, list[i], `${at}[${i}]`));
        });
        break;
      case "minItems":
        complain(!list || list.length >= n, `has fewer than ${n} entries`);
        break;
      case "maxItems":
        complain(!list || list.length <= n, `has more than ${n} entries`);
        break;
      case "minLength":
        complain(typeof value !== "string" || value.length >= n, `is shorter than ${n}`);
        break;
      case "pattern":
        complain(typeof value !== "string" || new RegExp(rule as string, "u").test(value), `does not match ${n}`);
        break;
      case "minimum":
        complain(typeof value !== "number" || value >= n, `is below ${n}`);
        break;
      case "maximum":
        complain(typeof value !== "number" || value <= n, `is above ${n}`);
        break;
      case "exclusiveMinimum":
        complain(typeof value !== "number" || value > n, `is not above ${n}`);
        break;
      case "exclusiveMaximum":
        complain(typeof value !== "number" || value < n, `is not below ${n}`);
        break;
      default:
        complain(silent.has(keyword), `the keyword ${keyword} is unknown here`);
    }
  }
  return found;
}

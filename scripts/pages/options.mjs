/** Options as the pages show them, from the JSON Schema of a component. */
import { inputJsonSchema } from "@spectrai/core";

const isBound = (n) => typeof n === "number" && Math.abs(n) < Number.MAX_SAFE_INTEGER;

const shown = (n) => {
  const short = n.toExponential().replace("e+", "e");
  return Math.abs(n) >= 1e6 && short.length < 6 ? short : String(n);
};

function limits({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }) {
  const parts = [
    isBound(minimum) ? `≥ ${shown(minimum)}` : isBound(exclusiveMinimum) ? `> ${shown(exclusiveMinimum)}` : "",
    isBound(maximum) ? `≤ ${shown(maximum)}` : isBound(exclusiveMaximum) ? `< ${shown(exclusiveMaximum)}` : "",
  ].filter(Boolean);
  return parts.length > 0 ? ` ${parts.join(", ")}` : "";
}

const words = {
  number: "number",
  integer: "whole number",
  string: "text",
  boolean: "true or false",
  null: "null",
  component: "component",
  section: "see below",
};

/** A type with its bounds, in words. */
export function typeOf(schema) {
  if (schema.enum) return schema.enum.map((v) => `\`${v}\``).join(", ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeOf).join(" or ");
  if (schema.prefixItems) return `[${schema.prefixItems.map(typeOf).join("; ")}]`;
  if (schema.type === "array") return `list of ${typeOf(schema.items)}`;
  if (schema.type === "object" && schema.properties) return `{ ${Object.keys(schema.properties).join(", ")} }`;
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" or ");
  return `${words[schema.type] ?? "value"}${limits(schema)}`;
}

export const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");

export function table(header, rows) {
  const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

const defaultOf = (schema, required) =>
  schema.default !== undefined ? `\`${JSON.stringify(schema.default)}\`` : required ? "required" : "";

/** A row for each key of an object's JSON Schema. */
export function keyTable(schema, name = "option") {
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) => [
    `\`${key}\``,
    typeOf(value) + (value.unit ? ` (${value.unit})` : ""),
    defaultOf(value, schema.required?.includes(key)),
    value.description ?? "",
  ]);
  return table([name, "value", "default", "meaning"], rows);
}

export const optionTable = (component) => {
  const schema = inputJsonSchema(component.schema);
  return Object.keys(schema.properties ?? {}).length > 0 ? keyTable(schema) : undefined;
};

import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Component, Schema } from "./component.ts";
import type { ComponentRef } from "./contracts/task.ts";
import type { Kind, Kinds } from "./contracts/kinds.ts";
import { SpectraiError } from "./errors.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { didYouMean } from "./nearest.ts";
import type { Registry } from "./registry.ts";
import type { Services } from "./services.ts";

/** The JSON Schema of what a user may write for these options (defaults not filled in). */
export const inputJsonSchema = (schema: Schema): JsonObject =>
  schema["~standard"].jsonSchema.input({ target: "draft-2020-12" }) as JsonObject;

/** The names of a schema's options; empty for a schema that is not an object's. */
export function optionNames(schema: Schema): readonly string[] {
  const { properties } = inputJsonSchema(schema);
  return typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
}

const pathOf = (issue: StandardSchemaV1.Issue): string =>
  (issue.path ?? [])
    .map((p) => (typeof p === "object" ? p.key : p))
    .reduce<string>(
      (at, key) => (typeof key === "number" ? `${at}[${key}]` : at ? `${at}.${String(key)}` : String(key)),
      "",
    );

/** What zod adds to an issue about a misspelt option. */
const unknownKeys = (issue: StandardSchemaV1.Issue): readonly string[] =>
  "code" in issue && issue.code === "unrecognized_keys" && "keys" in issue && Array.isArray(issue.keys)
    ? (issue.keys as string[])
    : [];

/** The option names that a JSON Schema has at a path. */
function namesAt(schema: JsonValue | undefined, path: readonly string[]): string[] {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return [];
  const node = schema as JsonObject;
  const branches = [node["anyOf"], node["oneOf"]].flatMap((b) => (Array.isArray(b) ? (b as JsonValue[]) : []));
  const below = branches.flatMap((b) => namesAt(b, path));
  const properties = node["properties"] as JsonObject | undefined;
  if (path.length === 0) return [...(properties ? Object.keys(properties) : []), ...below];
  const [head, ...rest] = path;
  return [
    ...namesAt(properties?.[head!], rest),
    ...namesAt(node["items"], head!.startsWith("[") ? rest : path.slice(1)),
    ...below,
  ];
}

/** Checks a value against a schema and fills its defaults. `where` is the config path, for the message. */
export function checkOptions<S extends Schema>(
  schema: S,
  value: unknown,
  where: string,
  code: "SPECTRAI_CONFIG_INVALID" | "SPECTRAI_COMPONENT_OPTIONS" = "SPECTRAI_COMPONENT_OPTIONS",
): StandardSchemaV1.InferOutput<S> {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise)
    throw new SpectraiError("SPECTRAI_INTERNAL", `The schema of ${where} is asynchronous, which options cannot be.`);
  if (!result.issues) return result.value as StandardSchemaV1.InferOutput<S>;
  const sentences = result.issues.map((issue) => {
    const path = pathOf(issue);
    const at = [where, path].filter(Boolean).join(".");
    const unknown = unknownKeys(issue);
    if (unknown.length === 0) return `${at || "config"}: ${issue.message}`;
    const known = namesAt(inputJsonSchema(schema), path === "" ? [] : path.split("."));
    return unknown
      .map(
        (key) =>
          `${[at, key].filter(Boolean).join(".")}: there is no such option.${didYouMean(key, known) || (known.length > 0 ? ` Known: ${known.join(", ")}.` : "")}`,
      )
      .join(" ");
  });
  throw new SpectraiError(
    code,
    sentences.slice(0, 3).join(" ") + (sentences.length > 3 ? ` (and ${sentences.length - 3} more)` : ""),
    { details: { where, issues: sentences } },
  );
}

export interface NormalRef {
  readonly name: string;
  readonly options: JsonObject;
}

/** A reference's name and options; a reference without a name takes the fallback's. */
export function normalizeRef(ref: ComponentRef | JsonObject, where: string, fallback?: ComponentRef): NormalRef {
  if (typeof ref === "string") return { name: ref, options: {} };
  const { name, ...options } = ref;
  if (typeof name === "string") return { name, options };
  if (fallback === undefined)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `${where}: the name of the component is missing; write "${where}: { name: … }".`,
    );
  const base = normalizeRef(fallback, where);
  return { name: base.name, options: { ...base.options, ...options } };
}

export interface ResolvedRef<K extends Kind = Kind> {
  readonly name: string;
  /** Checked, with defaults filled in. */
  readonly options: JsonObject;
  readonly component: Component<K>;
  readonly plugin: string;
}

/** Finds a component and checks its options; nothing is created yet. */
export function resolveRef<K extends Kind>(registry: Registry, kind: K, ref: NormalRef, where: string): ResolvedRef<K> {
  const { component, plugin } = registry.get(kind, ref.name, where);
  return {
    name: ref.name,
    options: checkOptions(component.schema, ref.options, where) as JsonObject,
    component,
    plugin,
  };
}

/** Makes a resolved component with the services it asks for. */
export async function createComponent<K extends Kind>(ref: ResolvedRef<K>, services: Services): Promise<Kinds[K]> {
  return ref.component.create(ref.options, services.resolve(ref.component.deps ?? {}));
}

export const refToJson = (ref: ResolvedRef): JsonObject => ({ name: ref.name, ...ref.options });

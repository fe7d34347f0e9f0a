import { canonicalJson } from "../config/hash.ts";
import type { ComponentRef } from "../contracts/task.ts";
import { SpectraiError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { normalizeRef, refToJson, resolveRef, type ResolvedRef } from "../options.ts";
import type { Registry } from "../registry.ts";
import type { Start } from "./read-start.ts";

/** Whether two components are the same with the same options, defaults filled in. */
export const sameRef = (a: ResolvedRef, b: ResolvedRef): boolean =>
  canonicalJson(refToJson(a)) === canonicalJson(refToJson(b));

/**
 * The network of the model that a run starts from.
 *
 * @param given - what the config says of it; options without a name add to the file's
 * @throws SPECTRAI_CONFIG_INVALID naming what the config says otherwise
 */
export function startModel(
  registry: Registry,
  given: ComponentRef | undefined,
  { card, name }: Start,
): ResolvedRef<"model"> {
  const own = card.model.ref as ComponentRef;
  const before = resolveRef(registry, "model", normalizeRef(own, "model"), name);
  if (given === undefined) return before;
  const wanted = resolveRef(registry, "model", normalizeRef(given, "model", own), "model");
  if (sameRef(before, wanted)) return before;
  const [there, here] = [refToJson(before), refToJson(wanted)];
  throw new SpectraiError(
    "SPECTRAI_CONFIG_INVALID",
    `model: ${differences(there, here).join(", ")}, but the network of ${name} cannot be another than it is; leave model out of the config, or start from another file.`,
  );
}

/** `width is 32 instead of 64`, one for each option; the name alone where that differs. */
function differences(there: JsonObject, here: JsonObject): string[] {
  if (there["name"] !== here["name"]) return [`it is ${text(here["name"])} instead of ${text(there["name"])}`];
  return [...new Set([...Object.keys(there), ...Object.keys(here)])]
    .filter((key) => text(there[key]) !== text(here[key]))
    .map((key) => `${key} is ${text(here[key])} instead of ${text(there[key])}`);
}

const text = (value: JsonValue | undefined): string =>
  value === undefined ? "not set" : typeof value === "string" ? value : canonicalJson(value);

import type { JsonObject, JsonValue } from "@spectrai/core";
import type { Attribute, Dataset, Group } from "h5wasm";
import { decodeElements, widthOf } from "../bytes/elements.ts";
import type { OpenHdf5 } from "../mat/hdf5-library.ts";
import { elementType } from "./elements.ts";

/** Longer ones are tables rather than attributes. */
const mostBytes = 1 << 20;

/** The attributes of a group or a dataset that are numbers or text; references and records are left out. */
export function readAttributes(h5: OpenHdf5, item: Group | Dataset): JsonObject {
  const found: Record<string, JsonValue> = {};
  for (const [name, attribute] of Object.entries(item.attrs)) {
    const value = readAttribute(h5, item, attribute);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function readAttribute(h5: OpenHdf5, item: Group | Dataset, attribute: Attribute): JsonValue | undefined {
  const { metadata, name } = attribute;
  const { Module } = h5.library;
  const { shape, size, total_size: count } = metadata;
  const bytes = size * count;
  if (!shape || count === 0 || bytes > mostBytes) return undefined;
  if (metadata.type === Module.H5T_class_t.H5T_STRING.value) {
    const texts = [attribute.json_value].flat().filter((v) => typeof v === "string");
    return texts.length === 1 ? texts[0]! : texts;
  }
  const type = elementType(metadata, Module.H5T_class_t);
  if (!type) return undefined;
  // Read as bytes: the library does not know 16-bit floats.
  const at = Module._malloc(bytes);
  if (at === 0) return undefined;
  try {
    Module.get_attribute_data(item.file_id, item.path, name, BigInt(at));
    const data = decodeElements(Module.HEAPU8.slice(at, at + bytes), type, true);
    if (data.length * widthOf(type) !== bytes) return undefined;
    const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
    const values = numbers.map((v) => (Number.isFinite(v) ? v : String(v)));
    return values.length === 1 ? values[0]! : values;
  } finally {
    Module._free(at);
  }
}

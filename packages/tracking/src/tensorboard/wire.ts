/** What a field of a protocol-buffer message can be here; a list is a repeated field. */
export type Field =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "double" | "float"; readonly value: number }
  | { readonly kind: "bytes"; readonly value: Uint8Array };

export const int = (value: number): Field => ({ kind: "int", value });
export const double = (value: number): Field => ({ kind: "double", value });
export const float = (value: number): Field => ({ kind: "float", value });
export const bytes = (value: Uint8Array): Field => ({ kind: "bytes", value });
export const string = (value: string): Field => bytes(new TextEncoder().encode(value));

/** Field number and value, in the order they are written. */
export type Fields = readonly (readonly [number: number, field: Field])[];

const wireTypes = { int: 0, double: 1, bytes: 2, float: 5 } as const;

/** A message in the protocol-buffer wire format (https://protobuf.dev/programming-guides/encoding). */
export function encodeMessage(fields: Fields): Uint8Array {
  const sizes = fields.map(([number, field]) => varintSize(number * 8) + payloadSize(field));
  const out = new Uint8Array(sizes.reduce((a, b) => a + b, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [number, field] of fields) {
    at = putVarint(out, at, number * 8 + wireTypes[field.kind]);
    switch (field.kind) {
      case "int":
        at = putVarint(out, at, field.value);
        break;
      case "double":
        view.setFloat64(at, field.value, true);
        at += 8;
        break;
      case "float":
        view.setFloat32(at, field.value, true);
        at += 4;
        break;
      case "bytes":
        at = putVarint(out, at, field.value.length);
        out.set(field.value, at);
        at += field.value.length;
    }
  }
  return out;
}

/** A message as a field of another. */
export const message = (fields: Fields): Field => bytes(encodeMessage(fields));

function payloadSize(field: Field): number {
  if (field.kind === "int") return varintSize(field.value);
  if (field.kind === "bytes") return varintSize(field.value.length) + field.value.length;
  return field.kind === "double" ? 8 : 4;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** A whole number from 0 to 2^53 in groups of 7 bits, lowest first. */
function putVarint(out: Uint8Array, at: number, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no count`);
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 128;
  out[at++] = rest;
  return at;
}

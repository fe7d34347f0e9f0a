import { type ByteSource, sizeOf } from "@spectrai/core";
import type { Entry } from "../bytes/entries.ts";
import { damaged } from "../bytes/errors.ts";
import { decodeElements, heldAs, widthOf } from "../bytes/elements.ts";
import { readStored } from "../bytes/stored.ts";
import { copyStrided, stridesOf } from "../bytes/strided.ts";
import { numericType, readNpyHeader, type NpyHeader } from "./header.ts";

/**
 * The array of a .npy file, or of a member of a .npz.
 *
 * @param load - the source to read data from, where it is not the one whose header was read (a packed member)
 */
export async function npyEntry(
  source: ByteSource,
  name: string,
  load: () => Promise<ByteSource> = () => Promise.resolve(source),
): Promise<Entry> {
  const header = await readNpyHeader(source);
  const { code, shape, order, little, data } = header;
  const type = numericType(code);
  const width = type ? widthOf(type) : widthOfOther(code);
  if (width !== undefined && data + sizeOf(shape) * width > source.size)
    throw damaged(
      source.name,
      `an array of shape (${shape.join(", ")}) needs ${sizeOf(shape) * width} bytes, but ${source.size - data} are there`,
    );
  if (type)
    return {
      info: { name, kind: "numeric", shape, dtype: heldAs(type) },
      read: async (region) =>
        readStored({ source: await load(), name, offset: data, type, little, shape, order }, region),
    };
  if (/^[US]/.test(code))
    return {
      info: { name, kind: "text", shape, dtype: `<${code}` },
      readText: async () => readTexts(await load(), header, width!),
    };
  return { info: { name, kind: "other", shape, dtype: other(code).dtype }, why: other(code).why };
}

const widthOfOther = (code: string): number | undefined => {
  const size = Number(code.slice(1));
  return code[0] === "U" ? 4 * size : code[0] === "S" || code[0] === "c" ? size : undefined;
};

function other(code: string): { readonly dtype: string; readonly why: string } {
  if (code[0] === "c")
    return {
      dtype: `complex${8 * Number(code.slice(1))}`,
      why: "an array of complex numbers; save its real part or its magnitude",
    };
  if (code[0] === "O")
    return {
      dtype: "object",
      why: "an array of Python objects, which only Python can read (and which can run code); save plain arrays",
    };
  return { dtype: code, why: `of the type "${code}", which is not read` };
}

/** Strings of a fixed number of characters (`U`, four bytes each) or bytes (`S`), zeros at their ends removed. */
async function readTexts(
  source: ByteSource,
  { shape, order, code, little, data }: NpyHeader,
  width: number,
): Promise<string[]> {
  const count = sizeOf(shape);
  const bytes = await source.read(data, count * width);
  const texts = Array.from({ length: count }, (_, i) => {
    const raw = bytes.subarray(i * width, (i + 1) * width);
    if (code[0] === "S") return new TextDecoder().decode(raw).replace(/\0+$/, "");
    const points = decodeElements(raw, "uint32", little) as Uint32Array;
    return Array.from(points, (p) => (p <= 0x10ffff ? String.fromCodePoint(p) : "\ufffd"))
      .join("")
      .replace(/\0+$/, "");
  });
  if (order === "C" || shape.length < 2) return texts;
  const place = new Int32Array(count);
  const from = { data: Int32Array.from({ length: count }, (_, i) => i), start: 0, strides: stridesOf(shape, "F") };
  copyStrided(from, { data: place, start: 0, strides: stridesOf(shape, "C") }, shape);
  return Array.from(place, (i) => texts[i]!);
}

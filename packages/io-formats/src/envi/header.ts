/** The text header of an ENVI file: lines `key = value`, lists in braces over any number of lines. Source: ENVI's "ENVI Header Files". */
import type { ByteSource } from "@spectrai/core";
import { damaged, tooLarge } from "../bytes/errors.ts";

export interface EnviHeader {
  readonly file: string;
  /** Values by key in lower case, braces removed. */
  readonly fields: ReadonlyMap<string, string>;
}

const longestHeader = 16 * 2 ** 20;

export const isEnviHeader = (head: Uint8Array): boolean =>
  /^(\u00ef\u00bb\u00bf)?ENVI\s/.test(String.fromCharCode(...head.subarray(0, 8)));

/** @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_TOO_LARGE */
export async function readEnviHeader(source: ByteSource): Promise<EnviHeader> {
  const file = source.name;
  if (source.size > longestHeader)
    throw tooLarge(file, `a header of ${source.size} bytes is longer than the ${longestHeader} that are read`);
  const bytes = await source.read(0, source.size);
  if (!isEnviHeader(bytes)) throw damaged(file, 'an ENVI header begins with the line "ENVI"');
  return { file, fields: parse(file, decode(bytes)) };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function parse(file: string, text: string): Map<string, string> {
  const fields = new Map<string, string>();
  const lines = text
    .split(/\r\n|\r|\n/)
    .slice(1)
    .filter((line) => !line.trimStart().startsWith(";"));
  for (let n = 0; n < lines.length; n++) {
    const equals = lines[n]!.indexOf("=");
    if (equals < 0) continue;
    const key = lines[n]!.slice(0, equals).trim().toLowerCase().replace(/\s+/g, " ");
    const value = lines[n]!.slice(equals + 1).trim();
    if (!value.startsWith("{")) {
      fields.set(key, value);
      continue;
    }
    const parts = [value.slice(1)];
    while (!parts.at(-1)!.includes("}")) {
      if (++n === lines.length) throw damaged(file, `the list "${key}" has no closing brace`);
      parts.push(lines[n]!.trim());
    }
    const last = parts.pop()!;
    fields.set(key, [...parts, last.slice(0, last.indexOf("}"))].join(" ").trim());
  }
  return fields;
}

/** The elements of a list; undefined where the header has none. */
export function listOf({ fields }: EnviHeader, key: string): string[] | undefined {
  const text = fields.get(key);
  if (text === undefined) return undefined;
  const items = text.split(",").map((item) => item.trim());
  if (items.at(-1) === "") items.pop();
  return items;
}

/** A list of as many numbers. @throws SPECTRAI_FILE_DAMAGED */
export function numbersOf(header: EnviHeader, key: string, length: number): Float64Array | undefined {
  const items = listOf(header, key);
  if (!items) return undefined;
  if (items.length !== length)
    throw damaged(
      header.file,
      `its list "${key}" has ${items.length} values, where the data have ${length} bands; mend the list, or remove it from the header`,
    );
  return Float64Array.from(items, (item, i) => {
    const value = numberIn(item);
    if (Number.isNaN(value))
      throw damaged(header.file, `value ${i + 1} of its list "${key}" is "${item.slice(0, 40)}", not a number`);
    return value;
  });
}

/** NaN for what is no number. */
export const numberIn = (text: string): number => (text.trim() === "" ? NaN : Number(text));

/** A whole number of at least `least`. @throws SPECTRAI_FILE_DAMAGED */
export function wholeOf(header: EnviHeader, key: string, least: number, missing?: number): number {
  const text = header.fields.get(key);
  if (text === undefined && missing !== undefined) return missing;
  const value = numberIn(text ?? "");
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw damaged(
    header.file,
    text === undefined
      ? `it does not say "${key}"`
      : `its "${key}" is "${text.slice(0, 40)}", where a whole number of at least ${least} is needed`,
  );
}

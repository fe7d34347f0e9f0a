/** The header of a classic NetCDF file: versions 1 (classic), 2 (64-bit offsets) and 5 (64-bit lengths). */
import type { ByteSource, JsonObject, JsonValue } from "@spectrai/core";
import { decodeElements } from "../bytes/elements.ts";
import { damaged } from "../bytes/errors.ts";
import { bufferedSource } from "../bytes/source.ts";

/** By the format's number; `char` is text. */
const types = {
  1: "int8",
  2: "char",
  3: "int16",
  4: "int32",
  5: "float32",
  6: "float64",
  7: "uint8",
  8: "uint16",
  9: "uint32",
  10: "int64",
  11: "uint64",
} as const;
export type ClassicType = (typeof types)[keyof typeof types];
const widths: Readonly<Record<ClassicType, number>> = {
  int8: 1,
  char: 1,
  int16: 2,
  int32: 4,
  float32: 4,
  float64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  int64: 8,
  uint64: 8,
};

export interface ClassicVariable {
  readonly name: string;
  readonly type: ClassicType;
  readonly width: number;
  readonly dimensions: readonly string[];
  /** Of one record, where it is a record variable; else of the whole. */
  readonly shape: readonly number[];
  readonly record: boolean;
  /** Where the variable, or its first record, begins. */
  readonly begin: number;
  readonly attributes: JsonObject;
}

export interface ClassicHeader {
  readonly attributes: JsonObject;
  readonly variables: readonly ClassicVariable[];
  readonly records: number;
  /** Bytes from one record to the next. */
  readonly recordSize: number;
}

/** @throws SPECTRAI_FILE_DAMAGED */
export async function readHeader(source: ByteSource): Promise<ClassicHeader> {
  const cursor = new Cursor(source);
  const announcedRecords = await cursor.start();
  const dimensions = await cursor.list(10, async () => ({ name: await cursor.name(), length: await cursor.length() }));
  const attributes = await cursor.attributes();
  const unlimited = dimensions.findIndex((d) => d.length === 0);
  const variables = await cursor.list(11, async (): Promise<ClassicVariable> => {
    const name = await cursor.name();
    const rank = await cursor.count(4);
    const ids: number[] = [];
    for (let d = 0; d < rank; d++) ids.push(await cursor.length());
    const own = await cursor.attributes();
    const type = await cursor.type();
    await cursor.length();
    const begin = await cursor.offset();
    const dims = ids.map((id) => {
      const dim = dimensions[id];
      if (!dim) throw damaged(source.name, `"${name}" has the dimension ${id}, of ${dimensions.length}`);
      return dim;
    });
    const record = ids.length > 0 && ids[0] === unlimited;
    if (ids.slice(1).includes(unlimited) && unlimited >= 0)
      throw damaged(source.name, `"${name}" has its record dimension in another place than the first`);
    return {
      name,
      type,
      width: widths[type],
      dimensions: dims.map((d) => d.name),
      shape: dims.slice(record ? 1 : 0).map((d) => d.length),
      record,
      begin,
      attributes: own,
    };
  });

  const inRecords = variables.filter((v) => v.record);
  const bytesOf = (v: ClassicVariable): number => v.shape.reduce((n, d) => n * d, v.width);
  // A record variable that is alone is not padded.
  const recordSize =
    inRecords.length === 1 ? bytesOf(inRecords[0]!) : inRecords.reduce((n, v) => n + Math.ceil(bytesOf(v) / 4) * 4, 0);
  const firstRecord = Math.min(...inRecords.map((v) => v.begin));
  const records =
    announcedRecords ?? (recordSize > 0 ? Math.max(0, Math.floor((source.size - firstRecord) / recordSize)) : 0);
  for (const v of variables) {
    if (v.record && records === 0) continue;
    const end = v.begin + bytesOf(v) + (v.record ? (records - 1) * recordSize : 0);
    if (!(end <= source.size))
      throw damaged(source.name, `"${v.name}" goes on to byte ${end}, but the file ends at byte ${source.size}`);
  }
  return { attributes, variables, records, recordSize };
}

/** Walks through the header; every count is checked against what is left of the file. */
class Cursor {
  readonly #source: ByteSource;
  #at = 0;
  #version = 1;

  constructor(source: ByteSource) {
    this.#source = bufferedSource(source);
  }

  async #take(length: number): Promise<Uint8Array> {
    const bytes = await this.#source.read(this.#at, length);
    this.#at += length;
    return bytes;
  }

  async #integer(width: 4 | 8): Promise<number> {
    const bytes = await this.#take(width);
    const view = new DataView(bytes.buffer, bytes.byteOffset, width);
    const value = width === 4 ? view.getUint32(0) : Number(view.getBigUint64(0));
    return value;
  }

  /** Magic number and the number of records; undefined where the writer did not know it. */
  async start(): Promise<number | undefined> {
    this.#version = (await this.#take(4))[3]!;
    const records = await this.#integer(this.#version === 5 ? 8 : 4);
    return records === (this.#version === 5 ? 2 ** 64 : 2 ** 32 - 1) ? undefined : records;
  }

  length(): Promise<number> {
    return this.#integer(this.#version === 5 ? 8 : 4);
  }

  offset(): Promise<number> {
    return this.#integer(this.#version === 1 ? 4 : 8);
  }

  /** A number of things that take `width` bytes each at least. */
  async count(width: number): Promise<number> {
    const count = await this.length();
    if (count * width > this.#source.size - this.#at)
      throw damaged(
        this.#source.name,
        `its header announces ${count} entries at byte ${this.#at}, beyond the file's end`,
      );
    return count;
  }

  async #padded(count: number, width: number): Promise<Uint8Array> {
    const bytes = await this.#take(count * width);
    this.#at += -(count * width) & 3;
    return bytes;
  }

  async name(): Promise<string> {
    return new TextDecoder().decode(await this.#padded(await this.count(1), 1));
  }

  async type(): Promise<ClassicType> {
    const code = await this.#integer(4);
    const type = types[code as keyof typeof types];
    if (!type) throw damaged(this.#source.name, `its header has the type ${code} at byte ${this.#at - 4}`);
    return type;
  }

  async list<T>(tag: number, next: () => Promise<T>): Promise<T[]> {
    const found = await this.#integer(4);
    const count = await this.count(8);
    if (found !== tag && (found !== 0 || count !== 0))
      throw damaged(this.#source.name, `its header has the mark ${found} where ${tag} is due, at byte ${this.#at}`);
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(await next());
    return items;
  }

  async attributes(): Promise<JsonObject> {
    const pairs = await this.list(12, async (): Promise<[string, JsonValue]> => {
      const name = await this.name();
      const type = await this.type();
      const width = widths[type];
      const bytes = await this.#padded(await this.count(width), width);
      return [name, attributeValue(bytes, type)];
    });
    return Object.fromEntries(pairs);
  }
}

function attributeValue(bytes: Uint8Array, type: ClassicType): JsonValue {
  if (type === "char") return new TextDecoder().decode(bytes).replace(/\0+$/, "");
  const numbers = Array.from(decodeElements(bytes, type, false) as ArrayLike<number | bigint>, Number);
  const values = numbers.map((v) => (Number.isFinite(v) ? v : String(v)));
  return values.length === 1 ? values[0]! : values;
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dtypes, type NdArray, ndarray, sizeOf } from "../src/ndarray.ts";
import { decodeSafetensors, encodeSafetensors, halfToFloat } from "../src/safetensors.ts";

const damaged = (message: RegExp = /./) =>
  expect.objectContaining({ code: "SPECTRAI_MODEL_DAMAGED", message: expect.stringMatching(message) });

/** A file of any header and body. */
function file(header: unknown, body: Uint8Array | number = 0, length?: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const data = typeof body === "number" ? new Uint8Array(body) : body;
  const out = new Uint8Array(8 + json.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(length ?? json.length), true);
  out.set(json, 8);
  out.set(data, 8 + json.length);
  return out;
}
const entry = (dtype: string, shape: unknown, start: number, stop: number): unknown => ({
  dtype,
  shape,
  data_offsets: [start, stop],
});
const decode = (header: unknown, body?: Uint8Array | number) => decodeSafetensors(file(header, body), "x.safetensors");

const tensor = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(dtypes) as (keyof typeof dtypes)[])),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    seed: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ dtype, shape, seed }): NdArray => {
    const data = new dtypes[dtype](sizeOf(shape));
    const bytes = new Uint8Array(data.buffer);
    // Bytes that are finite numbers in every type, so that equality can be asked of the values.
    for (let i = 0; i < bytes.length; i++) bytes[i] = (seed + 37 * i) % 64;
    return { data, shape, dtype };
  });

describe("encode and decode", () => {
  it("give every tensor back, whatever its name, type and shape", () => {
    const name = fc
      .oneof(
        fc.string({ unit: "binary", maxLength: 12 }),
        fc.constantFrom("__proto__", "constructor", "encoder.0.kernel"),
      )
      .filter((n) => n !== "__metadata__");
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, tensor), { selector: ([n]) => n, maxLength: 6 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ unit: "binary" })),
        (list, metadata) => {
          const tensors = Object.create(null) as Record<string, NdArray>;
          for (const [n, t] of list) tensors[n] = t;
          const bytes = encodeSafetensors(tensors, metadata);
          const found = decodeSafetensors(bytes);
          expect(Object.keys(found.tensors).sort()).toEqual(list.map(([n]) => n).sort());
          for (const [n, t] of list) expect(found.tensors[n]).toEqual(t);
          expect(found.metadata).toEqual({ ...metadata });
          // Also where the file does not lie on a boundary in memory.
          const shifted = new Uint8Array(bytes.length + 1).subarray(1);
          shifted.set(bytes);
          for (const [n, t] of list) expect(decodeSafetensors(shifted).tensors[n]).toEqual(t);
        },
      ),
    );
  });

  it("write the bytes that the format prescribes", () => {
    const bytes = encodeSafetensors(
      { b: ndarray(Uint8Array.of(7)), a: ndarray(Float32Array.of(1, -2), [1, 2]) },
      { k: "v" },
    );
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const json = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(json.trimEnd()).toBe(
      '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}',
    );
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192, 7]);
  });

  it("keep special values to the bit", () => {
    const data = Float64Array.of(NaN, Infinity, -Infinity, -0, 5e-324, Number.MAX_VALUE);
    const found = decodeSafetensors(encodeSafetensors({ x: ndarray(data) })).tensors["x"]!.data;
    expect(Object.is(found[3], -0)).toBe(true);
    expect(found).toEqual(data);
  });

  it("an empty file is one", () => {
    expect(decodeSafetensors(encodeSafetensors({}))).toEqual({ tensors: {}, metadata: {} });
  });
});

describe("half precision", () => {
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ])("%i is %d", (bits, value) => {
    expect(Object.is(halfToFloat(bits), value)).toBe(true);
    const body = Uint8Array.of(bits & 255, bits >> 8);
    expect(decode({ x: entry("F16", [1], 0, 2) }, body).tensors["x"]).toEqual({
      data: Float32Array.of(value),
      shape: [1],
      dtype: "float32",
    });
  });

  it("bfloat16 is the upper half of a float32", () => {
    const values = Float32Array.of(1, -2.5, 2 ** 100, -Infinity);
    const body = new Uint8Array(8);
    values.forEach((v, i) => body.set(new Uint8Array(Float32Array.of(v).buffer).subarray(2), 2 * i));
    expect(decode({ x: entry("BF16", [2, 2], 0, 8) }, body).tensors["x"]!.data).toEqual(values);
  });
});

describe("damaged and hostile files", () => {
  const good = encodeSafetensors(
    { w: ndarray(Float32Array.of(1, 2, 3)), b: ndarray(Float64Array.of(4)), n: ndarray(Uint8Array.of(1, 2, 3)) },
    { task: "denoising" },
  );

  it("are refused when cut at any length", () => {
    for (let length = 0; length < good.length; length++)
      expect(() => decodeSafetensors(good.subarray(0, length), "m"), `${length}`).toThrow(
        damaged(/^m is not a usable safetensors file/),
      );
    expect(() => decodeSafetensors(good)).not.toThrow();
  });

  it("never end in anything but the error, whatever byte is changed", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: good.length - 1 }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (changes) => {
          const bytes = good.slice();
          for (const [at, value] of changes) bytes[at] = value;
          try {
            decodeSafetensors(bytes);
          } catch (e) {
            expect(e).toEqual(damaged());
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each<[string, unknown, number, RegExp]>([
    ["a header that is no JSON", "{", 0, /header is not JSON/],
    ["a header that is no UTF-8", "", 0, /header is not JSON/],
    ["a header that is a list", [], 0, /not a JSON object/],
    ["a header that is null", "null", 0, /not a JSON object/],
    ["an entry that is none", { x: 5 }, 0, /entry of tensor "x" is malformed/],
    ["an entry without a shape", { x: { dtype: "F32", data_offsets: [0, 4] } }, 4, /malformed/],
    ["a negative dimension", { x: entry("F32", [-1], 0, 4) }, 4, /malformed/],
    ["a dimension that is no number", { x: entry("F32", ["1"], 0, 4) }, 4, /malformed/],
    ["a fractional offset", { x: entry("F32", [1], 0.5, 4.5) }, 5, /malformed/],
    ["an offset beyond what numbers hold", { x: entry("F32", [1], 2 ** 53, 2 ** 53) }, 4, /malformed/],
    ["three offsets", { x: { dtype: "F32", shape: [1], data_offsets: [0, 4, 8] } }, 8, /malformed/],
    ["an unknown type", { x: entry("F8_E4M3", [4], 0, 4) }, 4, /unknown type F8_E4M3/],
    ["a type that is a property of objects", { x: entry("constructor", [4], 0, 4) }, 4, /unknown type/],
    ["a shape larger than its bytes", { x: entry("F32", [2 ** 40], 0, 4) }, 4, /does not fill its 4 bytes/],
    ["a shape whose product overflows", { x: entry("F32", [2 ** 52, 2 ** 52, 2 ** 52], 0, 4) }, 4, /does not fill/],
    ["bytes beyond the end", { x: entry("F32", [2], 0, 8) }, 4, /bytes 0–8 of 4; it was cut short/],
    ["offsets the wrong way round", { x: entry("F32", [0], 4, 0) }, 4, /should start at 0/],
    [
      "bytes that two tensors claim",
      { x: entry("F32", [1], 0, 4), y: entry("F32", [1], 0, 4) },
      4,
      /"y" lies at bytes 0–4, but should start at 4/,
    ],
    ["a gap between tensors", { x: entry("U8", [1], 0, 1), y: entry("F32", [1], 4, 8) }, 8, /should start at 1/],
    ["bytes that no tensor claims", { x: entry("F32", [1], 0, 4) }, 9, /5 bytes at its end belong to no tensor/],
  ])("%s", (what, header, body, message) => {
    const bytes = what.includes("UTF-8") ? file("\u0000\u0000", body) : file(header, body);
    if (what.includes("UTF-8")) bytes.set([0xff, 0xfe], 8);
    expect(() => decodeSafetensors(bytes)).toThrow(damaged(message));
  });

  it("a header length beyond the file or all reason", () => {
    for (const length of [3, 1000, 2 ** 31, Number.MAX_SAFE_INTEGER])
      expect(() => decodeSafetensors(file("{}", 0, length))).toThrow(damaged(/header should be/));
    const bytes = file("{}");
    bytes.fill(0xff, 0, 8);
    expect(() => decodeSafetensors(bytes)).toThrow(damaged(/header should be/));
  });

  it("a deep header and a long name are told shortly", () => {
    expect(() => decodeSafetensors(file("[".repeat(1e6)))).toThrow(damaged(/not JSON/));
    try {
      decode({ ["n".repeat(1e6)]: 1 });
      expect.unreachable();
    } catch (e) {
      expect((e as Error).message.length).toBeLessThan(300);
    }
  });

  it("a name from a prototype does no harm", () => {
    const found = decode(
      '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"__metadata__":{"__proto__":"x"}}',
      1,
    );
    expect(Object.keys(found.tensors)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["dtype"]).toBeUndefined();
  });
});

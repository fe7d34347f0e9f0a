import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32c, maskedCrc32c } from "../src/tensorboard/crc32c.ts";
import { scalarValue, summaryEvent } from "../src/tensorboard/events.ts";
import { readEventHead } from "../src/tensorboard/read-event.ts";
import { encodeRecord, readRecords } from "../src/tensorboard/records.ts";
import { bytes, double, encodeMessage, float, int, string } from "../src/tensorboard/wire.ts";
import { slowCrc32c } from "./decode-events.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("CRC-32C", () => {
  // RFC 3720 appendix B.4, and the check value of the Castagnoli polynomial.
  it.each([
    [ascii("123456789"), 0xe3069283],
    [new Uint8Array(0), 0],
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(255), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ])("has the known answer %#", (data, expected) => {
    expect(crc32c(data)).toBe(expected);
    expect(slowCrc32c(data)).toBe(expected);
  });

  it("agrees with long division, and is masked as TFRecord says", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (data) => {
        expect(crc32c(data)).toBe(slowCrc32c(data));
      }),
    );
    // 0xe3069283 rotated right by 15 bits is 0x2507c60d; plus 0xa282ead8.
    expect(maskedCrc32c(ascii("123456789"))).toBe(0xc78ab0e5);
  });
});

describe("protocol buffers", () => {
  it("has the bytes of the encoding guide's examples", () => {
    expect([...encodeMessage([[1, int(150)]])]).toEqual([0x08, 0x96, 0x01]);
    expect([...encodeMessage([[2, string("testing")]])]).toEqual([0x12, 0x07, ...ascii("testing")]);
    expect([...encodeMessage([[3, bytes(encodeMessage([[1, int(150)]]))]])]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
    expect([...encodeMessage([[16, int(0)]])]).toEqual([0x80, 0x01, 0x00]);
    expect([
      ...encodeMessage([
        [1, float(1)],
        [2, double(-2)],
      ]),
    ]).toEqual([0x0d, 0, 0, 0x80, 0x3f, 0x11, 0, 0, 0, 0, 0, 0, 0, 0xc0]);
  });

  it("encodes whole numbers up to 2^53 and no others", () => {
    expect([...encodeMessage([[1, int(2 ** 53 - 1)]])]).toEqual([0x08, 255, 255, 255, 255, 255, 255, 255, 15]);
    for (const bad of [-1, 0.5, 2 ** 53, NaN]) expect(() => encodeMessage([[1, int(bad)]])).toThrow(RangeError);
  });

  it("reads back step and tag of an event", () => {
    expect(readEventHead(summaryEvent(1.5, 2 ** 40, [scalarValue("a/b é", 1), scalarValue("c", 2)]))).toEqual({
      step: 2 ** 40,
      tag: "a/b é",
    });
    expect(readEventHead(summaryEvent(1.5, 0, []))).toEqual({ step: 0 });
  });

  it("reads any bytes as an event without an exception", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (data) => void readEventHead(data)));
  });
});

describe("records", () => {
  const file = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((p) => [...p]));

  it("are found up to the first that is cut short or damaged", () => {
    const all = file(encodeRecord(ascii("one")), encodeRecord(new Uint8Array(0)), encodeRecord(ascii("three")));
    expect([...readRecords(all)].map((r) => new TextDecoder().decode(r.data))).toEqual(["one", "", "three"]);
    expect([...readRecords(all)].at(-1)!.end).toBe(all.length);
    for (let length = 0; length < all.length; length++) {
      const whole = length < 19 ? 0 : length < 35 ? 1 : 2;
      expect([...readRecords(all.subarray(0, length))]).toHaveLength(whole);
    }
    for (let i = 35; i < all.length; i++) {
      const damaged = all.slice();
      damaged[i]! ^= 1;
      expect([...readRecords(damaged)]).toHaveLength(2);
    }
  });

  it("with a length beyond the file are not read", () => {
    const record = encodeRecord(new Uint8Array(8));
    const view = new DataView(record.buffer);
    view.setBigUint64(0, 2n ** 63n, true);
    view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
    expect([...readRecords(record)]).toEqual([]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axisToJson, floatLike, indexAxis, linearAxis, makeAxis, sameAxis, spectralArray } from "../src/axes.ts";

const code = (name: string, message: RegExp = /./) =>
  expect.objectContaining({ code: name, message: expect.stringMatching(message) });

describe("makeAxis", () => {
  it("takes what rises or falls throughout", () => {
    for (const values of [[], [5], [1, 2, 3.5], [3, 2, -1]]) {
      const axis = makeAxis(Float64Array.from(values), "cm-1");
      expect([...axis.values]).toEqual(values);
      expect(axis).toMatchObject({ name: "spectral", unit: "cm-1" });
    }
    expect(makeAxis(new Float64Array(1), "index").name).toBe("index");
    expect(makeAxis(new Float64Array(1), "nm", "wavelength").name).toBe("wavelength");
  });

  it.each([
    [[1, 2, 2], /turns at point 2 \(2 then 2\)/],
    [[1, 1], /turns at point 1/],
    [[1, 2, 1], /turns at point 2 \(2 then 1\)/],
    [[3, 2, 4], /turns at point 2/],
    [[1, NaN, 3], /not a finite number at point 1: NaN/],
    [[NaN], /point 0/],
    [[0, Infinity], /point 1: Infinity/],
  ])("refuses %j", (values, message) => {
    expect(() => makeAxis(Float64Array.from(values), "nm")).toThrow(code("SPECTRAI_DATA_AXIS", message));
  });

  it("agrees with looking at every pair", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 5 }), (values) => {
        const rises = values.every((v, i) => i === 0 || v > values[i - 1]!);
        const falls = values.every((v, i) => i === 0 || v < values[i - 1]!);
        const make = () => makeAxis(Float64Array.from(values), "eV");
        if (rises || falls) expect(make).not.toThrow();
        else expect(make).toThrow(code("SPECTRAI_DATA_AXIS"));
      }),
    );
  });
});

describe("other axes", () => {
  it("indexAxis counts from 0 and is one object for one length", () => {
    expect([...indexAxis(3).values]).toEqual([0, 1, 2]);
    expect(indexAxis(500)).toBe(indexAxis(500));
    expect(indexAxis(0).values).toHaveLength(0);
  });

  it("linearAxis has both ends exactly", () => {
    const axis = linearAxis(400, 1800, 501, "cm-1");
    expect([axis.values[0], axis.values[250], axis.values[500]]).toEqual([400, 1100, 1800]);
    expect([...linearAxis(2, -2, 3, "nm").values]).toEqual([2, 0, -2]);
    expect([...linearAxis(7, 9, 1, "nm").values]).toEqual([7]);
    expect(() => linearAxis(5, 5, 2, "nm")).toThrow(code("SPECTRAI_DATA_AXIS"));
  });

  it("are the same where unit and values are", () => {
    const [a, b] = [linearAxis(1, 2, 5, "nm"), linearAxis(1, 2, 5, "nm")];
    expect(sameAxis(a, a)).toBe(true);
    expect(sameAxis(a, b)).toBe(true);
    expect(sameAxis(a, linearAxis(1, 2, 5, "um"))).toBe(false);
    expect(sameAxis(a, linearAxis(1, 2, 4, "nm"))).toBe(false);
    expect(sameAxis(a, linearAxis(1, 2.5, 5, "nm"))).toBe(false);
  });

  it("become JSON", () => {
    expect(JSON.parse(JSON.stringify(axisToJson(linearAxis(1, 2, 3, "nm"))))).toEqual({
      name: "spectral",
      unit: "nm",
      values: [1, 1.5, 2],
    });
  });
});

describe("spectralArray", () => {
  it("has the index as its axis unless told, and the data's type", () => {
    const spectrum = spectralArray(new Float64Array(4), [4]);
    expect(spectrum.axis).toBe(indexAxis(4));
    expect(spectrum.dtype).toBe("float64");
    const cube = spectralArray(new Float32Array(24), [2, 3, 4], linearAxis(1, 4, 4, "nm"));
    expect(cube).toMatchObject({ shape: [2, 3, 4], dtype: "float32" });
  });

  it("refuses a shape that the data or the axis do not fill", () => {
    const axis = linearAxis(1, 4, 4, "nm");
    expect(() => spectralArray(new Float64Array(4), [2, 2], axis)).toThrow(
      code("SPECTRAI_DATA_SHAPE", /4 values on an axis of 4 points/),
    );
    expect(() => spectralArray(new Float64Array(5), [4], axis)).toThrow(code("SPECTRAI_DATA_SHAPE"));
    expect(() => spectralArray(new Float64Array(1), [])).toThrow(code("SPECTRAI_DATA_SHAPE"));
  });

  it("floatLike gives the same type", () => {
    expect(floatLike(new Float32Array(1), 3)).toEqual(new Float32Array(3));
    expect(floatLike(new Float64Array(1), 0)).toEqual(new Float64Array(0));
  });
});

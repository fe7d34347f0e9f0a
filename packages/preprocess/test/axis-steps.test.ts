import { linearAxis, makeAxis } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import {
  crop,
  fitLength,
  interpolator,
  pad,
  reflectAxis,
  reflectIndex,
  resample,
  savitzkyGolay,
} from "../src/index.ts";
import { array, make } from "./helpers.ts";

const axisError = expect.objectContaining({ code: "SPECTRAI_DATA_AXIS" });
const rising = linearAxis(500, 900, 5, "cm-1");
const falling = linearAxis(900, 500, 5, "cm-1");

describe("crop", () => {
  it("keeps values of the axis inclusively, whichever way it runs", async () => {
    const t = await make(crop, { start: 600, stop: 800 });
    expect(t.apply(array([1, 2, 3, 4, 5], [5], rising))).toMatchObject({ shape: [3], data: Float64Array.of(2, 3, 4) });
    const y = t.apply(array([1, 2, 3, 4, 5], [5], falling));
    expect(y.data).toEqual(Float64Array.of(2, 3, 4));
    expect(y.axis.values).toEqual(Float64Array.of(800, 700, 600));
    expect(t.axis!(falling)).toEqual(y.axis);
  });

  it("keeps indices exclusively, and everything without bounds", async () => {
    const x = array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [2, 1, 5], rising);
    expect((await make(crop, { start: 1, stop: 3, unit: "index" })).apply(x).data).toEqual(Float64Array.of(2, 3, 7, 8));
    expect((await make(crop, { start: 3, unit: "index" })).apply(x).data).toEqual(Float64Array.of(4, 5, 9, 10));
    expect((await make(crop)).apply(x).data).toEqual(x.data);
  });

  it("refuses another unit and an empty rest", async () => {
    const x = array([1, 2, 3, 4, 5], [5], rising);
    expect((await make(crop, { start: 600, unit: "nm" })).apply.bind(null, x)).toThrow(axisError);
    expect((await make(crop, { start: 1000 })).apply.bind(null, x)).toThrow("from 500 to 900");
    expect((await make(crop, { stop: 0, unit: "index" })).apply.bind(null, x)).toThrow(axisError);
  });
});

describe("reflection", () => {
  it("goes on beyond the ends as NumPy's mode reflect", () => {
    expect(Array.from({ length: 14 }, (_, i) => reflectIndex(i - 5, 4))).toEqual([
      1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2,
    ]);
    expect([reflectIndex(-3, 1), reflectIndex(2, 1)]).toEqual([0, 0]);
  });

  it("continues an uneven axis with mirrored steps, strictly monotonic", () => {
    const axis = makeAxis(Float64Array.of(10, 11, 13, 17), "nm");
    expect(Array.from(reflectAxis(axis, 4, 12).values)).toEqual([-1, 3, 7, 9, 10, 11, 13, 17, 21, 23, 24, 25]);
    const down = reflectAxis(makeAxis(Float64Array.of(17, 13, 11), "nm"), 0, 5);
    expect(Array.from(down.values)).toEqual([17, 13, 11, 9, 5]);
  });
});

describe("pad and fit-length", () => {
  const x = array([1, 2, 3, 4, 5], [5], rising);

  it("reflect without repeating the end", async () => {
    expect((await make(pad, { points: 3, toMultipleOf: 1 })).apply(x).data).toEqual(
      Float64Array.of(1, 2, 3, 4, 5, 4, 3, 2),
    );
    const both = (await make(pad, { toMultipleOf: 8, side: "both" })).apply(x);
    expect(both.data).toEqual(Float64Array.of(2, 1, 2, 3, 4, 5, 4, 3));
    expect(Array.from(both.axis.values)).toEqual([400, 500, 600, 700, 800, 900, 1000, 1100]);
  });

  it("bring to a length, longer or shorter", async () => {
    expect((await make(fitLength, { length: 3 })).apply(x).data).toEqual(Float64Array.of(1, 2, 3));
    const middle = (await make(fitLength, { length: 2, side: "both" })).apply(x);
    expect(middle.data).toEqual(Float64Array.of(2, 3));
    expect(Array.from(middle.axis.values)).toEqual([600, 700]);
    expect((await make(fitLength, { length: 12 })).apply(x).data).toEqual(
      Float64Array.of(1, 2, 3, 4, 5, 4, 3, 2, 1, 2, 3, 4),
    );
  });

  it("cut an output back to the original points, and refuse one of another length", async () => {
    const t = await make(pad, { points: 3, toMultipleOf: 1, side: "both" });
    const back = t.inverse!(array([9, 1, 2, 3, 4, 5, 8, 7], [8], t.axis!(rising)), x);
    expect(back).toMatchObject({ shape: [5], data: Float64Array.of(1, 2, 3, 4, 5), axis: rising });
    expect(() => t.inverse!(x, x)).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }));
    const shorter = await make(fitLength, { length: 3 });
    const output = array([7, 8, 9], [3], shorter.axis!(rising));
    expect(shorter.inverse!(output, x)).toEqual(output);
  });
});

describe("interpolator", () => {
  // SciPy 1.17: CubicSpline(x, y), CubicSpline(x, y, bc_type="natural"), PchipInterpolator(x, y).
  const x = Float64Array.of(0, 1, 2.5, 3, 4.2, 6, 7);
  const y = Float64Array.of(1, 3, 2, 2, 5, 4.5, -1);
  const at = Float64Array.of(0, 0.4, 1.7, 2.5, 2.9, 3.6, 5.5, 6.9, 7);
  const golden = {
    cubic: [
      1, 2.27346645189632, 2.71989670197361, 2, 1.92769601164037, 3.27358749450871, 5.7346640988362, -0.253100898479178,
      -1,
    ],
    natural: [
      1, 2.00909088266289, 2.82412135992237, 2, 1.92615572271279, 3.2613654202551, 5.86452241862973, -0.369961899051567,
      -1,
    ],
    pchip: [1, 2.1456, 2.54992592592593, 2, 2, 3.5, 4.745222526672, -0.254636487260237, -1],
    linear: [1, 1.8, 3 - 0.7 / 1.5, 2, 2, 3.5, 5 - (0.5 * 1.3) / 1.8, 4.5 - 5.5 * 0.9, -1],
  } as const;
  for (const method of ["cubic", "natural", "pchip", "linear"] as const)
    it(`${method}: as SciPy, on rising and on falling knots, in any order`, () => {
      const out = new Float64Array(9);
      interpolator(x, at, method)(y, out);
      expectAllClose(out, golden[method], { rtol: 1e-14 });
      interpolator(x.toReversed(), at.toReversed(), method)(y.toReversed(), out);
      expectAllClose(out.toReversed(), golden[method], { rtol: 1e-14 });
    });

  it("takes few knots", () => {
    const out = new Float64Array(2);
    const places = Float64Array.of(0.5, 2);
    interpolator(Float64Array.of(0, 1, 2.5, 3), places, "cubic")(Float64Array.of(1, 3, 2, 2), out);
    expectAllClose(out, [2.5, 2.4], { rtol: 1e-14 });
    interpolator(Float64Array.of(0, 1, 3), places, "natural")(Float64Array.of(2, 5, 1), out);
    expectAllClose(out, [3.8125, 4.25], { rtol: 1e-14 });
    interpolator(Float64Array.of(0, 1, 3), places, "pchip")(Float64Array.of(2, 5, 1), out);
    expectAllClose(out, [4.083333333333333, 4.333333333333333], { rtol: 1e-14 });
    interpolator(Float64Array.of(0, 2), places, "pchip")(Float64Array.of(2, 6), out);
    expectAllClose(out, [3, 6], { rtol: 1e-14 });
    expect(() => interpolator(Float64Array.of(0, 1, 3), places, "cubic")).toThrow(axisError);
  });

  it("reproduces a cubic by the not-a-knot spline", () => {
    const cubic = (t: number): number => 1 - t + 0.5 * t ** 2 - 0.1 * t ** 3;
    const out = new Float64Array(9);
    interpolator(x, at, "cubic")(x.map(cubic), out);
    expectAllClose(out, at.map(cubic), { rtol: 1e-13 });
  });
});

describe("resample", () => {
  const x = array([0, 1, 4, 9, 16], [5], falling);

  it("goes to another axis, also against the direction of the data's", async () => {
    const t = await make(resample, { start: 550, stop: 850, points: 4 });
    const y = t.apply(x);
    expectAllClose(y.axis.values, [550, 650, 750, 850], {});
    expectAllClose(y.data, [12.5, 6.5, 2.5, 0.5], { rtol: 1e-14 });
    expect(y.axis.unit).toBe("cm-1");
    const listed = (await make(resample, { values: [850, 620] })).apply(x);
    expectAllClose(listed.data, [0.5, 4 + 0.8 * 5], { rtol: 1e-14 });
  });

  it("makes an uneven axis even without options", async () => {
    const uneven = array([0, 2, 6], [3], makeAxis(Float64Array.of(0, 1, 3), "nm"));
    const y = (await make(resample)).apply(uneven);
    expectAllClose(y.axis.values, [0, 1.5, 3], {});
    expectAllClose(y.data, [0, 3, 6], { rtol: 1e-14 });
  });

  it("allows for rounding at the ends, but refuses to extrapolate", async () => {
    const t = await make(resample, { start: 900.0000001, stop: 499.9999999, points: 5 });
    expectAllClose(t.apply(x).data, x.data, { atol: 1e-6 });
    const beyond = await make(resample, { start: 400 });
    expect(() => beyond.apply(x)).toThrow("from 900 to 500");
    expect(() => beyond.axis!(falling)).toThrow(axisError);
    const unit = await make(resample, { unit: "nm" });
    expect(() => unit.apply(x)).toThrow(axisError);
    await expect(make(resample, { values: [1, 2], points: 3 })).rejects.toThrow("values");
    const turning = await make(resample, { values: [600, 700, 650] });
    expect(() => turning.apply(x)).toThrow(axisError);
  });
});

describe("savitzky-golay", () => {
  it("gives derivatives per axis unit, with the sign of a falling axis", async () => {
    const t = await make(savitzkyGolay, { window: 3, order: 2, derivative: 1, per: "axis" });
    const line = (axis: typeof rising) =>
      array(
        axis.values.map((v) => 3 * v),
        [5],
        axis,
      );
    for (const axis of [rising, falling])
      expectAllClose(t.apply(line(axis)).data, new Float64Array(5).fill(3), { rtol: 1e-12 });
    const perPoint = await make(savitzkyGolay, { window: 3, order: 2, derivative: 1 });
    expectAllClose(perPoint.apply(line(falling)).data, new Float64Array(5).fill(-300), { rtol: 1e-12 });
    const uneven = makeAxis(Float64Array.of(0, 1, 3, 4, 5), "nm");
    expect(() => t.apply(line(uneven))).toThrow(axisError);
  });

  it("refuses even windows and orders that do not fit", async () => {
    await expect(make(savitzkyGolay, { window: 8 })).rejects.toThrow("odd");
    await expect(make(savitzkyGolay, { window: 5, order: 5 })).rejects.toThrow("order");
  });
});

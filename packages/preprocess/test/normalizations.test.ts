import { linearAxis, makeAxis } from "@spectrai/core";
import { exampleSpectrum, expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { areaNormalize, maxNormalize, minMaxNormalize, msc, snv, vectorNormalize } from "../src/index.ts";
import { array, make } from "./helpers.ts";

const valueError = expect.objectContaining({ code: "SPECTRAI_DATA_VALUE" });
const x = array([1, 2, 5, 4]);
const cube = array([1, 2, 5, 4, 10, 20, 30, 40], [1, 2, 4]);

describe("normalizations", () => {
  it("divide by what they say", async () => {
    expect((await make(maxNormalize)).apply(x).data).toEqual(Float64Array.of(0.2, 0.4, 1, 0.8));
    expect((await make(areaNormalize)).apply(x).data).toEqual(Float64Array.of(1 / 12, 2 / 12, 5 / 12, 4 / 12));
    expectAllClose(
      (await make(vectorNormalize)).apply(x).data,
      [1, 2, 5, 4].map((v) => v / Math.sqrt(46)),
      { rtol: 1e-15 },
    );
    expect((await make(minMaxNormalize)).apply(x).data).toEqual(Float64Array.of(0, 0.25, 1, 0.75));
    expectAllClose(
      (await make(snv)).apply(x).data,
      [-2, -1, 2, 1].map((v) => v / Math.sqrt(10 / 3)),
      { rtol: 1e-15 },
    );
  });

  it("take the area under the curve over any axis", async () => {
    const t = await make(areaNormalize, { area: "trapezoid" });
    // 1 · 1.5 + 2 · 3.5 + 1 · 4.5 = 13, the same from either side.
    const axis = makeAxis(Float64Array.of(0, 1, 3, 4), "nm");
    expectAllClose(
      t.apply(array(x.data, [4], axis)).data,
      x.data.map((v) => v / 13),
      { rtol: 1e-15 },
    );
    const back = makeAxis(Float64Array.of(4, 3, 1, 0), "nm");
    expectAllClose(
      t.apply(array(x.data.toReversed(), [4], back)).data,
      x.data.toReversed().map((v) => v / 13),
      { rtol: 1e-15 },
    );
  });

  it("take each spectrum of a cube or the whole cube", async () => {
    expect((await make(maxNormalize)).apply(cube).data).toEqual(Float64Array.of(0.2, 0.4, 1, 0.8, 0.25, 0.5, 0.75, 1));
    expect((await make(maxNormalize, { per: "cube" })).apply(cube).data).toEqual(cube.data.map((v) => v / 40));
    expect((await make(areaNormalize, { per: "cube" })).apply(cube).data).toEqual(cube.data.map((v) => v / 112));
    expect((await make(minMaxNormalize, { per: "cube" })).apply(cube).data).toEqual(cube.data.map((v) => (v - 1) / 39));
  });

  it("scale an output back like its input, also an enlarged one", async () => {
    const t = await make(maxNormalize);
    expect(t.inverse!(array([1, 0, 0.5, 2]), x).data).toEqual(Float64Array.of(5, 0, 2.5, 10));
    const output = array(new Float64Array(32).fill(1), [2, 4, 4]);
    const back = t.inverse!(output, cube).data;
    expect([back[0], back[7], back[8], back[15], back[16], back[31]]).toEqual([5, 5, 40, 40, 5, 40]);
    expect((await make(maxNormalize, { per: "cube" })).inverse!(output, cube).data).toEqual(
      new Float64Array(32).fill(40),
    );
    expect(() => t.inverse!(x, cube)).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_SHAPE" }));
  });

  it("name what cannot be divided by, and where", async () => {
    const zero = array([0, 0, 0]);
    for (const component of [maxNormalize, areaNormalize, vectorNormalize, minMaxNormalize, snv]) {
      const t = await make(component);
      expect(() => t.apply(zero)).toThrow(valueError);
    }
    for (const component of [minMaxNormalize, snv]) {
      const t = await make(component);
      expect(() => t.apply(array([0.1, 0.1, 0.1]))).toThrow("constant");
    }
    const t = await make(maxNormalize);
    expect(() => t.apply(array([-1, -2, -3]))).toThrow("maximum -1");
    expect(() => t.apply(array([1, 1, 0, 0], [1, 2, 2]))).toThrow("row 0, column 1");
    const area = await make(areaNormalize);
    expect(() => area.apply(array([0.1, 0.2, -0.3]))).toThrow(valueError);
    const whole = await make(maxNormalize, { per: "cube" });
    expect(() => whole.apply(array([0, 0, 0, 0], [1, 2, 2]))).toThrow("The cube has the maximum 0");
  });

  it("name NaN and infinite values, and where", async () => {
    const t = await make(maxNormalize);
    expect(() => t.apply(array([1, NaN, 2]))).toThrow("The spectrum has the value NaN at point 1");
    expect(() => t.apply(array([1, 2, 3, -Infinity], [2, 1, 2]))).toThrow(
      "row 1, column 0 of the cube has the value -Infinity at point 1",
    );
  });
});

describe("msc", () => {
  const shape = exampleSpectrum();
  const scattered = [
    [0.5, 2],
    [-1, 0.3],
    [3, 1],
  ].map(([a, b]) =>
    array(
      shape.data.map((v) => a! + b! * v),
      shape.shape,
      shape.axis,
    ),
  );

  it("brings scattered copies of one spectrum to their mean", async () => {
    const t = await make(msc);
    const state = t.fit!(scattered);
    const mean = shape.data.map((v) => 2.5 / 3 + 1.1 * v);
    expectAllClose(state["mean"] as number[], mean, { rtol: 1e-14 });
    for (const y of scattered) {
      expectAllClose(t.apply(y, state).data, mean, { rtol: 1e-12 });
      expectAllClose(t.inverse!(t.apply(y, state), y, state).data, y.data, { rtol: 1e-12 });
    }
  });

  it("takes the mean of all pixels of cubes", async () => {
    const t = await make(msc);
    expect(t.fit!([array([1, 2, 3, 6], [1, 2, 2]), array([5, 10], [1, 1, 2])])).toEqual({ mean: [3, 6] });
  });

  it("needs a state, spectra of its length, a mean with a shape and something in common with it", async () => {
    const t = await make(msc);
    expect(() => t.apply(x)).toThrow(expect.objectContaining({ code: "SPECTRAI_MODEL_MISMATCH" }));
    expect(() => t.apply(x, { mean: [1, 2, 3] })).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }));
    expect(() => t.apply(array([1, 2, 1]), { mean: [1, 2, 3] })).toThrow("slope 0");
    expect(() => t.fit!([])).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_EMPTY" }));
    expect(() => t.fit!([x, array([1, 2])])).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }));
    expect(() => t.fit!([array([2, 2])])).toThrow(valueError);
    const other = linearAxis(0, 1, 3, "nm");
    expect(t.apply(array([1, 2, 3], [3], other), { mean: [1, 2, 3] }).axis).toBe(other);
  });
});

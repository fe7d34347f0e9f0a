import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { bicubicResize, centerCrop, cubicWeights, padImage } from "../src/index.ts";
import { array, make } from "./helpers.ts";

const shapeError = expect.objectContaining({ code: "SPECTRAI_DATA_SHAPE" });
const image = array([1, 2, 3, 4, 5, 6], [2, 3, 1]);
const mask = { data: Int32Array.of(0, 1, -1, 2, 3, 4), shape: [2, 3], dtype: "int32", ignored: -1 } as const;

describe("pad-image", () => {
  it("reflects at the edges, the mask alike, and cuts back", async () => {
    const t = await make(padImage, { height: 3, width: 5 });
    const y = t.apply(image);
    expect(y).toMatchObject({ shape: [3, 5, 1], data: Float64Array.of(2, 1, 2, 3, 2, 5, 4, 5, 6, 5, 2, 1, 2, 3, 2) });
    expect(t.applyMask!(mask)).toEqual({
      data: Int32Array.of(1, 0, 1, -1, 1, 3, 2, 3, 4, 3, 1, 0, 1, -1, 1),
      shape: [3, 5],
      dtype: "int32",
      ignored: -1,
    });
    expect(t.inverse!(y, image)).toEqual(image);
  });

  it("cuts an enlarged output back in proportion, and refuses others", async () => {
    const t = await make(padImage, { height: 4, width: 3 });
    const output = array(
      Float64Array.from({ length: 48 }, (_, i) => i),
      [8, 6, 1],
    );
    expect(t.inverse!(output, image)).toMatchObject({ shape: [4, 6, 1], data: output.data.slice(12, 36) });
    expect(() => t.inverse!(array(new Float64Array(15), [5, 3, 1]), image)).toThrow(shapeError);
  });
});

describe("center-crop", () => {
  it("keeps the middle, and refuses what is too small", async () => {
    const t = await make(centerCrop, { height: 1, width: 1 });
    expect(t.apply(image)).toMatchObject({ shape: [1, 1, 1], data: Float64Array.of(2) });
    expect(t.applyMask!(mask)).toMatchObject({ shape: [1, 1], data: Int32Array.of(1) });
    const large = await make(centerCrop, { height: 3 });
    expect(() => large.apply(image)).toThrow("2 rows cannot be cropped to 3");
  });
});

describe("bicubic-resize", () => {
  it("has weights that add up to 1 and pass parabolas only for Keys' own parameter", () => {
    for (const a of [-0.75, -0.5]) {
      const { weight } = cubicWeights(12, 30, a);
      for (let o = 0; o < 30; o++)
        expect(weight.slice(4 * o, 4 * o + 4).reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 14);
    }
    const squares = Float64Array.from({ length: 12 }, (_, i) => i * i);
    const resized = (a: number): Float64Array => {
      const { index, weight } = cubicWeights(12, 30, a);
      return Float64Array.from({ length: 30 }, (_, o) =>
        [0, 1, 2, 3].reduce((sum, k) => sum + weight[4 * o + k]! * squares[index[4 * o + k]!]!, 0),
      );
    };
    const exact = Float64Array.from({ length: 30 }, (_, o) => ((o + 0.5) * 0.4 - 0.5) ** 2);
    expectAllClose(resized(-0.5).slice(6, 24), exact.slice(6, 24), { rtol: 1e-14 });
    expect(
      Math.max(
        ...resized(-0.75)
          .slice(6, 24)
          .map((v, i) => Math.abs(v - exact[i + 6]!)),
      ),
    ).toBeGreaterThan(0.01);
  });

  it("gives the image itself at its own size, and constants everywhere", async () => {
    expect((await make(bicubicResize)).apply(image)).toEqual(image);
    const flat = array(new Float64Array(24).fill(3), [4, 3, 2]);
    const y = (await make(bicubicResize, { scale: 2.4, width: 5 })).apply(flat);
    expect(y.shape).toEqual([10, 5, 2]);
    expectAllClose(y.data, new Float64Array(100).fill(3), { rtol: 1e-14 });
  });

  it("gives masks the nearest label", async () => {
    const t = await make(bicubicResize, { height: 4, width: 3 });
    expect(t.applyMask!(mask).data).toEqual(Int32Array.of(0, 1, -1, 0, 1, -1, 2, 3, 4, 2, 3, 4));
  });
});

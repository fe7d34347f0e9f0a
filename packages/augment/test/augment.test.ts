import { linearAxis, rng, type SpectralArray, spectralArray } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import {
  addBackground,
  background,
  draw,
  horizontalFlip,
  mixup,
  randomCrop,
  rangeSchema,
  rotate90,
  scale,
  spectralFlip,
  spectralShift,
  verticalFlip,
} from "../src/index.ts";
import { filled, make, makeBatch, moments, records } from "./helpers.ts";

const errors = 4;
const numbers = (list: readonly { readonly [key: string]: unknown }[], key: string): number[] =>
  list.map((p) => p[key] as number);

describe("range", () => {
  it("is a fixed number or a uniform pair, and always takes one draw", () => {
    expect(draw(3, rng("r"))).toBe(3);
    const random = rng("r");
    const { mean, variance } = moments(Float64Array.from({ length: 4000 }, () => draw([2, 8], random)));
    expect(Math.abs(mean - 5)).toBeLessThan(errors * Math.sqrt(3 / 4000));
    expect(Math.abs(variance - 3)).toBeLessThan(0.2);
    const [fixed, drawn] = [rng("s"), rng("s")];
    draw(1, fixed);
    draw([0, 1], drawn);
    expect(fixed.next()).toBe(drawn.next());
  });

  it("refuses a pair in the wrong order and values out of bounds", () => {
    const schema = rangeSchema(0, 10);
    expect(schema.safeParse([1, 2]).success).toBe(true);
    for (const bad of [[2, 1], [0, 11], -1, [1], "1"]) expect(schema.safeParse(bad).success).toBe(false);
  });
});

describe("spectral-shift", () => {
  const x = spectralArray(
    Float64Array.from({ length: 101 }, (_, i) => i * i),
    [101],
    linearAxis(400, 900, 101, "cm-1"),
  );

  it("draws whole points within the bounds, both ways alike", async () => {
    const points = numbers(records(await make(spectralShift), x, 3000), "points");
    expect(Math.min(...points)).toBe(-10);
    expect(Math.max(...points)).toBe(10);
    expect(Math.abs(moments(points).mean)).toBeLessThan((errors * 5.9) / Math.sqrt(3000));
  });

  it("takes points and axis units", async () => {
    expect(records(await make(spectralShift, { shift: -7, unit: "points" }), x, 1)[0]).toEqual({ points: -7, of: 101 });
    expect(records(await make(spectralShift, { shift: 20, unit: "axis" }), x, 1)[0]).toEqual({ points: 4, of: 101 });
  });

  it("reflects at either end, whatever the shift", async () => {
    const a = await make(spectralShift);
    for (let points = -120; points <= 120; points++) {
      const by = Math.max(-100, Math.min(100, points));
      const expected = x.data.map((_, i) => {
        const at = i + by;
        return x.data[at < 0 ? -at : at > 100 ? 200 - at : at]!;
      });
      expect(a.apply(x, { points, of: 101 }).data).toEqual(expected);
    }
  });

  it("shifts a target of another length in proportion", async () => {
    const a = await make(spectralShift);
    const target = filled([202], (i) => i);
    expect(a.apply(target, { points: 10, of: 101 }).data[0]).toBe(20);
  });
});

describe("spectral-flip, horizontal-flip, vertical-flip", () => {
  it("undo themselves and happen half the time", async () => {
    const x = filled([3, 4, 5], (i) => i);
    for (const component of [spectralFlip, horizontalFlip, verticalFlip]) {
      const a = await make(component);
      const once = a.apply(x, {});
      expect(once.data).not.toEqual(x.data);
      expect(a.apply(once, {}).data).toEqual(x.data);
      expect(Math.abs(records(a, x, 1000).length - 500)).toBeLessThan(errors * Math.sqrt(250));
    }
  });
});

describe("scale", () => {
  it("draws factors uniformly in their logarithm", async () => {
    const x = filled([4], (i) => i);
    const a = await make(scale, { factor: [0.25, 4] });
    const drawn = numbers(records(a, x, 3000), "factor").map(Math.log2);
    expect(Math.abs(moments(drawn).mean)).toBeLessThan(errors * Math.sqrt(16 / 12 / 3000));
    expect(Math.abs(moments(drawn).variance - 16 / 12)).toBeLessThan(0.1);
    expect(a.apply(x, { factor: 2.5 }).data).toEqual(Float64Array.of(0, 2.5, 5, 7.5));
    expect(records(await make(scale, { factor: 3 }), x, 1)[0]).toEqual({ factor: 3 });
  });
});

describe("add-background", () => {
  const x = filled([2, 3, 50], (i) => Math.sin(i));

  it("adds a smooth curve from 0 to its height to all pixels alike", async () => {
    const a = await make(addBackground, { strength: 0.5 });
    const shapes = new Set<unknown>();
    for (const params of records(a, x, 60)) {
      shapes.add(params["shape"]);
      const curve = background(params, 50);
      expect(Math.min(...curve)).toBe(0);
      expect(Math.max(...curve)).toBeCloseTo(params["height"] as number, 12);
      expect(params["height"]).toBeCloseTo(0.5 * Math.max(...x.data.map(Math.abs)), 12);
      expectAllClose(
        a.apply(x, params).data,
        x.data.map((v, i) => v + curve[i % 50]!),
        { rtol: 1e-15 },
      );
      // Smooth: no second difference near the height; the steepest shape drawn is a Gaussian of width 0.1.
      const bends = Array.from({ length: 48 }, (_, i) => Math.abs(curve[i]! - 2 * curve[i + 1]! + curve[i + 2]!));
      expect(Math.max(...bends)).toBeLessThan(0.1 * (params["height"] as number));
    }
    expect(shapes).toEqual(new Set(["polynomial", "exponential", "gaussian"]));
  });

  it("stretches measured backgrounds to the length", async () => {
    const a = await make(addBackground, { spectra: [[1, 2, 5]], strength: 2 });
    const five = filled([5], () => -3);
    const params = records(a, five, 1)[0]!;
    expect(params).toEqual({ shape: "measured", coefficients: [0], height: 6 });
    expectAllClose(a.apply(five, params).data, [-3, -3 + 0.75, -3 + 1.5, -3 + 3.75, 3], { rtol: 1e-14 });
  });

  it("is for the input alone unless told", async () => {
    expect((await make(addBackground)).on).toBe("input");
    expect((await make(addBackground, { on: "both" })).on).toBe("both");
  });
});

describe("mixup", () => {
  it("draws one share a batch from Beta(α, α)", async () => {
    const a = await makeBatch(mixup);
    const shares = Array.from({ length: 4000 }, (_, i) => (a.sample(4, rng("mixup", i))!["lambda"] as number[])[0]!);
    // Beta(α, α): mean 1/2, variance 1 / (4 (2 α + 1)), and for α = 0.2 heavy at both ends.
    const { mean, variance } = moments(shares);
    expect(Math.abs(mean - 0.5)).toBeLessThan(errors * Math.sqrt(0.1786 / 4000));
    expect(Math.abs(variance - 1 / 5.6)).toBeLessThan(0.01);
  });

  it("mixes inputs and targets alike, with a share a sample if asked", async () => {
    const a = await makeBatch(mixup, { per: "sample" });
    const params = a.sample(3, rng("mixup"))!;
    expect(params["lambda"]).toHaveLength(3);
    expect((params["permutation"] as number[]).toSorted((p, q) => p - q)).toEqual([0, 1, 2]);
    const batch = { size: 3, input: Float32Array.of(1, 2, 3, 4, 5, 6), target: Float32Array.of(1, 0, 0) };
    a.apply(batch, { lambda: [1, 0.5, 0.25], permutation: [1, 2, 0] });
    expect(batch.input).toEqual(Float32Array.of(1, 2, 4, 5, 2, 3));
    expect(batch.target).toEqual(Float32Array.of(1, 0, 0.75));
  });
});

describe("rotate-90", () => {
  it("draws all turns of a square image alike", async () => {
    const turns = numbers(
      records(
        await make(rotate90),
        filled([4, 4, 1], (i) => i),
        1200,
      ),
      "turns",
    );
    for (const k of [1, 2, 3])
      expect(Math.abs(turns.filter((t) => t === k).length - 300)).toBeLessThan(errors * Math.sqrt(225));
  });

  it("keeps the shape of an image that is not square, unless told", async () => {
    const x = filled([2, 3, 1], (i) => i);
    expect(new Set(numbers(records(await make(rotate90), x, 60), "turns"))).toEqual(new Set([2]));
    expect(new Set(numbers(records(await make(rotate90, { keepShape: false }), x, 60), "turns"))).toEqual(
      new Set([1, 2, 3]),
    );
    expect(records(await make(rotate90, { turns: [1, 3] }), x, 60)).toEqual([]);
  });

  it("turns counter-clockwise, four times back to the start", async () => {
    const a = await make(rotate90);
    const x = filled([2, 3, 1], (i) => i);
    expect(a.apply(x, { turns: 1 })).toMatchObject({ shape: [3, 2, 1], data: Float64Array.of(2, 5, 1, 4, 0, 3) });
    let y: SpectralArray = x;
    for (let k = 0; k < 4; k++) y = a.apply(y, { turns: 1 });
    expect(y).toEqual(x);
  });
});

describe("random-crop", () => {
  it("reaches every place, with equal chances", async () => {
    const a = await make(randomCrop, { height: 3, width: 2 });
    const drawn = records(
      a,
      filled([5, 4, 2], (i) => i),
      1800,
    );
    const places = new Map<string, number>();
    for (const { row, column } of drawn) {
      const place = JSON.stringify([row, column]);
      places.set(place, (places.get(place) ?? 0) + 1);
    }
    expect(places.size).toBe(9);
    for (const count of places.values()) expect(Math.abs(count - 200)).toBeLessThan(errors * Math.sqrt(200));
  });

  it("cuts a larger target at the same relative place", async () => {
    const a = await make(randomCrop, { height: 1, width: 2 });
    const params = { row: 1, column: 0, height: 1, width: 2, of: [2, 3] };
    const target = filled([4, 6, 1], (i) => i);
    expect(a.apply(target, params)).toMatchObject({
      shape: [2, 4, 1],
      data: Float64Array.of(12, 13, 14, 15, 18, 19, 20, 21),
    });
    expect(() =>
      a.apply(
        filled([3, 6, 1], (i) => i),
        params,
      ),
    ).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_SHAPE" }));
  });

  it("refuses images that are too small, and spectra", async () => {
    const a = await make(randomCrop, { height: 8, width: 8 });
    for (const shape of [[7, 9, 2], [20]])
      expect(() =>
        records(
          a,
          filled(shape, (i) => i),
          1,
        ),
      ).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_SHAPE" }));
  });
});

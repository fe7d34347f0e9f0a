import { type LabelArray, rng, type SpectralArray, spectralArray, type Transform } from "@spectrai/core";
import { exampleCube } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import plugin, * as all from "../src/index.ts";
import { make } from "./helpers.ts";

const [height, width, bands] = [5, 6, 60];
const cube = exampleCube();
/** A third of the pixels does not count, some of them side by side and at the border. */
const valid = Uint8Array.from({ length: height * width }, (_, i) => (i % 7 === 2 || i === 9 || i === 29 ? 0 : 1));

const uncounted = valid.map((v) => 1 - v);

/** The cube with other values where nothing counts. */
const withRest = (value: (i: number) => number, mask = valid): SpectralArray =>
  spectralArray(
    cube.data.map((v, i) => (mask[Math.floor(i / bands)] === 1 ? v : value(i))),
    cube.shape,
    cube.axis,
    mask,
  );

/** Values that many a step refuses in pixels that count: none, all equal, below 0, huge. */
const random = rng("valid");
const rests = [() => 0, () => -3, (i: number) => 1e6 * Math.sin(i), () => 50 * random.normal()].map((v) => withRest(v));

const variants: Readonly<Record<string, readonly object[]>> = {
  "area-normalize": [{}, { area: "trapezoid" }, { per: "cube" }],
  "bicubic-resize": [{}, { height: 9, width: 3 }, { scale: 2 }, { scale: 0.5 }],
  "center-crop": [{ height: 3, width: 2 }],
  crop: [{ start: 700, stop: 1200 }],
  "max-normalize": [{}, { per: "cube" }],
  "min-max-normalize": [{}, { per: "cube" }],
  "pad-image": [{ height: 8, width: 11 }],
  "pca-bands": [{ components: 3 }, { components: 3, whiten: true }],
  "pick-bands": [{ bands: [3, 4, 9] }],
  "range-scale": [{}, { per: "band" }, { low: 2, high: 90 }],
  standardize: [{}, { per: "cube" }],
  "vector-normalize": [{}, { per: "cube" }],
};

const values = (x: SpectralArray, counted: ArrayLike<number>): number[] => {
  const points = x.shape.at(-1)!;
  return Array.from(x.data).filter((_, i) => counted[Math.floor(i / points)] === 1);
};

/** A pixel of the result counts where a change of a pixel that does not count changes nothing, seen one pixel at a time. */
function validBySight(t: Transform): Uint8Array {
  const flat = spectralArray(new Float64Array(cube.data.length).fill(1), cube.shape, cube.axis);
  const before = t.apply(flat);
  const [h, w] = before.shape as [number, number];
  const out = new Uint8Array(h * w).fill(1);
  for (let s = 0; s < valid.length; s++) {
    if (valid[s] === 1) continue;
    const data = flat.data.slice();
    data[s * bands] = 1e6;
    const after = t.apply(spectralArray(data, flat.shape, flat.axis));
    for (let p = 0; p < out.length; p++) if (after.data[p * bands] !== before.data[p * bands]) out[p] = 0;
  }
  return out;
}

const moved = (t: Transform): Uint8Array =>
  Uint8Array.from(
    t.applyMask!({
      data: Int32Array.from(valid),
      shape: [height, width],
      dtype: "int32",
      ignored: -1,
    } satisfies LabelArray).data,
  );

describe("pixels that do not count", () => {
  for (const component of plugin.components)
    for (const options of variants[component.name] ?? [{}])
      it(`${component.name} ${JSON.stringify(options)} carries the mask and looks at nothing else`, async () => {
        const t = await make(component as Parameters<typeof make>[0], options);
        const expected =
          t.affects !== "spatial" ? valid : component.name === "bicubic-resize" ? validBySight(t) : moved(t);
        const state = t.fit?.([rests[0]!, rests[1]!]);
        const first = t.apply(rests[0]!, state);
        expect(first.valid).toEqual(expected);
        const kept = values(first, expected);
        expect(kept.length).toBeGreaterThan(0);
        for (const x of rests) {
          expect(t.fit?.([x, x])).toEqual(t.fit?.([rests[0]!, rests[0]!]));
          const y = t.apply(x, state);
          expect(y.data.every(Number.isFinite)).toBe(true);
          expect(values(y, expected)).toEqual(kept);
          if (t.affects === "value") expect(values(y, uncounted).every((v) => v === 0)).toBe(true);
          if (!t.inverse) continue;
          const back = t.inverse(y, x, state);
          expect(back.valid).toEqual(t.affects === "spatial" ? valid : y.valid);
          expect(values(back, back.valid!)).toEqual(values(t.inverse(first, rests[0]!, state), back.valid!));
        }
        // Where all pixels count, the mask changes nothing.
        const every = new Uint8Array(valid.length).fill(1);
        const masked = t.apply(
          withRest(() => 0, every),
          state,
        );
        expect(masked.valid?.every((v) => v === 1)).toBe(true);
        expect(masked.data).toEqual(t.apply(cube, state).data);
      });

  it("of a cube without any that count pass through every step", async () => {
    const none = withRest(() => 0, new Uint8Array(valid.length));
    for (const component of plugin.components) {
      const t = await make(component as Parameters<typeof make>[0]);
      const y = t.apply(none, t.fit?.([cube]));
      expect(y.valid!.every((v) => v === 0)).toBe(true);
      expect(y.data.every(Number.isFinite)).toBe(true);
      t.inverse?.(y, none, t.fit?.([cube]));
      if (t.fit) expect(() => t.fit!([none])).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_EMPTY" }));
    }
  });

  it("are told from those that count when a value is refused", async () => {
    const t = await make(all.maxNormalize);
    const data = cube.data.map((v, i) => (Math.floor(i / bands) === 8 ? -1 : v));
    expect(() => t.apply(spectralArray(data, cube.shape, cube.axis, valid))).toThrow("row 1, column 2");
    const whole = await make(all.maxNormalize, { per: "cube" });
    const nan = cube.data.map((v, i) => (i === 8 * bands + 5 ? NaN : v));
    expect(() => whole.apply(spectralArray(nan, cube.shape, cube.axis, valid))).toThrow(
      "row 1, column 2 of the cube has the value NaN at point 5",
    );
  });
});

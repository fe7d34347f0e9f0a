import {
  indexAxis,
  type JsonObject,
  rng,
  type SampleAugmentation,
  type SpectralArray,
  spectralArray,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";
import plugin from "../src/index.ts";
import { filled, make } from "./helpers.ts";

const [height, width, bands] = [8, 12, 7];
const cube = filled([height, width, bands], (i) => 2 + Math.sin(i) + (i % bands));
const valid = Uint8Array.from({ length: height * width }, (_, i) => (i % 23 === 4 || i === 50 || i === 0 ? 0 : 1));

/** The cube with other values where nothing counts. */
const withRest = (value: (i: number) => number, mask = valid): SpectralArray =>
  spectralArray(
    cube.data.map((v, i) => (mask[Math.floor(i / bands)] === 1 ? v : value(i))),
    cube.shape,
    indexAxis(bands),
    mask,
  );
const rests = [() => 0, () => -1e4, (i: number) => 1e6 * Math.sin(i)].map((v) => withRest(v));

const variants: Readonly<Record<string, readonly object[]>> = {
  "add-background": [{}, { on: "both" }],
  downsample: [
    { scale: 2 },
    { scale: 4, kernel: "skip" },
    { scale: 2, kernel: "area" },
    { scale: 2, kernel: "gaussian", sigma: 0.4 },
  ],
  "impulse-noise": [{}, { dataRange: 3 }],
  "mixed-noise": [1, 2, 3, 4, 5].map((number) => ({ case: number })),
  "random-crop": [{}, { height: 3, width: 5 }],
  "rotate-90": [{ turns: [1], keepShape: false }, { turns: [2] }, { turns: [3], keepShape: false }],
};

const samplers = plugin.components.filter((c) => !["mixup", "noise-resample"].includes(c.name));

const values = (x: SpectralArray, counted: ArrayLike<number>): number[] =>
  Array.from(x.data).filter((_, i) => counted[Math.floor(i / bands)] === 1);

const moved = (a: SampleAugmentation, params: JsonObject): Uint8Array =>
  Uint8Array.from(
    a.applyMask!({ data: Int32Array.from(valid), shape: [height, width], dtype: "int32", ignored: -1 }, params).data,
  );

/** A pixel of the result counts where a change of any that does not count leaves it as it is. */
function validBySight(a: SampleAugmentation): Uint8Array {
  const before = a.apply(
    filled(cube.shape, () => 1),
    {},
  );
  const out = new Uint8Array(before.data.length / bands).fill(1);
  for (let s = 0; s < valid.length; s++) {
    if (valid[s] === 1) continue;
    const after = a.apply(
      filled(cube.shape, (i) => (i === s * bands ? 1e6 : 1)),
      {},
    );
    for (let p = 0; p < out.length; p++) if (after.data[p * bands] !== before.data[p * bands]) out[p] = 0;
  }
  return out;
}

describe("pixels that do not count", () => {
  for (const component of samplers)
    for (const options of variants[component.name] ?? [{}])
      it(`${component.name} ${JSON.stringify(options)} carries the mask and looks at nothing else`, async () => {
        const a = await make(component as Parameters<typeof make>[0], options);
        let drawn = 0;
        for (let draw = 0; draw < 12; draw++) {
          const params = a.sample(rests[0]!, rng("valid", draw));
          for (const x of rests) expect(a.sample(x, rng("valid", draw))).toEqual(params);
          if (!params) continue;
          drawn++;
          const expected =
            a.affects !== "spatial" ? valid : component.name === "downsample" ? validBySight(a) : moved(a, params);
          const first = a.apply(rests[0]!, params);
          const kept = values(first, expected);
          expect(kept.length).toBeGreaterThan(0);
          for (const x of rests) {
            const y = a.apply(x, params);
            expect(y.valid).toEqual(expected);
            expect(values(y, expected)).toEqual(kept);
          }
          const every = withRest(() => 0, new Uint8Array(valid.length).fill(1));
          expect(a.apply(every, params).data).toEqual(a.apply(cube, params).data);
        }
        expect(drawn).toBeGreaterThan(0);
      });

  it("of a cube without any that count pass through", async () => {
    const none = withRest((i) => i, new Uint8Array(valid.length));
    for (const component of samplers) {
      const a = await make(component as Parameters<typeof make>[0]);
      for (let draw = 0; draw < 5; draw++) {
        const params = a.sample(none, rng("none", draw));
        expect(JSON.parse(JSON.stringify(params))).toEqual(params);
        if (!params) continue;
        const y = a.apply(none, params);
        expect(y.valid!.every((v) => v === 0)).toBe(true);
        expect(y.data.every(Number.isFinite)).toBe(true);
      }
    }
  });
});

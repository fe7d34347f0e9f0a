import { readFileSync } from "node:fs";
import type { SpectralArray } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { fillInvalid } from "../src/images/fill.ts";
import { cubicKernel, interpolate, type Kernel, lanczosKernel } from "../src/images/interpolate.ts";
import { bicubic, bicubicSchema, lanczos, lanczosSchema } from "../src/index.ts";
import { fit } from "./helpers.ts";
import { cube, meanSquare, pairsOf, scene } from "./image-samples.ts";
import { nothing } from "./table.ts";

const table = JSON.parse(readFileSync(new URL("image-table.json", import.meta.url), "utf8")) as {
  readonly shape: number[];
  readonly image: number[];
  readonly pytorch: Record<string, number[]>;
  readonly bicubic: number[];
  readonly lanczos: number[];
};
const image = cube(table.image, table.shape);
const centred = (scale: number): number => 1 / (2 * scale) - 1 / 2;

/** The values of an image without `border` pixels on each side. */
const inner = (data: ArrayLike<number>, [h, w, l]: readonly number[], border: number): number[] =>
  Array.from(data).filter((_, at) => {
    const x = Math.floor(at / l!) % w!;
    const y = Math.floor(at / l! / w!);
    return x >= border && x < w! - border && y >= border && y < h! - border;
  });

describe("interpolate", () => {
  it("is PyTorch's bicubic with a = -0.75, borders included", () => {
    const { data, shape } = interpolate(image, 3, centred(3), cubicKernel(-0.75));
    expect(shape).toEqual([27, 24, 2]);
    expectAllClose(data, table.pytorch["3"]!, { rtol: 2e-7 }); // seven digits in the table
  });

  it("is Pillow's bicubic and Lanczos where the border is out of reach", () => {
    // Single precision in Pillow.
    const cubic = interpolate(image, 3, centred(3), cubicKernel(-0.5));
    expectAllClose(inner(cubic.data, cubic.shape, 6), inner(table.bicubic, cubic.shape, 6), { rtol: 1e-6 });
    const sinc = interpolate(image, 2, centred(2), lanczosKernel(3));
    expectAllClose(inner(sinc.data, sinc.shape, 6), inner(table.lanczos, sinc.shape, 6), { rtol: 1e-6 });
  });

  it("is the sum of kernels over the pixels about each place", () => {
    const slow = ({ data, shape }: SpectralArray, scale: number, first: number, kernel: Kernel): number[] => {
      const [h, w, l] = shape as [number, number, number];
      const at = (y: number, x: number, j: number): number =>
        data[(Math.min(Math.max(y, 0), h - 1) * w + Math.min(Math.max(x, 0), w - 1)) * l + j]!;
      const out: number[] = [];
      for (let y = 0; y < h * scale; y++)
        for (let x = 0; x < w * scale; x++)
          for (let j = 0; j < l; j++) {
            let sum = 0;
            let total = 0;
            for (let v = -6; v < h + 6; v++)
              for (let u = -6; u < w + 6; u++) {
                const weight = kernel.weight(first + y / scale - v) * kernel.weight(first + x / scale - u);
                sum += weight * at(v, u, j);
                total += weight;
              }
            out.push(sum / total);
          }
      return out;
    };
    for (const kernel of [cubicKernel(-0.5), lanczosKernel(3), lanczosKernel(2)])
      for (const [scale, first] of [
        [4, centred(4)],
        [3, 0],
        [1, 0],
      ] as const)
        expectAllClose(interpolate(image, scale, first, kernel).data, slow(image, scale, first, kernel), {
          rtol: 1e-13,
        });
  });

  it("reproduces a parabola with a = -0.5, away from the border", () => {
    const parabola = (y: number, x: number): number => 1 + 0.2 * y - 0.3 * x + 0.05 * y * y + 0.02 * x * x;
    const coarse = cube(
      Array.from({ length: 100 }, (_, i) => parabola(Math.floor(i / 10), i % 10)),
      [10, 10, 1],
    );
    const { data, shape } = interpolate(coarse, 4, centred(4), cubicKernel(-0.5));
    const exact = Array.from({ length: 1600 }, (_, i) =>
      parabola(centred(4) + Math.floor(i / 40) / 4, centred(4) + (i % 40) / 4),
    );
    expectAllClose(inner(data, shape, 8), inner(exact, shape, 8), { rtol: 1e-13 });
  });

  it("keeps single precision, and continues what counts into what does not", () => {
    const single = { ...image, data: Float32Array.from(image.data), dtype: "float32" as const };
    expect(interpolate(single, 2, centred(2), cubicKernel(-0.5)).data).toBeInstanceOf(Float32Array);
    const valid = Uint8Array.from([0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0]); // 4 × 3
    const values = Float64Array.from([9, 9, 9, 9, 4, 9, 9, 7, 8, 9, 9, 9]);
    const filled = fillInvalid(cube(values, [4, 3, 1], valid));
    expect(Array.from(filled.data)).toEqual([4, 4, 4, 4, 4, 4, 7, 7, 8, 7, 7, 8]);
    const none = cube(values, [4, 3, 1], new Uint8Array(12));
    expect(fillInvalid(none)).toBe(none);
  });
});

/** The mean of each block of pixels, or its first. */
function shrunk({ data, shape }: SpectralArray, scale: number, skip: boolean): SpectralArray {
  const [h, w, l] = shape as [number, number, number];
  const out = new Float64Array((data.length / scale / scale) | 0);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let j = 0; j < l; j++) {
        const to = (Math.floor(y / scale) * (w / scale) + Math.floor(x / scale)) * l + j;
        const v = data[(y * w + x) * l + j]!;
        if (!skip) out[to]! += v / scale / scale;
        else if (y % scale === 0 && x % scale === 0) out[to] = v;
      }
  return cube(out, [h / scale, w / scale, l]);
}

describe.each([
  ["bicubic", () => bicubic.create(bicubicSchema.parse({}), {})],
  ["lanczos", () => lanczos.create(lanczosSchema.parse({}), {})],
] as const)("%s", (name, make) => {
  const scenes = [0, 1, 2].map((i) => scene(32, 24, 5, `scene ${i}`));
  const part = (skip: boolean, of = scenes) => pairsOf(...of.map((s) => [shrunk(s, 4, skip), s] as const));

  it("finds scale and place of the grid from the training part", async () => {
    for (const skip of [false, true]) {
      const fitted = await fit(make(), part(skip), nothing);
      expect(fitted.chosen["grid"]).toBe(skip ? "first-pixel" : "centre");
      const unseen = scene(32, 24, 5, "unseen");
      const { data, shape } = fitted.predict(shrunk(unseen, 4, skip));
      expect(shape).toEqual([32, 24, 5]);
      const repeated = interpolate(shrunk(unseen, 4, skip), 4, skip ? 0 : centred(4), {
        reach: 1,
        weight: (d) => (d >= -0.5 && d < 0.5 ? 1 : 0),
      });
      expect(meanSquare(data, unseen.data)).toBeLessThan(meanSquare(repeated.data, unseen.data) / 4);
    }
  });

  it("is judged by an explicit loop over its settings, on pixels that count", async () => {
    const valid = Uint8Array.from({ length: 32 * 24 }, (_, i) => (i % 24 < 12 ? 1 : 0));
    const spoilt = scenes.map((s) => ({
      ...s,
      data: s.data.map((v, at) => (valid[Math.floor(at / 5)] ? v : 1e6)),
      valid,
    }));
    const pairs = scenes.map((s, i) => [shrunk(s, 4, false), spoilt[i]!] as const);
    const fitted = await fit(make(), pairsOf(...pairs), nothing);
    const errors = pairs.map(([input, target]) => {
      const { data } = fitted.predict(input);
      const kept = (x: ArrayLike<number>): number[] => Array.from(x).filter((_, at) => valid[Math.floor(at / 5)]);
      return meanSquare(kept(data), kept(target.data));
    });
    expect(fitted.chosen["trainingMse"]).toBeCloseTo((errors[0]! + errors[1]! + errors[2]!) / 3, 12);
  });

  it("says why other targets do not suit it", async () => {
    const [s] = scenes;
    const refused = async (data: Parameters<typeof fit>[1], code: string, message: RegExp): Promise<void> =>
      expect(fit(make(), data, nothing)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
    await refused(nothing, "SPECTRAI_DATA_EMPTY", new RegExp(name));
    await refused(pairsOf([scene(20, 24, 5, "a"), s!]), "SPECTRAI_TASK_UNSUITABLE", /20 × 24 and 32 × 24/);
    await refused(
      pairsOf([shrunk(s!, 4, false), s!], [shrunk(s!, 2, false), s!]),
      "SPECTRAI_TASK_UNSUITABLE",
      /first has 4 and sample "image 1" 2/,
    );
    await refused(pairsOf([scene(8, 6, 4, "a"), s!]), "SPECTRAI_TASK_UNSUITABLE", /axis/);
    const fitted = await fit(make(), part(false), nothing);
    expect(() => fitted.predict(scene(4, 4, 6, "b"))).toThrow(
      expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }),
    );
  });
});

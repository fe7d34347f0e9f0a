import { indexAxis, rng, type SpectralArray, spectralArray } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { downsample } from "../src/index.ts";
import { filled, make } from "./helpers.ts";

/** The image of the golden values. */
const image = (height: number, width: number): SpectralArray =>
  filled([height, width, 1], (i) => {
    const [r, c] = [Math.floor(i / width), i % width];
    return ((7 * r + 13 * c) % 11) + 0.5 * ((r * c) % 5);
  });

const noise = (shape: readonly [number, number, number]): SpectralArray => {
  const random = rng("downsample", ...shape);
  return filled(shape, () => random.normal());
};

const apply = async (x: SpectralArray, options: object): Promise<SpectralArray> =>
  (await make(downsample, options)).apply(x, {});

const mirrored = (i: number, n: number): number =>
  i < 0 ? mirrored(-1 - i, n) : i >= n ? mirrored(2 * n - 1 - i, n) : i;

/** Every coarse pixel as a weighted mean over the plane around the middle of its block, written out. */
function slow(x: SpectralArray, scale: number, kernel: (d: number) => number): Float64Array {
  const [h, w, bands] = x.shape as [number, number, number];
  const out: number[] = [];
  for (let r = 0; r < h / scale; r++)
    for (let c = 0; c < w / scale; c++) {
      const sums = new Float64Array(bands);
      let total = 0;
      for (let i = -3 * h; i < 4 * h; i++)
        for (let j = -3 * w; j < 4 * w; j++) {
          const weight =
            kernel(Math.abs(i - r * scale - (scale - 1) / 2)) * kernel(Math.abs(j - c * scale - (scale - 1) / 2));
          if (weight === 0) continue;
          total += weight;
          for (let b = 0; b < bands; b++)
            sums[b]! += weight * x.data[(mirrored(i, h) * w + mirrored(j, w)) * bands + b]!;
        }
      out.push(...sums.map((v) => v / total));
    }
  return Float64Array.from(out);
}

/** Keys' cubic as it is printed in his paper. */
const keys = (s: number): number =>
  s < 1 ? (3 / 2) * s ** 3 - (5 / 2) * s ** 2 + 1 : s < 2 ? -(1 / 2) * s ** 3 + (5 / 2) * s ** 2 - 4 * s + 2 : 0;

describe("downsample", () => {
  // PyTorch 2.13: interpolate(mode="bicubic", antialias=True) of the image mirrored at its edges by four blocks, in float64.
  it.each([
    [
      8,
      12,
      4,
      [5.2068555355072, 5.81012934446335, 5.7828808426857, 5.8145067691803, 5.96620732545853, 5.70067018270493],
    ],
    [
      6,
      9,
      3,
      [4.58344764517604, 5.89986282578875, 5.6257430269776, 6.18609967992684, 5.79149519890261, 5.35779606767261],
    ],
    [
      4,
      6,
      2,
      [3.65095520019531, 4.61834716796875, 7.14476013183594, 6.09611511230469, 6.17462158203125, 5.81520080566406],
    ],
  ])("bicubic, %i × %i by %i: as PyTorch", async (h, w, scale, expected) => {
    // Golden values have 15 digits.
    expectAllClose((await apply(image(h, w), { scale })).data, expected, { rtol: 1e-14 });
  });

  it("gaussian: as SciPy's filter of odd blocks, read at their middle", async () => {
    // SciPy 1.17: gaussian_filter(image, 1.1, mode="reflect", truncate=4)[1::3, 1::3].
    const y = await apply(image(6, 9), { scale: 3, kernel: "gaussian", sigma: 1.1 });
    expectAllClose(
      y.data,
      [4.89015353818291, 5.77382985316021, 5.87682796789507, 6.23358625602392, 5.77423552716832, 5.50043303712822],
      { rtol: 1e-14 },
    );
  });

  it.each([2, 3, 4, 5])("by %i: every kernel as its definition written out", async (scale) => {
    const x = noise([2 * scale, 3 * scale, 2]);
    const same = async (options: object, kernel: (d: number) => number): Promise<void> => {
      const y = await apply(x, { scale, ...options });
      expect(y.shape).toEqual([2, 3, 2]);
      // Sums of up to (4 · 5)² terms in another order.
      expectAllClose(y.data, slow(x, scale, kernel), { rtol: 1e-13, atol: 1e-14 });
    };
    await same({}, (d) => keys(d / scale));
    await same({ antialias: false }, keys);
    await same({ kernel: "area" }, (d) => (d < scale / 2 ? 1 : 0));
    await same({ kernel: "gaussian" }, (d) => (d < 2 * scale ? Math.exp(-(d * d) / (0.5 * scale * scale)) : 0));
    await same({ kernel: "gaussian", sigma: 0.3 }, (d) => (d < 1.2 ? Math.exp(-(d * d) / 0.18) : 0));
  });

  it("skip takes the middle pixel, of even blocks the last before it, and masks alike", async () => {
    const x = filled([4, 8, 1], (i) => i);
    expect((await apply(x, { scale: 4, kernel: "skip" })).data).toEqual(Float64Array.of(9, 13));
    expect(
      (
        await apply(
          filled([3, 6, 1], (i) => i),
          { scale: 3, kernel: "skip" },
        )
      ).data,
    ).toEqual(Float64Array.of(7, 10));
    const mask = {
      data: Int32Array.from({ length: 32 }, (_, i) => i),
      shape: [4, 8],
      dtype: "int32",
      ignored: -1,
    } as const;
    const a = await make(downsample, { scale: 2 });
    expect(a.applyMask!(mask, {})).toEqual({
      ...mask,
      data: Int32Array.of(0, 2, 4, 6, 16, 18, 20, 22),
      shape: [2, 4],
    });
    expect(a.scale).toBe(2);
    expect([a.on, a.affects]).toEqual(["input", "spatial"]);
  });

  it("keeps what is the same everywhere, the axis, and the middle of a slope", async () => {
    for (const kernel of ["bicubic", "gaussian", "area"]) {
      const ramp = filled([40, 40, 1], (i) => (i % 40) + 2 * Math.floor(i / 40));
      const y = await apply(ramp, { scale: 4, kernel });
      // Half-pixel centres: block 5 has its middle at 21.5, far from the mirrored border.
      expect(y.data[5 * 10 + 5]).toBeCloseTo(21.5 * 3, 10);
      expect(y.axis).toBe(ramp.axis);
      const flat = await apply(
        filled([8, 8, 3], (i) => 1 + (i % 3)),
        { scale: 4, kernel },
      );
      expectAllClose(flat.data, [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3], { rtol: 1e-14 });
    }
  });

  it("counts pixels that are made of such as count", async () => {
    const valid = new Uint8Array(16 * 16).fill(1);
    valid[5 * 16 + 6] = 0; // Row 5, column 6: in block (1, 1) of 4 × 4.
    const x = spectralArray(new Float64Array(256), [16, 16, 1], indexAxis(1), valid);
    const blocks = async (options: object): Promise<number[]> =>
      Array.from((await apply(x, { scale: 4, ...options })).valid!).flatMap((v, i) => (v === 0 ? [i] : []));
    expect(await blocks({ kernel: "area" })).toEqual([5]);
    expect(await blocks({ kernel: "skip" })).toEqual([]);
    // Within 8 pixels: the middles at 1.5, 5.5 and 9.5 of rows and columns, and 13.5 of columns.
    expect(await blocks({})).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    valid[5 * 16 + 6] = 1;
    valid[5 * 16 + 5] = 0; // The pixel that skip takes.
    expect(await blocks({ kernel: "skip" })).toEqual([5]);
  });

  it("refuses sizes that are no multiple, spectra, and options of another kernel", async () => {
    const a = await make(downsample, { scale: 4 });
    const shapeError = expect.objectContaining({ code: "SPECTRAI_DATA_SHAPE" });
    for (const x of [image(8, 10), filled([8], () => 1)]) {
      expect(() => a.apply(x, {})).toThrow(shapeError);
      expect(() => a.sample(x, rng("any"))).toThrow(shapeError);
    }
    expect(() => a.apply(image(8, 10), {})).toThrow("crop it to 8 × 8");
    await expect(make(downsample, { sigma: 1 })).rejects.toThrow("gaussian alone");
    await expect(make(downsample, { kernel: "area", antialias: false })).rejects.toThrow("bicubic alone");
    await expect(make(downsample, { scale: 1 })).rejects.toThrow(">=2");
  });
});

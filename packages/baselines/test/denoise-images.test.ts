import { readFileSync } from "node:fs";
import { rng, type SpectralArray } from "@spectrai/core";
import { columnMeans, matrix, principalComponents, subtractRow } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { medianFilter } from "../src/images/median-filter.ts";
import { noiseLevels } from "../src/images/noise-level.ts";
import { pixelRows } from "../src/images/pixels.ts";
import { medianOf, selectSmallest } from "../src/images/select.ts";
import {
  lowRank,
  lowRankSchema,
  median,
  medianSchema,
  pcaImage,
  pcaImageSchema,
  savitzkyGolayBaseline,
  savitzkyGolayBaselineSchema,
} from "../src/index.ts";
import { fit, slowMultiply, slowTranspose } from "./helpers.ts";
import { cube, meanSquare, noisy, pairsOf, scene } from "./image-samples.ts";
import { nothing } from "./table.ts";

const table = JSON.parse(readFileSync(new URL("image-table.json", import.meta.url), "utf8")) as {
  readonly shape: number[];
  readonly image: number[];
  readonly median: Record<string, number[]>;
};
const image = cube(table.image, table.shape);

function slowMedian({ data, shape, valid }: SpectralArray, window: number): number[] {
  const [, w, l] = shape as [number, number, number];
  return Array.from(data, (own, at) => {
    const x = Math.floor(at / l) % w;
    const y = Math.floor(at / l / w);
    const seen = Array.from(data.keys())
      .filter((i) => i % l === at % l && (!valid || valid[Math.floor(i / l)]))
      .filter(
        (i) => Math.abs((Math.floor(i / l) % w) - x) <= window / 2 && Math.abs(Math.floor(i / l / w) - y) <= window / 2,
      )
      .map((i) => data[i]!)
      .toSorted((a, b) => a - b);
    const half = seen.length >> 1;
    return seen.length === 0 ? own : seen.length % 2 ? seen[half]! : (seen[half - 1]! + seen[half]!) / 2;
  });
}

describe("medianFilter", () => {
  it("selects as sorting does", () => {
    const random = rng(1, "select");
    for (let n = 1; n < 40; n++) {
      const values = Float64Array.from({ length: n }, () => random.integer(12));
      const sorted = values.toSorted();
      for (let k = 0; k < n; k++) expect(selectSmallest(values.slice(), n, k)).toBe(sorted[k]);
      expect(medianOf(values, n)).toBe((sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2);
    }
  });

  it("is SciPy's away from the border", () => {
    for (const window of [3, 5]) {
      const border = (window - 1) / 2;
      const inner = (of: ArrayLike<number>): number[] =>
        Array.from(of).filter((_, at) => {
          const x = Math.floor(at / 2) % 8;
          const y = Math.floor(at / 16);
          return x >= border && x < 8 - border && y >= border && y < 9 - border;
        });
      expect(inner(medianFilter(image, window).data)).toEqual(inner(table.median[window]!));
    }
  });

  it("leaves out what lies beyond the border and what does not count", () => {
    const valid = Uint8Array.from({ length: 72 }, (_, i) => (i % 8 < 3 || i % 5 === 0 ? 1 : 0));
    for (const window of [1, 3, 7]) {
      expect(Array.from(medianFilter(image, window).data)).toEqual(slowMedian(image, window));
      const masked = { ...image, valid };
      expect(Array.from(medianFilter(masked, window).data)).toEqual(slowMedian(masked, window));
    }
  });
});

describe("noiseLevels", () => {
  it("finds the noise of each band, whatever the scene, and despite a few bad pixels", () => {
    const smooth = scene(60, 50, 6, "noise");
    const random = rng(3, "noise");
    const data = smooth.data.map((v, at) => (random.chance(0.02) ? 40 : v + 0.02 * (1 + (at % 6)) * random.normal()));
    // 2,784 responses that overlap: about 3 % standard error, and the bad pixels touch 17 % of them.
    noiseLevels({ ...smooth, data }).forEach((v, j) => expect(v / (0.02 * (1 + j))).toBeCloseTo(1.1, 0));
    expect(noiseLevels(cube(new Float64Array(8), [2, 2, 2]))).toEqual(Float64Array.of(1, 1));
    expect(noiseLevels(cube(new Float64Array(32), [4, 4, 2]))).toEqual(Float64Array.of(1, 1));
  });
});

describe("pixelRows", () => {
  it("takes pixels that count, of many every n-th and from all columns", () => {
    const valid = Uint8Array.from({ length: 72 }, (_, i) => (i < 10 ? 0 : 1));
    expect(pixelRows({ ...image, valid }, 100).data).toEqual(image.data.slice(20));
    const some = pixelRows(image, 18); // every fourth would be columns 0 and 4 of 8
    expect(some.rows).toBe(15);
    for (let i = 0; i < 15; i++) expect(some.data[2 * i]).toBe(image.data[10 * i]);
    expect(pixelRows({ ...image, valid: new Uint8Array(72) }, 100).rows).toBe(72);
  });
});

const scenes = [0, 1, 2].map((i) => scene(24, 20, 12, `clean ${i}`));
const part = (spoil: (image: SpectralArray, seed: string) => SpectralArray) =>
  pairsOf(...scenes.map((s, i) => [spoil(s, `noise ${i}`), s] as const));
const gaussian = (of: SpectralArray, seed: string): SpectralArray => noisy(of, 0.3, seed);
/** Gaussian noise, and in a third of the bands impulses and a dead column. */
function mixed(of: SpectralArray, seed: string): SpectralArray {
  const random = rng(9, seed);
  const data = noisy(of, 0.1, seed).data;
  for (let at = 0; at < data.length; at++)
    if (at % 3 === 0 && (random.chance(0.2) || Math.floor(at / 12) % 20 === 4 + (at % 12)))
      data[at] = random.chance(0.5) ? 0 : 6;
  return { ...of, data };
}

describe("median", () => {
  it("takes the window of an explicit loop", async () => {
    const train = part(mixed);
    const fitted = await fit(median.create(medianSchema.parse({}), {}), train, nothing);
    const errors = [1, 3, 5, 7].map((window) =>
      scenes.reduce((sum, s, i) => sum + meanSquare(medianFilter(train.sample(i).input, window).data, s.data) / 3, 0),
    );
    const best = Math.min(...errors);
    expect(fitted.chosen).toEqual({
      window: [1, 3, 5, 7][errors.indexOf(best)],
      trainingMse: expect.closeTo(best, 12),
    });
    expect(best).toBeLessThan(errors[0]! / 4);
  });

  it("refuses what is no image", async () => {
    const spectrum = cube([1, 2, 3], [3]);
    await expect(
      fit(median.create(medianSchema.parse({}), {}), pairsOf([spectrum, spectrum]), nothing),
    ).rejects.toMatchObject({ code: "SPECTRAI_TASK_UNSUITABLE", message: expect.stringContaining("[3]") });
    expect(medianSchema.safeParse({ windows: [4] }).success).toBe(false);
  });
});

describe("pca-image", () => {
  const make = (options: object = {}): unknown => pcaImage.create(pcaImageSchema.parse(options), {});

  it("keeps the leading part of the image's own singular value decomposition", async () => {
    const fitted = await fit(make({ components: [3] }), part(gaussian), nothing);
    const input = gaussian(scene(9, 8, 12, "other"), "other");
    const x = matrix(72, 12, Float64Array.from(input.data));
    const mean = columnMeans(x);
    const centred = subtractRow(x, mean);
    const { axes } = principalComponents(x);
    const kept = matrix(3, 12, axes.data.slice(0, 36));
    const expected = slowMultiply(slowMultiply(centred, slowTranspose(kept)), kept).data.map(
      (v, at) => v + mean[at % 12]!,
    );
    expectAllClose(fitted.predict(input).data, expected, { rtol: 1e-12 });
    // No other rank-3 matrix is nearer (Eckart and Young): what is left has the squares of the smaller singular values.
    const left = meanSquare(fitted.predict(input).data, input.data) * 72 * 12;
    const { variances } = principalComponents(x);
    expect(left).toBeCloseTo(
      variances.slice(3).reduce((a, b) => a + b, 0),
      9,
    );
  });

  it("chooses the rank of the scene, and gives the image back with all components", async () => {
    const fitted = await fit(make(), part(gaussian), nothing);
    expect([3, 4]).toContain(fitted.chosen["components"]); // four spectra, of which two may be alike
    const all = await fit(make({ components: [12] }), part(gaussian), nothing);
    expectAllClose(all.predict(scenes[0]!).data, scenes[0]!.data, { rtol: 1e-10 });
    const few = await fit(make({ components: [500] }), part(gaussian), nothing);
    expect(few.chosen["components"]).toBe(12);
  });

  it("is not led astray by pixels that do not count", async () => {
    const fitted = await fit(make({ components: [4] }), part(gaussian), nothing);
    const own = gaussian(scenes[0]!, "masked");
    const valid = Uint8Array.from({ length: 480 }, (_, i) => (i % 20 < 15 ? 1 : 0));
    const spoilt = { ...own, valid, data: own.data.map((v, at) => (valid[Math.floor(at / 12)] ? v : 1e3 * (at % 7))) };
    const cut = Float64Array.from(own.data).filter((_, at) => valid[Math.floor(at / 12)]);
    const kept = Float64Array.from(fitted.predict(spoilt).data).filter((_, at) => valid[Math.floor(at / 12)]);
    expectAllClose(kept, fitted.predict(cube(cut, [24, 15, 12])).data, { rtol: 1e-9 });
  });
});

describe("low-rank", () => {
  const make = (): unknown => lowRank.create(lowRankSchema.parse({}), {});

  it("removes mixed noise better than medians and plain components", async () => {
    const unseen = scene(24, 20, 12, "unseen");
    const error = async (baseline: unknown): Promise<number> => {
      const fitted = await fit(baseline, part(mixed), nothing);
      return meanSquare(fitted.predict(mixed(unseen, "unseen")).data, unseen.data);
    };
    const own = await error(make());
    expect(own).toBeLessThan((await error(median.create(medianSchema.parse({}), {}))) / 2);
    expect(own).toBeLessThan((await error(pcaImage.create(pcaImageSchema.parse({}), {}))) / 2);
    // Of the Gaussian noise of 0.1, what lies in the scene's four of twelve dimensions remains, a third of its variance.
    expect(own).toBeLessThan(0.01 * 0.6);
  });

  it("is not led astray by pixels that do not count, be they most", async () => {
    const fitted = await fit(make(), part(mixed), nothing);
    const own = mixed(scene(24, 20, 12, "masked"), "masked");
    const inside = (at: number): boolean => at % 20 < 9;
    const valid = Uint8Array.from({ length: 480 }, (_, i) => +inside(i));
    const kept = ({ data }: { data: ArrayLike<number> }): number[] =>
      Array.from(data).filter((_, at) => inside(Math.floor(at / 12)));
    const cut = fitted.predict(cube(kept(own), [24, 9, 12])).data;
    for (const fill of [(): number => -32768, (at: number): number => 1e3 * (at % 7)]) {
      const spoilt = { ...own, valid, data: own.data.map((v, at) => (inside(Math.floor(at / 12)) ? v : fill(at))) };
      // The same as of the image without them.
      expectAllClose(kept(fitted.predict(spoilt)), cut, { rtol: 1e-9, atol: 1e-9 });
    }
    const none = fitted.predict({ ...own, valid: new Uint8Array(480) });
    expect(none.data.every(Number.isFinite)).toBe(true);
  });

  it("is nearly the plain projection under Gaussian noise, and takes large images in strips", async () => {
    const large = scene(200, 120, 6, "large");
    const fitted = await fit(make(), pairsOf([noisy(large, 0.2, "a"), large]), nothing);
    const input = noisy(large, 0.2, "b");
    const { data } = fitted.predict(input);
    const half = cube(input.data.subarray(0, 100 * 120 * 6), [100, 120, 6]);
    expect(data.slice(0, 100 * 120 * 6)).toEqual(fitted.predict(half).data);
    const plain = await fit(pcaImage.create(pcaImageSchema.parse({}), {}), pairsOf([input, large]), nothing);
    expect(meanSquare(data, large.data) / meanSquare(plain.predict(input).data, large.data)).toBeLessThan(1.1);
  });
});

describe("smoothers of spectra", () => {
  it("learn from pixels that count only", async () => {
    const valid = Uint8Array.from({ length: 480 }, (_, i) => (i % 20 < 15 ? 1 : 0));
    const spoil = (of: SpectralArray): SpectralArray => ({
      ...of,
      valid,
      data: of.data.map((v, at) => (valid[Math.floor(at / 12)] ? v : 1e6)),
    });
    const make = (): unknown =>
      savitzkyGolayBaseline.create(savitzkyGolayBaselineSchema.parse({ windows: [5, 7] }), {});
    const noise = gaussian(scenes[0]!, "smooth");
    const left = (of: SpectralArray): SpectralArray =>
      cube(
        Float64Array.from(of.data).filter((_, at) => valid[Math.floor(at / 12)]),
        [24, 15, 12],
      );
    const masked = await fit(make(), pairsOf([spoil(noise), scenes[0]!]), nothing);
    const target = await fit(make(), pairsOf([noise, spoil(scenes[0]!)]), nothing);
    const cut = await fit(make(), pairsOf([left(noise), left(scenes[0]!)]), nothing);
    expect(masked.chosen).toEqual(cut.chosen);
    expect(target.chosen).toEqual(cut.chosen);
  });
});

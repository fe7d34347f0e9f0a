import { rng } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { bandNoise, gaussianHalf, type Material, materials, randomField } from "../src/index.ts";
import { blur } from "../src/scene/blur.ts";
import { fillNormals } from "../src/scene/pixel-noise.ts";
import { photonShare } from "../src/scene/sensor.ts";

const material = (name: string): Material => materials.find((m) => m.name === name)!;
const ndvi = (name: string): number => {
  const { reflectance } = material(name);
  return (reflectance(860) - reflectance(660)) / (reflectance(860) + reflectance(660));
};

describe("the materials", () => {
  it.each(materials.map((m) => [m.name, m] as const))("%s reflects between 0 and 1, and smoothly", (_, m) => {
    for (let nm = 400; nm <= 2500; nm++) {
      const r = m.reflectance(nm);
      expect(r).toBeGreaterThan(0);
      expect(r).toBeLessThan(0.7);
      expect(Math.abs(m.reflectance(nm + 1) - r)).toBeLessThan(0.012); // the red edge rises by 0.4 in some 50 nm
    }
  });

  it("has the published features", () => {
    for (const name of ["tree", "grass"]) {
      const { reflectance } = material(name);
      expect(ndvi(name)).toBeGreaterThan(0.7);
      expect(reflectance(552)).toBeGreaterThan(1.4 * reflectance(670)); // green peak
      // The red edge: the steepest rise lies at 700 to 730 nm (Horler 1983).
      const slopes = Array.from({ length: 400 }, (_, i) => reflectance(501 + i) - reflectance(500 + i));
      const steepest = 500 + slopes.indexOf(Math.max(...slopes));
      expect(steepest).toBeGreaterThanOrEqual(700);
      expect(steepest).toBeLessThanOrEqual(730);
      for (const [inside, outside] of [
        [1450, 1270],
        [1940, 1660],
        [1200, 1090],
      ] as const)
        expect(reflectance(inside)).toBeLessThan(reflectance(outside));
    }
    for (const name of ["soil", "asphalt", "concrete", "tile-roof", "dry-grass"]) expect(ndvi(name)).toBeLessThan(0.55);
    const soil = material("soil").reflectance;
    expect(soil(2205)).toBeLessThan(0.95 * ((soil(2120) + soil(2290)) / 2)); // Al-OH
    expect(soil(1910)).toBeLessThan(0.95 * ((soil(1780) + soil(2060)) / 2)); // H2O
    expect(ndvi("water")).toBeLessThan(0);
    expect(material("water").reflectance(1600)).toBeLessThan(0.01);
    const tile = material("tile-roof").reflectance;
    expect(tile(700)).toBeGreaterThan(3 * tile(480)); // iron oxide is red
    const dry = material("dry-grass").reflectance;
    expect(dry(2100)).toBeLessThan(0.95 * ((dry(1820) + dry(2220)) / 2)); // cellulose
  });
});

describe("a random field", () => {
  it("has Matérn's covariance of smoothness 3/2", () => {
    const length = 6;
    const lags = [0, 1, 3, 6, 12, 24];
    const fields = 3000;
    const sums = lags.map(() => 0);
    const diagonal = lags.map(() => 0);
    let mean = 0;
    const row = new Float64Array(25);
    for (let s = 0; s < fields; s++) {
      const field = randomField(rng(s, "field"), length, 64);
      field.row(1000, 77, row);
      const here = row[0]!;
      mean += here / fields;
      lags.forEach((lag, i) => (sums[i]! += (here * row[lag]!) / fields));
      lags.forEach((lag, i) => {
        field.row(1000 + lag, 77, row);
        diagonal[i]! += (here * row[lag]!) / fields;
      });
    }
    // The mean of 3000 products with standard deviation up to √2 is known to 0.026; four of these.
    expect(Math.abs(mean)).toBeLessThan(0.08);
    const matern = (r: number): number => (1 + (Math.sqrt(3) * r) / length) * Math.exp((-Math.sqrt(3) * r) / length);
    lags.forEach((lag, i) => {
      expect(Math.abs(sums[i]! - matern(lag)), `lag ${lag}`).toBeLessThan(0.105);
      expect(Math.abs(diagonal[i]! - matern(lag * Math.SQRT2)), `diagonal ${lag}`).toBeLessThan(0.105);
    });
  });

  it("has the same numbers from wherever a row begins", () => {
    const field = randomField(rng(1, "field"), 9, 16);
    const whole = new Float64Array(50);
    const part = new Float64Array(7);
    field.row(-3, 10, whole);
    field.row(-3, 31, part);
    expect(part).toEqual(whole.slice(21, 28));
  });
});

describe("the noise of pixels", () => {
  it("is standard normal and independent from pixel to pixel", () => {
    const bands = 50;
    const sums = { n: 0, mean: 0, square: 0, cube: 0, fourth: 0, right: 0, below: 0, next: 0 };
    const [here, right, below] = [new Float64Array(bands), new Float64Array(bands), new Float64Array(bands)];
    for (let y = 0; y < 60; y++)
      for (let x = 0; x < 60; x++) {
        fillNormals(here, 12345, y, x);
        fillNormals(right, 12345, y, x + 1);
        fillNormals(below, 12345, y + 1, x);
        here.forEach((z, b) => {
          sums.n++;
          sums.mean += z;
          sums.square += z * z;
          sums.cube += z ** 3;
          sums.fourth += z ** 4;
          sums.right += z * right[b]!;
          sums.below += z * below[b]!;
          sums.next += z * here[(b + 1) % bands]!;
        });
      }
    // Standard errors of the mean of 180 000 draws, times 4: 0.0094 for what has variance 1.
    const { n } = sums;
    const error = 4 / Math.sqrt(n);
    expect(Math.abs(sums.mean / n)).toBeLessThan(error);
    expect(Math.abs(sums.square / n - 1)).toBeLessThan(error * Math.SQRT2);
    expect(Math.abs(sums.cube / n)).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(sums.fourth / n - 3)).toBeLessThan(error * Math.sqrt(96));
    for (const product of [sums.right, sums.below, sums.next]) expect(Math.abs(product / n)).toBeLessThan(error);
  });

  it("is another for another key, also of an odd number of bands", () => {
    const [a, b] = [new Float64Array(5), new Float64Array(5)];
    fillNormals(a, 1, 2, 3);
    fillNormals(b, 1, 2, 3);
    expect(b).toEqual(a);
    expect(a.every((v) => v !== 0 && Number.isFinite(v))).toBe(true);
    fillNormals(b, 2, 2, 3);
    expect(b.some((v, i) => v === a[i])).toBe(false);
  });
});

describe("the point-spread function", () => {
  it.each([0, 0.3, 0.6, 1, 2.7])("of σ %d loses no light", (sigma) => {
    const half = gaussianHalf(sigma);
    expect(half.reduce((s, v, i) => s + (i ? 2 * v : v), 0)).toBeCloseTo(1, 14);
    const reach = half.length - 1;
    // One bright pixel amid a field that is wide enough for all its light.
    const size = 4 * reach + 5;
    const inner = size - 2 * reach;
    const map = new Float64Array(size * size);
    map[((size - 1) / 2) * size + (size - 1) / 2] = 3;
    const out = new Float64Array(inner * inner);
    blur(map, size, size, half, new Float64Array(size * inner), out);
    expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(3, 12);
    if (reach > 0) {
      // Its variance is σ² in both directions, up to what is cut off at 4 σ and the width of a pixel.
      const middle = (inner - 1) / 2;
      const spread = out.reduce((s, v, i) => s + (v / 3) * ((i % inner) - middle) ** 2, 0);
      const exact = half.reduce((s, v, i) => s + 2 * v * i * i, 0);
      expect(spread).toBeCloseTo(exact, 12);
      if (sigma >= 0.6) expect(spread / sigma ** 2).toBeGreaterThan(0.97);
    }
  });

  it("is the two-dimensional convolution", () => {
    const half = gaussianHalf(0.8);
    const reach = half.length - 1;
    const [rows, columns] = [2 * reach + 4, 2 * reach + 6];
    const random = rng(3, "map");
    const map = Float64Array.from({ length: rows * columns }, () => random.next());
    const out = new Float64Array(4 * 6);
    blur(map, rows, columns, half, new Float64Array(rows * 6), out);
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 6; x++) {
        let sum = 0;
        for (let i = -reach; i <= reach; i++)
          for (let j = -reach; j <= reach; j++)
            sum += half[Math.abs(i)]! * half[Math.abs(j)]! * map[(y + reach + i) * columns + x + reach + j]!;
        expect(out[y * 6 + x]!).toBeCloseTo(sum, 13);
      }
  });
});

describe("the sensor", () => {
  it("has most light where the sun has, and little in the bands of water vapour", () => {
    const shares = Array.from({ length: 2101 }, (_, i) => photonShare(400 + i));
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    expect(Math.max(...shares)).toBeGreaterThan(0.99);
    // Photons peak at hc/(3.92069 k T): 635.2 nm at 5778 K.
    expect(400 + shares.indexOf(Math.max(...shares))).toBeCloseTo(635, -0.5);
    expect(photonShare(1385)).toBeLessThan(0.06 * photonShare(1290));
    expect(photonShare(1880)).toBeLessThan(0.06 * photonShare(1760));
    expect(shares.every((s) => s > 0)).toBe(true);
  });

  it("has the variance of shot noise and of its floor", () => {
    const nm = Float64Array.of(635.2, 1600);
    const { shot, floor } = bandNoise(nm, 10_000, 30);
    for (let b = 0; b < 2; b++) {
      const electrons = 10_000 * photonShare(nm[b]!);
      expect(shot[b]! * 0.4 + floor[b]!).toBeCloseTo((0.4 * electrons + 900) / electrons ** 2, 14);
    }
  });
});

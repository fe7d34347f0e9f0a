import { type Dataset, linearAxis } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import plugin, {
  bandNoise,
  hyperspectralScene,
  hyperspectralSceneSchema,
  materials,
  sceneSimulator,
  simulateRows,
  simulateScene,
} from "../src/index.ts";

type Options = z.input<typeof hyperspectralSceneSchema>;
const options = (given: Options = {}): z.output<typeof hyperspectralSceneSchema> =>
  hyperspectralSceneSchema.parse({ height: 40, width: 48, bands: 12, ...given });
const make = (given: Options = {}): Dataset => hyperspectralScene.create(options(given), { seed: 0 }) as Dataset;

describe("hyperspectral-scene", () => {
  it("describes what it gives", async () => {
    const data = make({ images: 3 });
    expect(data.spec).toMatchObject({ data: "cube", shape: [40, 48, 12], target: { kind: "mask", ignored: -1 } });
    expect(data.spec.axis).toEqual(linearAxis(400, 2500, 12, "nm"));
    expect(data.samples.map((s) => s.id)).toEqual(["scene-0", "scene-1", "scene-2"]);
    const sample = await data.read(2);
    expect(sample).toMatchObject(data.samples[2]!);
    expect(sample.input.shape).toEqual([40, 48, 12]);
    expect(sample.target).toMatchObject({ kind: "mask", value: { shape: [40, 48], ignored: -1 } });
    expect(data.source).toContain("seed 0");
    expect(plugin.components).toContain(hyperspectralScene);
    expect(() => make({ start: 900, stop: 900 })).toThrow("the axis must end above its start");
    expect((await make({ target: "none" }).read(0)).target.kind).toBe("none");
  });

  it("gives image i whatever was read before, and another for another seed or number", async () => {
    const [a, b] = [make({ images: 9, seed: 5 }), make({ images: 9, seed: 5 })];
    for (const i of [8, 1, 5, 2, 7, 3]) await a.read(i);
    const first = await a.read(1);
    expect(await b.read(1)).toEqual(first);
    expect((await a.read(2)).input.data).not.toEqual(first.input.data);
    expect((await make({ seed: 6, images: 2 }).read(1)).input.data).not.toEqual(first.input.data);
  });

  it("computes a region with the numbers of the whole", () => {
    const given = options({ blur: 1.1, striping: 0.02, height: 71, width: 53 });
    const whole = simulateScene(given, 4);
    const { fill, classes } = sceneSimulator(given);
    for (const region of [
      { y0: 0, y1: 3, x0: 50, x1: 53 },
      { y0: 30, y1: 70, x0: 7, x1: 29 },
      { y0: 70, y1: 71, x0: 0, x1: 1 },
    ]) {
      const pixels = (region.y1 - region.y0) * (region.x1 - region.x0);
      const part = {
        cube: new Float32Array(pixels * 12),
        clean: new Float32Array(pixels * 12),
        labels: new Int32Array(pixels),
        abundances: new Float32Array(pixels * classes.length),
      };
      fill(4, region, part);
      const crop = (data: ArrayLike<number>, depth: number): number[] => {
        const out = [];
        for (let y = region.y0; y < region.y1; y++)
          for (let i = (y * 53 + region.x0) * depth; i < (y * 53 + region.x1) * depth; i++) out.push(data[i]!);
        return out;
      };
      expect(Array.from(part.cube)).toEqual(crop(whole.cube.data, 12));
      expect(Array.from(part.clean)).toEqual(crop(whole.clean.data, 12));
      expect(Array.from(part.labels)).toEqual(crop(whole.labels.data, 1));
      expect(Array.from(part.abundances)).toEqual(crop(whole.abundances.data, classes.length));
    }
  });

  it("gives rows with the numbers of the whole", () => {
    const given = options({ height: 37, blur: 0.8 });
    const whole = simulateScene(given);
    let rows = 0;
    for (const { y0, y1, cube, labels } of simulateRows(given, 0, 10)) {
      expect(y0).toBe(rows);
      rows = y1;
      expect(cube).toEqual(whole.cube.data.slice(y0 * 48 * 12, y1 * 48 * 12));
      expect(labels).toEqual(whole.labels.data.slice(y0 * 48, y1 * 48));
    }
    expect(rows).toBe(37);
  });

  it("lets a split cut windows out of it, with the numbers of the whole", async () => {
    const data = make({ patch: 16, images: 2 });
    expect(data.images!.list).toEqual(
      [0, 1].map((i) => ({ id: `scene-${i}`, group: `scene-${i}`, height: 40, width: 48 })),
    );
    const { dataset, split } = await data.images!.cut(
      [0, 1].map(() => ({
        kind: "rectangles" as const,
        train: [{ y0: 0, y1: 40, x0: 0, x1: 20 }],
        validation: [],
        test: [{ y0: 0, y1: 40, x0: 24, x1: 48 }],
      })),
    );
    expect(split.train.length).toBeGreaterThan(2);
    const whole = [await data.read(0), await data.read(1)];
    for (const i of [...split.train, ...split.test]) {
      const { input, target, place } = await dataset.read(i);
      const from = whole[Number(place!.image.at(-1))]!;
      const row = input.data.subarray(0, input.shape[1]! * 12);
      const at = (place!.y0 * 48 + place!.x0) * 12;
      expect(row).toEqual(from.input.data.slice(at, at + row.length));
      expect(target.kind).toBe("mask");
    }
    const rows = await data.images!.labels!(1, [10, 13]);
    if (whole[1]!.target.kind !== "mask") throw new Error("a mask");
    expect(rows.data).toEqual(whole[1]!.target.value.data.slice(10 * 48, 13 * 48));
    expect(make({ target: "clean" }).images!.labels).toBeUndefined();
  });

  it("has shares that sum to 1, and labels of the largest", () => {
    const { abundances, labels } = simulateScene(options({ purity: 0.7, sharpness: 3 }));
    const count = materials.length;
    let unlabelled = 0;
    for (let i = 0; i < labels.data.length; i++) {
      const shares = Array.from(abundances.data.subarray(i * count, (i + 1) * count));
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6); // float32
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
      const most = Math.max(...shares);
      if (Math.abs(most - 0.7) < 1e-6) continue;
      expect(labels.data[i]).toBe(most >= 0.7 ? shares.indexOf(most) : -1);
      unlabelled += labels.data[i] === -1 ? 1 : 0;
    }
    expect(unlabelled).toBeGreaterThan(50);
    expect(unlabelled).toBeLessThan(labels.data.length - 50);
  });

  it("has every material somewhere, and purer pixels the sharper", () => {
    const large = options({ height: 200, width: 200, bands: 2 });
    const shares = (sharpness: number): number => {
      const { abundances, labels } = simulateScene({ ...large, sharpness });
      expect(new Set(labels.data).size).toBe(materials.length);
      let pure = 0;
      for (let i = 0; i < labels.data.length; i++)
        if (abundances.data[i * materials.length + labels.data[i]!]! > 0.9) pure++;
      return pure / labels.data.length;
    };
    expect(shares(20)).toBeGreaterThan(shares(4) + 0.3);
  });

  it("mixes linearly: without light, texture and blur the image is shares times reflectances", () => {
    const given = options({ relief: 0, shadow: 0, variability: 0, blur: 0, materials: ["water", "grass", "soil"] });
    const { clean, abundances } = simulateScene(given);
    const chosen = given.materials.map((name) => materials.find((m) => m.name === name)!);
    for (let i = 0; i < 40 * 48; i += 7)
      clean.axis.values.forEach((nm, b) => {
        const expected = chosen.reduce((sum, m, k) => sum + abundances.data[i * 3 + k]! * m.reflectance(nm), 0);
        expect(clean.data[i * 12 + b]!).toBeCloseTo(expected, 6); // shares and result are float32
      });
  });

  it("keeps the mean when it blurs", () => {
    const mean = (blur: number): number => {
      const { clean } = simulateScene(options({ height: 160, width: 160, bands: 2, blur }));
      return Array.from(clean.data).reduce((a, b) => a + b, 0) / clean.data.length;
    };
    // What differs is what crosses the border, of 4 σ · 4 sides of 160 pixels.
    expect(mean(2) / mean(0)).toBeCloseTo(1, 2);
  });

  it("has noise of the variance that is stated, in every band", () => {
    const given = options({ height: 100, width: 100, bands: 9, electrons: 3000, noiseFloor: 25 });
    const { cube, clean } = simulateScene(given);
    const { shot, floor } = bandNoise(clean.axis.values, 3000, 25);
    for (let b = 0; b < 9; b++) {
      let [sum, squares] = [0, 0];
      for (let i = b; i < cube.data.length; i += 9) {
        const z = (cube.data[i]! - clean.data[i]!) / Math.sqrt(shot[b]! * clean.data[i]! + floor[b]!);
        sum += z;
        squares += z * z;
      }
      // Four standard errors of 10 000 draws.
      expect(Math.abs(sum / 1e4)).toBeLessThan(0.04);
      expect(Math.abs(squares / 1e4 - 1)).toBeLessThan(0.057);
    }
  });

  it("has stripes that are the same in all rows and images", () => {
    const given = options({ striping: 0.05, electrons: 1e9, noiseFloor: 0 });
    const { cube, clean } = simulateScene(given, 1);
    const { cube: other, clean: otherClean } = simulateScene(given, 2);
    const gains = [];
    for (let x = 0; x < 48; x++) {
      const ratio = (y: number, a = cube, b = clean): number => a.data[(y * 48 + x) * 12]! / b.data[(y * 48 + x) * 12]!;
      expect(ratio(30)).toBeCloseTo(ratio(2), 2);
      expect(ratio(5, other, otherClean)).toBeCloseTo(ratio(2), 2);
      gains.push(ratio(2));
    }
    const deviation = Math.sqrt(gains.reduce((s, g) => s + (g - 1) ** 2, 0) / gains.length);
    expect(deviation).toBeGreaterThan(0.03);
    expect(deviation).toBeLessThan(0.07);
  });

  it("shades as much of the ground as is asked for", () => {
    const lit = options({ relief: 0, shadow: 0, blur: 0, height: 64, width: 64, bands: 2, correlation: 3 });
    let [shaded, all] = [0, 0];
    for (let image = 0; image < 12; image++) {
      const bright = simulateScene(lit, image).clean.data;
      const clouded = simulateScene({ ...lit, shadow: 0.3 }, image).clean.data;
      for (let i = 0; i < bright.length; i += 2) {
        const light = clouded[i]! / bright[i]!;
        expect(light).toBeGreaterThan(0.2999);
        expect(light).toBeLessThan(1.0001);
        all++;
        shaded += light < 0.65 ? 1 : 0;
      }
    }
    // A 64 × 64 image holds some 50 independent clouds of 9 pixels: 12 images know 0.3 to 0.02; three of these and a half.
    expect(Math.abs(shaded / all - 0.3)).toBeLessThan(0.07);
  });

  it("keeps the landscape of a material when others join it", () => {
    const few = simulateScene(options({ materials: ["water", "soil"], blur: 0, relief: 0, shadow: 0, variability: 0 }));
    const more = simulateScene(
      options({ materials: ["water", "soil", "tree"], blur: 0, relief: 0, shadow: 0, variability: 0 }),
    );
    for (let i = 0; i < 40 * 48; i++) {
      const [water, soil] = [more.abundances.data[3 * i]!, more.abundances.data[3 * i + 1]!];
      if (water + soil > 0.01) expect(water / (water + soil)).toBeCloseTo(few.abundances.data[2 * i]!, 4);
    }
  });
});

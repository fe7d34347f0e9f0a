import { linearAxis, rng } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { constituents } from "../src/index.ts";
import { type Detector, expectedCounts, expose } from "../src/raman/detector.ts";
import { instrumentResponse, ramanWavelength, siliconAbsorption } from "../src/raman/response.ts";
import { addBackground, meanUnbleached } from "../src/raman/scene.ts";
import { makeTemplates, pureSpectrum } from "../src/raman/templates.ts";

describe("instrumentResponse", () => {
  it("uses silicon's published absorption", () => {
    // Green (2008) lists 850 /cm at 800 nm and 306 /cm (k = 2.17e-3: 303) at 900 nm.
    expect(siliconAbsorption(800) * 1e4).toBeCloseTo(850, 0);
    expect(siliconAbsorption(900) * 1e4).toBeCloseTo(303, 0);
    expect(siliconAbsorption(810)).toBeLessThan(siliconAbsorption(800));
  });

  it("places light where the laser puts it", () => {
    expect(ramanWavelength(0, 785)).toBeCloseTo(785, 9);
    expect(ramanWavelength(1003, 785)).toBeCloseTo(852.1, 1); // 12738.9 − 1003 = 11735.9 cm⁻¹
  });

  it("falls towards the infrared and ripples with the given amplitude and period", () => {
    const shifts = linearAxis(500, 1800, 1301, "cm-1").values;
    const plain = instrumentResponse(shifts, { laser: 785, thickness: 20, etalon: 0, etalonPeriod: 60, phase: 0 });
    expect(plain[0]).toBe(1);
    for (let i = 1; i < plain.length; i++) expect(plain[i]!).toBeLessThan(plain[i - 1]!);
    const rippled = instrumentResponse(shifts, {
      laser: 785,
      thickness: 20,
      etalon: 0.02,
      etalonPeriod: 60,
      phase: 0.3,
    });
    const ratio = rippled.map((v, i) => v / plain[i]! - 1);
    expect(Math.max(...ratio)).toBeCloseTo(0.02, 4);
    expect(ratio[60 + 17]!).toBeCloseTo(ratio[17]!, 12);
  });
});

describe("templates", () => {
  const axis = { start: 500, stop: 1800, points: 500 };
  it.each([0, 0.7, -3.21, 4.999])("agrees with the bands themselves on an axis shifted by %f", (shift) => {
    const { mix } = makeTemplates(axis, 4, 5);
    const concentrations = Float64Array.from([1, 0.3, 0.2, 0.1, 0.05]);
    const out = new Float64Array(500);
    mix(concentrations, shift, out);
    let worst = 0;
    for (let p = 0; p < 500; p++) {
      const at = 500 + (1300 * p) / 499 + shift;
      let direct = 0;
      concentrations.forEach((c, k) => (direct += c * pureSpectrum(k, at, 4)));
      worst = Math.max(worst, Math.abs(out[p]! - direct));
    }
    expect(worst).toBeLessThan(1e-5);
  });

  it("keeps a band's height without an instrument and its area with one", () => {
    const protein = constituents.findIndex(({ name }) => name === "protein");
    const sharp = pureSpectrum(protein, 1003, 0);
    const blurred = pureSpectrum(protein, 1003, 20);
    expect(sharp).toBeGreaterThan(0.75);
    expect(blurred).toBeLessThan(0.4 * sharp);
    const area = (resolution: number): number => {
      let sum = 0;
      for (let x = -40_000; x < 42_000; x++) sum += pureSpectrum(protein, x, resolution);
      return sum;
    };
    expect(area(20) / area(5)).toBeCloseTo(1, 4);
  });

  it("has bands that are sound and cited", () => {
    for (const { bands } of constituents) {
      expect(Math.max(...bands.map(({ height }) => height))).toBe(1);
      for (const band of bands) {
        expect(band.source).toMatch(/^[MNGW](, [MNGW])*$/);
        expect(band.position).toBeGreaterThan(400);
        expect(band.position).toBeLessThan(1850);
      }
    }
  });
});

describe("background", () => {
  it("decays from its strength at 500 cm⁻¹ as two exponentials", () => {
    const out = new Float64Array(500);
    addBackground(out, 500, 1300 / 499, 2, 400, 0.9);
    for (const p of [0, 100, 499]) {
      const distance = (1300 * p) / 499;
      expect(out[p]!).toBeCloseTo(2 * (0.75 * 0.9 * Math.exp(-distance / 400) + 0.25 * Math.exp(-distance / 2000)), 10);
    }
  });

  it("bleaches by the mean of the decay over the exposure", () => {
    const rate = 0.8;
    let mean = 0;
    for (let i = 0; i < 10_000; i++) mean += Math.exp(-rate * (0.1 + (i + 0.5) / 10_000)) / 10_000;
    expect(meanUnbleached(rate, 0.1, 1)).toBeCloseTo(mean, 8);
    expect(meanUnbleached(0, 0.1, 1)).toBe(1);
  });
});

describe("detector", () => {
  const detector: Detector = { readNoise: 4, darkCurrent: 10, gain: 0.5, bias: 100, cosmicRate: 0, cosmicCharge: 2000 };
  const pixels = 20_000;

  it("follows the photon transfer law: variance = (electrons + readNoise²) / gain² + rounding", () => {
    for (const electrons of [0, 50, 2000]) {
      const rate = new Float64Array(pixels).fill(electrons / 2);
      const counts = expose(
        rate,
        2,
        detector,
        rng(1, "ptc", electrons),
        new Float64Array(pixels),
        new Float32Array(pixels),
      );
      const mean = counts.reduce((a, b) => a + b, 0) / pixels;
      const variance = counts.reduce((a, b) => a + (b - mean) ** 2, 0) / pixels;
      const total = electrons + 20; // dark current for 2 s
      const expected = (total + 16) / 0.25 + 1 / 12;
      expect(Math.abs(mean - (total / 0.5 + 100))).toBeLessThan(5 * Math.sqrt(expected / pixels));
      expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / pixels));
      expect(expectedCounts(rate, 2, detector, new Float32Array(pixels))[0]).toBeCloseTo(total / 0.5 + 100, 3);
    }
  });

  it("stays within a 16-bit converter", () => {
    const bright = expose(new Float64Array(8).fill(1e9), 1, detector, rng(1), new Float64Array(8), new Float32Array(8));
    expect([...bright]).toEqual(Array.from({ length: 8 }, () => 65535));
    const dark = expose(
      new Float64Array(500),
      1,
      { ...detector, darkCurrent: 0, bias: 0 },
      rng(2),
      new Float64Array(500),
      new Float32Array(500),
    );
    expect(Math.min(...dark)).toBe(0);
  });

  it("collects cosmic rays in proportion to time, and nothing else changes without them", () => {
    const quiet = { ...detector, darkCurrent: 0, readNoise: 0 };
    const rate = new Float64Array(1000);
    const charge = new Float64Array(1000);
    const collected = (seconds: number): number => {
      let sum = 0;
      for (let i = 0; i < 2000; i++) {
        expose(rate, seconds, { ...quiet, cosmicRate: 0.5 }, rng(9, seconds, i), charge, new Float32Array(1000));
        sum += charge.reduce((a, b) => a + b, 0);
      }
      return sum / 2000;
    };
    // Compound Poisson: mean r·t·q; the variance r·t·2q² gives the standard error.
    for (const seconds of [1, 4]) {
      const expected = 0.5 * seconds * 2000;
      expect(Math.abs(collected(seconds) - expected)).toBeLessThan(
        5 * Math.sqrt((0.5 * seconds * 2 * 2000 ** 2) / 2000),
      );
    }
    const lit = new Float64Array(1000).fill(50);
    const without = expose(lit, 1, detector, rng(4), charge, new Float32Array(1000));
    const hit = expose(lit, 1, { ...detector, cosmicRate: 3 }, rng(4), charge, new Float32Array(1000));
    const changed = hit.reduce((n, v, i) => n + (v === without[i] ? 0 : 1), 0);
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(40);
  });
});

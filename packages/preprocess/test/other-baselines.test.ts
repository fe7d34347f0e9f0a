import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import {
  imodpolyBaseline,
  minimum,
  modpolyBaseline,
  modpolyWorkspace,
  polynomial,
  rollingBallBaseline,
  rollingBallWorkspace,
  snipBaseline,
} from "../src/index.ts";
import { array, make, slowPolynomial, testSpectrum } from "./helpers.ts";

const n = 90;
const y = testSpectrum(n);

describe("modpolyBaseline", () => {
  for (const [order, iterations, tolerance] of [
    [2, 1, 0],
    [3, 40, 0],
    [4, 250, 1e-3],
  ] as const)
    it(`order ${order}, ${iterations} passes, tolerance ${tolerance}: as the slow iteration`, () => {
      let clipped = y.slice();
      let fit = slowPolynomial(clipped, order);
      for (let pass = 1; pass < iterations; pass++) {
        clipped = clipped.map((v, i) => Math.min(v, fit[i]!));
        const next = slowPolynomial(clipped, order);
        const change = Math.hypot(...next.map((v, i) => v - fit[i]!)) / Math.hypot(...fit);
        fit = next;
        if (change < tolerance) break;
      }
      const out = new Float64Array(n);
      modpolyBaseline(y, out, modpolyWorkspace(n, order), { iterations, tolerance });
      expectAllClose(out, fit, { rtol: 1e-10 });
    });
});

describe("imodpolyBaseline", () => {
  for (const [order, iterations, tolerance] of [
    [2, 1, 0],
    [3, 30, 0],
    [2, 250, 1e-3],
  ] as const)
    it(`order ${order}, ${iterations} passes, tolerance ${tolerance}: as the slow iteration`, () => {
      const deviationOf = (r: number[]): number => {
        const mean = r.reduce((sum, v) => sum + v, 0) / r.length;
        return Math.sqrt(r.reduce((sum, v) => sum + (v - mean) ** 2, 0) / r.length);
      };
      let fit = slowPolynomial(y, order);
      let deviation = deviationOf(Array.from(y, (v, i) => v - fit[i]!));
      const keep = y.map((v, i) => Number(v - fit[i]! < deviation));
      expect(keep.filter((v) => v === 0).length).toBeGreaterThan(5);
      let clipped = y.slice();
      for (let pass = 1; pass < iterations; pass++) {
        clipped = clipped.map((v, i) => Math.min(v, fit[i]! + deviation));
        fit = slowPolynomial(clipped, order, keep);
        const before = deviation;
        deviation = deviationOf(Array.from(clipped, (v, i) => v - fit[i]!).filter((_, i) => keep[i] === 1));
        if (Math.abs(before - deviation) <= tolerance * deviation) break;
      }
      const out = new Float64Array(n);
      imodpolyBaseline(y, out, modpolyWorkspace(n, order), { iterations, tolerance });
      expectAllClose(out, fit, { rtol: 1e-9 });
    });

  it("comes closer than one fit to a parabola below peaks", () => {
    const background = Float64Array.from({ length: 300 }, (_, i) => 1 + ((i - 100) / 150) ** 2);
    const spectrum = background.map(
      (v, i) => v + [50, 140, 220].reduce((sum, at) => sum + Math.exp(-(((i - at) / 6) ** 2)), 0),
    );
    const out = new Float64Array(300);
    imodpolyBaseline(spectrum, out, modpolyWorkspace(300, 2), { iterations: 250, tolerance: 1e-4 });
    expectAllClose(out, background, { atol: 0.03 });
  });
});

describe("snipBaseline", () => {
  const slow = (halfWindow: number, decreasing: boolean, lls: boolean): number[] => {
    const least = Math.min(...y);
    let v = Array.from(y, (u) => (lls ? Math.log(Math.log(Math.sqrt(u - least + 1) + 1) + 1) : u));
    for (let k = 1; k <= halfWindow; k++) {
      const w = decreasing ? halfWindow - k + 1 : k;
      v = v.map((u, i) => {
        const r = Math.min(w, i, n - 1 - i);
        return r === 0 ? u : Math.min(u, (v[i - r]! + v[i + r]!) / 2);
      });
    }
    return lls ? v.map((u) => (Math.exp(Math.exp(u) - 1) - 1) ** 2 - 1 + least) : v;
  };
  for (const [halfWindow, decreasing, lls] of [
    [1, true, false],
    [12, true, false],
    [12, false, false],
    [25, true, true],
    [200, false, true],
  ] as const)
    it(`half window ${halfWindow}, decreasing ${decreasing}, lls ${lls}: as the slow version`, () => {
      const out = new Float64Array(n);
      snipBaseline(y, out, new Float64Array(n), { halfWindow, decreasing, lls });
      expectAllClose(out, slow(halfWindow, decreasing, lls), { rtol: 1e-12 });
      expect(out.every((v, i) => v <= y[i]! + 1e-12)).toBe(true);
    });

  it("leaves a straight line as it is", () => {
    const line = Float64Array.from({ length: 30 }, (_, i) => 2 - i);
    const out = new Float64Array(30);
    snipBaseline(line, out, new Float64Array(30), { halfWindow: 10, decreasing: true, lls: false });
    expectAllClose(out, line, { atol: 1e-12 });
  });
});

describe("rollingBallBaseline", () => {
  const slow = (half: number, smooth: number): Float64Array => {
    const windowed = (v: Float64Array, h: number, of: (part: Float64Array) => number) =>
      v.map((_, i) => of(v.subarray(Math.max(0, i - h), i + h + 1)));
    const opened = windowed(
      windowed(y, half, (p) => Math.min(...p)),
      half,
      (p) => Math.max(...p),
    );
    return windowed(opened, smooth, (p) => p.reduce((sum, v) => sum + v, 0) / p.length);
  };
  for (const [halfWindow, smoothHalfWindow] of [
    [1, 0],
    [8, 4],
    [20, 15],
    [500, 3],
  ] as const)
    it(`half windows ${halfWindow} and ${smoothHalfWindow}: as the slow version`, () => {
      const out = new Float64Array(n);
      rollingBallBaseline(y, out, rollingBallWorkspace(n), { halfWindow, smoothHalfWindow });
      expectAllClose(out, slow(halfWindow, smoothHalfWindow), { rtol: 1e-14 });
    });
});

describe("baseline transforms", () => {
  it("take off what the kernel finds, and put it back on an output of other values", async () => {
    const x = array([3, 5, 2, 4]);
    const t = await make(minimum);
    expect(t.apply(x).data).toEqual(Float64Array.of(1, 3, 0, 2));
    expect(t.inverse!(array([0, 0, 1, 1]), x).data).toEqual(Float64Array.of(2, 2, 3, 3));
  });

  it("put the baseline of the nearest pixel back on an enlarged output", async () => {
    const t = await make(minimum);
    const x = array([1, 2, 10, 20], [1, 2, 2]);
    const output = array(new Float64Array(16), [2, 4, 2]);
    expect(Array.from(t.inverse!(output, x).data)).toEqual([1, 1, 1, 1, 10, 10, 10, 10, 1, 1, 1, 1, 10, 10, 10, 10]);
  });

  it("refuse an output of another length, and spectra too short for the order", async () => {
    const t = await make(polynomial, { order: 3 });
    expect(() => t.inverse!(array([1, 2]), array([1, 2, 3, 4, 5]))).toThrow(
      expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }),
    );
    expect(() => t.apply(array([1, 2, 3]))).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }));
  });
});

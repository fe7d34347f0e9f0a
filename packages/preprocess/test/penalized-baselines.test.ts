import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { airplsBaseline, arplsBaseline, aslsBaseline, baselineWorkspace, whittakerSmooth } from "../src/index.ts";
import { slowWhittaker, testSpectrum } from "./helpers.ts";

const n = 70;
const y = testSpectrum(n);
const ones = new Float64Array(n).fill(1);

describe("whittakerSmooth", () => {
  for (const order of [1, 2, 3])
    it(`solves the penalized problem of order ${order}`, () => {
      const out = new Float64Array(n);
      whittakerSmooth(y, out, baselineWorkspace(n, order), 30);
      expectAllClose(out, slowWhittaker(y, ones, 30, order), { rtol: 1e-10 });
    });

  it("tends to the data without penalty and to the straight line with a large one", () => {
    const out = new Float64Array(n);
    whittakerSmooth(y, out, baselineWorkspace(n), 1e-9);
    expectAllClose(out, y, { atol: 1e-7 });
    whittakerSmooth(y, out, baselineWorkspace(n), 1e12);
    const bends = Array.from({ length: n - 2 }, (_, i) => out[i]! - 2 * out[i + 1]! + out[i + 2]!);
    expect(Math.max(...bends.map(Math.abs))).toBeLessThan(1e-6);
  });
});

describe("aslsBaseline", () => {
  const slow = (lambda: number, p: number, iterations: number, tolerance: number, order: number): Float64Array => {
    let w = ones.slice();
    for (let pass = 1; ; pass++) {
      const z = slowWhittaker(y, w, lambda, order);
      const next = y.map((v, i) => (v > z[i]! ? p : 1 - p));
      const change = Math.hypot(...next.map((v, i) => v - w[i]!)) / Math.hypot(...w);
      if (pass === iterations || (pass > 1 && change < tolerance)) return z;
      w = next;
    }
  };
  for (const [lambda, p, iterations, tolerance, order] of [
    [1e3, 0.01, 10, 0, 2],
    [1e5, 0.05, 1, 0, 2],
    [1e3, 0.1, 50, 0.3, 2],
    [50, 0.02, 10, 0, 1],
    [1e4, 0.02, 10, 0, 3],
    [10, 0.5, 4, 0, 2],
  ] as const)
    it(`λ ${lambda}, p ${p}, ${iterations} passes, tolerance ${tolerance}, order ${order}: as the dense iteration`, () => {
      const out = new Float64Array(n);
      const workspace = baselineWorkspace(n, order);
      aslsBaseline(testSpectrum(n, "another"), out, workspace, { lambda, p, iterations, tolerance });
      aslsBaseline(y, out, workspace, { lambda, p, iterations, tolerance }); // the workspace keeps nothing of the other
      expectAllClose(out, slow(lambda, p, iterations, tolerance, order), { rtol: 1e-9 });
    });

  it("lies below the peaks", () => {
    const out = new Float64Array(n);
    aslsBaseline(y, out, baselineWorkspace(n), { lambda: 1e3, p: 0.01, iterations: 20, tolerance: 0 });
    const below = y.filter((v, i) => v < out[i]!).length;
    expect(below).toBeGreaterThan(2);
    expect(below).toBeLessThan(n / 3);
  });
});

describe("airplsBaseline", () => {
  const slow = (lambda: number, iterations: number, tolerance: number): Float64Array => {
    let w = ones.slice();
    for (let pass = 1; ; pass++) {
      const z = slowWhittaker(y, w, lambda, 2);
      const d = y.map((v, i) => v - z[i]!);
      const negative = d.filter((v) => v < 0).map(Math.abs);
      const total = negative.reduce((sum, v) => sum + v, 0);
      if (pass === iterations || negative.length < 2 || total < tolerance * y.reduce((sum, v) => sum + Math.abs(v), 0))
        return z;
      w = d.map((v) => (v < 0 ? Math.exp((pass * -v) / total) : 0));
      w[0] = w[n - 1] = Math.exp((pass * Math.min(...negative)) / total);
    }
  };
  for (const [lambda, iterations, tolerance] of [
    [1e3, 5, 0],
    [1e5, 50, 1e-3],
    [20, 12, 1e-4],
  ] as const)
    it(`λ ${lambda}, ${iterations} passes, tolerance ${tolerance}: as the dense iteration`, () => {
      const out = new Float64Array(n);
      airplsBaseline(y, out, baselineWorkspace(n), { lambda, iterations, tolerance });
      expectAllClose(out, slow(lambda, iterations, tolerance), { rtol: 1e-8 });
    });
});

describe("arplsBaseline", () => {
  const slow = (lambda: number, iterations: number, tolerance: number): Float64Array => {
    let w = ones.slice();
    for (let pass = 1; ; pass++) {
      const z = slowWhittaker(y, w, lambda, 2);
      const d = y.map((v, i) => v - z[i]!);
      const negative = d.filter((v) => v < 0);
      const m = negative.reduce((sum, v) => sum + v, 0) / negative.length;
      const s = Math.sqrt(negative.reduce((sum, v) => sum + (v - m) ** 2, 0) / (negative.length - 1));
      const next = d.map((v) => 1 / (1 + Math.exp((2 * (v - (2 * s - m))) / s)));
      const change = Math.hypot(...next.map((v, i) => v - w[i]!)) / Math.hypot(...w);
      if (pass === iterations || change < tolerance) return z;
      w = next;
    }
  };
  for (const [lambda, iterations, tolerance] of [
    [1e3, 8, 0],
    [1e5, 50, 1e-3],
  ] as const)
    it(`λ ${lambda}, ${iterations} passes, tolerance ${tolerance}: as the dense iteration`, () => {
      const out = new Float64Array(n);
      arplsBaseline(y, out, baselineWorkspace(n), { lambda, iterations, tolerance });
      expectAllClose(out, slow(lambda, iterations, tolerance), { rtol: 1e-8 });
    });
});

describe("on a known background", () => {
  it("each finds a smooth curve below Gaussian peaks", () => {
    const length = 400;
    const background = Float64Array.from({ length }, (_, i) => 2 + Math.sin(i / 150));
    const spectrum = background.map(
      (v, i) => v + [60, 150, 170, 300].reduce((sum, at) => sum + Math.exp(-(((i - at) / 6) ** 2)), 0),
    );
    const out = new Float64Array(length);
    const workspace = baselineWorkspace(length);
    const worst = (): number => Math.max(...out.map((v, i) => Math.abs(v - background[i]!)));
    aslsBaseline(spectrum, out, workspace, { lambda: 1e4, p: 0.001, iterations: 50, tolerance: 0 });
    expect(worst()).toBeLessThan(0.05);
    airplsBaseline(spectrum, out, workspace, { lambda: 1e4, iterations: 50, tolerance: 1e-5 });
    expect(worst()).toBeLessThan(0.05);
    arplsBaseline(spectrum, out, workspace, { lambda: 1e4, iterations: 50, tolerance: 1e-4 });
    expect(worst()).toBeLessThan(0.05);
  });
});

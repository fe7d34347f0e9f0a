import { logGamma, rng } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { Noise } from "../src/raman/noise.ts";
import { walk } from "../src/raman/walk.ts";

describe("Noise", () => {
  it.each([0.3, 4, 11.9, 12, 35, 400])("draws Poisson numbers of mean %f", (mean) => {
    const noise = new Noise(rng(7, "poisson", mean));
    const n = 200_000;
    const low = Math.max(0, Math.floor(mean - 4 * Math.sqrt(mean)));
    const high = Math.ceil(mean + 4 * Math.sqrt(mean)) + 1;
    const seen = new Float64Array(high - low + 2); // below, low … high, above
    for (let i = 0; i < n; i++) seen[Math.min(Math.max(noise.poisson(mean) - low + 1, 0), seen.length - 1)]!++;
    const expected = new Float64Array(seen.length);
    for (let k = 0; k < high + 200; k++) {
      expected[Math.min(Math.max(k - low + 1, 0), seen.length - 1)]! +=
        n * Math.exp(k * Math.log(mean) - mean - logGamma(k + 1));
    }
    // Pearson's χ² over the cells that expect at least 5; beyond 5 standard deviations the distribution is wrong.
    let chi = 0;
    let cells = 0;
    expected.forEach((e, i) => {
      if (e < 5) return;
      chi += (seen[i]! - e) ** 2 / e;
      cells++;
    });
    expect(cells).toBeGreaterThan(2);
    expect(chi).toBeLessThan(cells + 5 * Math.sqrt(2 * cells));
  });

  it("returns 0 for a mean of 0", () => {
    expect(new Noise(rng(1)).poisson(0)).toBe(0);
  });

  it("draws standard normal and exponential numbers", () => {
    const noise = new Noise(rng(3, "normal"));
    const n = 200_000;
    const moments = [0, 0, 0, 0];
    let within = 0;
    let exponential = 0;
    for (let i = 0; i < n; i++) {
      const z = noise.normal();
      for (let m = 0; m < 4; m++) moments[m]! += z ** (m + 1) / n;
      if (Math.abs(z) < 1) within++;
      exponential += noise.exponential() / n;
    }
    // Five standard errors each: 1, √2, √15, √96 over √n.
    const root = Math.sqrt(n);
    expect(Math.abs(moments[0]!)).toBeLessThan(5 / root);
    expect(Math.abs(moments[1]! - 1)).toBeLessThan((5 * Math.SQRT2) / root);
    expect(Math.abs(moments[2]!)).toBeLessThan((5 * Math.sqrt(15)) / root);
    expect(Math.abs(moments[3]! - 3)).toBeLessThan((5 * Math.sqrt(96)) / root);
    expect(Math.abs(within / n - 0.6826895)).toBeLessThan(0.0052);
    expect(Math.abs(exponential - 1)).toBeLessThan(5 / root);
  });
});

describe("walk", () => {
  it("has unit variance and correlates by exp(−lag/length)", () => {
    let variance = 0;
    let lag5 = 0;
    const runs = 4000;
    const steps = 40;
    for (let i = 0; i < runs; i++) {
      const x = walk(rng(5, "walk", i), steps, 10);
      for (let t = 0; t < steps - 5; t++) {
        variance += x[t]! ** 2 / (runs * (steps - 5));
        lag5 += (x[t]! * x[t + 5]!) / (runs * (steps - 5));
      }
    }
    expect(variance).toBeCloseTo(1, 1);
    expect(Math.abs(lag5 - Math.exp(-0.5))).toBeLessThan(0.03);
  });
});

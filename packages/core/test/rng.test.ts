import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logGamma, philox4x32, type Rng, rng } from "../src/rng.ts";

describe("philox4x32", () => {
  // kat_vectors of Random123, lines `philox4x32 10`.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)("counter %j, key %j", (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox4x32(counter, key, out);
    expect([...out]).toEqual(expected);
  });

  it("equals arithmetic in big integers", () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        const out = new Uint32Array(4);
        philox4x32(counter, key, out);
        expect([...out]).toEqual(slowPhilox(counter, key));
      }),
    );
  });
});

/** The paper's definition, word for word. */
function slowPhilox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  const low = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0;
    const p1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & low, (p0 >> 32n) ^ c3 ^ k1, p0 & low];
    k0 = (k0 + 0x9e3779b9n) & low;
    k1 = (k1 + 0xbb67ae85n) & low;
  }
  return [c0, c1, c2, c3].map(Number);
}

/** Central moments of many draws. */
function moments(draw: () => number, count = 200_000): { mean: number; variance: number; skewness: number } {
  const values = Float64Array.from({ length: count }, draw);
  const mean = values.reduce((s, v) => s + v, 0) / count;
  const central = (p: number): number => values.reduce((s, v) => s + (v - mean) ** p, 0) / count;
  return { mean, variance: central(2), skewness: central(3) / central(2) ** 1.5 };
}

/** Within five standard errors of the mean, and 3 % of the variance (its own error is below 1 % for all cases here). */
function expectMoments(draw: () => number, mean: number, variance: number, skewness: number, slack = 0.05): void {
  const found = moments(draw);
  expect(Math.abs(found.mean - mean)).toBeLessThan(5 * Math.sqrt(variance / 200_000));
  expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.03);
  expect(Math.abs(found.skewness - skewness)).toBeLessThan(slack);
}

describe("distributions", () => {
  const stream = (name: string): Rng => rng(7, "moments", name);

  it("next is uniform in [0, 1), also in its lowest digits", () => {
    const r = stream("next");
    expectMoments(() => r.next(), 1 / 2, 1 / 12, 0);
    expectMoments(() => (r.next() * 2 ** 30) % 1, 1 / 2, 1 / 12, 0);
    let least = 1;
    let most = 0;
    for (let i = 0; i < 200_000; i++) {
      const v = r.next();
      least = Math.min(least, v);
      most = Math.max(most, v);
    }
    expect(least).toBeGreaterThanOrEqual(0);
    expect(least).toBeLessThan(1e-4);
    expect(most).toBeLessThan(1);
    expect(most).toBeGreaterThan(1 - 1e-4);
  });

  it("uniform, integer and chance", () => {
    const r = stream("uniform");
    expectMoments(() => r.uniform(-2, 4), 1, 3, 0);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[r.integer(7)]!++;
    // χ² with 6 degrees of freedom is above 22.5 once in a thousand.
    expect(counts.reduce((s, n) => s + (n - 10_000) ** 2 / 10_000, 0)).toBeLessThan(22.5);
    expectMoments(() => (r.chance(0.3) ? 1 : 0), 0.3, 0.21, 0.4 / Math.sqrt(0.21));
    expect(r.chance(0)).toBe(false);
    expect(r.chance(1)).toBe(true);
  });

  it("normal", () => {
    const r = stream("normal");
    expectMoments(() => r.normal(), 0, 1, 0);
    expectMoments(() => r.normal(5, 0.1), 5, 0.01, 0);
    let beyond = 0;
    for (let i = 0; i < 200_000; i++) if (Math.abs(r.normal()) > 1.959964) beyond++;
    expect(Math.abs(beyond / 200_000 - 0.05)).toBeLessThan(0.0025);
  });

  it.each([0.1, 3, 29.9, 30, 200, 1e4])("poisson, mean %d", (mean) => {
    const r = stream(`poisson ${mean}`);
    expectMoments(() => r.poisson(mean), mean, mean, 1 / Math.sqrt(mean), 0.15);
    expect(r.poisson(0)).toBe(0);
  });

  it("poisson on both sides of its change of method has the right probabilities", () => {
    for (const mean of [25, 35]) {
      const r = stream(`probabilities ${mean}`);
      const counts = new Map<number, number>();
      for (let i = 0; i < 200_000; i++) {
        const k = r.poisson(mean);
        counts.set(k, (counts.get(k) ?? 0) + 1);
      }
      for (let k = mean - 10; k <= mean + 10; k++) {
        const expected = 200_000 * Math.exp(k * Math.log(mean) - mean - logGamma(k + 1));
        expect(Math.abs((counts.get(k) ?? 0) - expected)).toBeLessThan(5 * Math.sqrt(expected));
      }
    }
  });

  it.each([0.2, 1, 4.5])("gamma, shape %d", (shape) => {
    const r = stream(`gamma ${shape}`);
    expectMoments(() => r.gamma(shape), shape, shape, 2 / Math.sqrt(shape), 0.3);
  });

  it.each([
    [0.2, 0.2],
    [2, 5],
  ])("beta %d, %d", (a, b) => {
    const r = stream(`beta ${a} ${b}`);
    const skewness = (2 * (b - a) * Math.sqrt(a + b + 1)) / ((a + b + 2) * Math.sqrt(a * b));
    expectMoments(() => r.beta(a, b), a / (a + b), (a * b) / ((a + b) ** 2 * (a + b + 1)), skewness);
  });

  it("permutation has every element once, and every order as often", () => {
    const r = stream("permutation");
    expect([...r.permutation(1000)].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([...r.permutation(0)]).toEqual([]);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const key = r.permutation(4).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // χ² with 23 degrees of freedom is above 49.7 once in a thousand.
    expect([...counts.values()].reduce((s, n) => s + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(49.7);
  });
});

describe("arguments that make no sense", () => {
  it("end in NaN or infinity, not in a loop without end", () => {
    const r = rng(1);
    expect([r.poisson(-1), r.poisson(NaN), r.poisson(Infinity)]).toEqual([0, NaN, Infinity]);
    expect([r.gamma(-1), r.gamma(NaN), r.gamma(0), r.gamma(Infinity)]).toEqual([NaN, NaN, 0, Infinity]);
    expect([r.beta(0, 0), r.beta(1, 0), r.beta(NaN, 1), r.beta(-1, 1)]).toEqual([NaN, NaN, NaN, NaN]);
  });
});

describe("streams", () => {
  const draws = (r: Rng, n = 8): number[] => Array.from({ length: n }, () => r.next());

  it("are named by their key alone", () => {
    expect(draws(rng(1, "augment", 3))).toEqual(draws(rng(1, "augment", 3)));
    expect(draws(rng(1, "augment", 3))).toEqual(draws(rng(1).child("augment").child(3)));
    const parent = rng(1);
    const before = draws(parent.child("x"));
    draws(parent, 100);
    parent.normal();
    expect(draws(parent.child("x"))).toEqual(before);
  });

  it("draw nothing from their parent", () => {
    const [one, two] = [rng(5), rng(5)];
    one.child("a");
    one.child("b", 2);
    expect(draws(one)).toEqual(draws(two));
  });

  it("differ for every key, also where parts could run into each other", () => {
    const keys = [
      [1],
      ["1"],
      [1, 2],
      [12],
      ["1", 2],
      ["1/2"],
      ["1", "2"],
      ["a", "b"],
      ["a/b"],
      ["#1"],
      ["a", 1],
      ["a#1"],
      [-1],
      [1.5],
      [""],
      ["", ""],
    ] as const;
    const seen = keys.map((key) => draws(rng(0, ...key), 4).join());
    expect(new Set(seen).size).toBe(keys.length);
  });

  it("do not resemble each other", () => {
    // Correlation of neighbouring streams' draws; its standard error is 0.01.
    const n = 10_000;
    for (const key of [1, 2, 3]) {
      const [a, b] = [rng("s", key), rng("s", key + 1)];
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (a.next() - 0.5) * (b.next() - 0.5) * 12;
      expect(Math.abs(sum / n)).toBeLessThan(0.05);
    }
    // The first draw of many streams is uniform too, and no two of 200,000 agree in 53 bits.
    let i = 0;
    const seen = new Set<number>();
    const first = (): number => {
      const value = rng("first", `sample ${i % 1000}.mat`, Math.floor(i++ / 1000)).next();
      seen.add(value);
      return value;
    };
    expectMoments(first, 1 / 2, 1 / 12, 0);
    expect(seen.size).toBe(200_000);
  });

  it("stay what they are: a change of these numbers changes every run", () => {
    expect(draws(rng(1, "pinned"), 3)).toMatchInlineSnapshot(`
      [
        0.6977854105060981,
        0.040188487020028196,
        0.4004977665558619,
      ]
    `);
  });
});

describe("logGamma", () => {
  it("is ln (n − 1)! and obeys the recurrence and the value at one half", () => {
    let factorial = 0;
    for (let n = 1; n < 100; n++) {
      expect(Math.abs(logGamma(n) - factorial)).toBeLessThan(1e-12 * Math.max(1, factorial));
      factorial += Math.log(n);
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
    for (const x of [0.01, 0.3, 1.7, 12.3]) expect(logGamma(x + 1)).toBeCloseTo(logGamma(x) + Math.log(x), 12);
  });
});

import { matrix, transpose } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { centredKernel } from "../src/closed-form/centred-kernel.ts";
import { blocksOf, kernelRidge } from "../src/closed-form/held-out.ts";
import { ridgeView } from "../src/closed-form/ridge-view.ts";
import { centred, randomMatrix, slowHeldOut, slowMultiply, slowRidge, slowTranspose, squares } from "./slow.ts";

const singles = (n: number): number[][] => Array.from({ length: n }, (_, i) => [i]);
const uneven = [[0, 5, 11], [1], [2, 3], [4, 6, 7, 8], [9, 10]];

describe("blocksOf", () => {
  it("holds the rows of a group out together", () => {
    expect(blocksOf(["a", "b", "a", "c", "b"])).toEqual([[0, 2], [1, 4], [3]]);
  });
  it("holds single rows out where there is one group", () => {
    expect(blocksOf(["a", "a", "a"])).toEqual([[0], [1], [2]]);
    expect(blocksOf([])).toEqual([]);
  });
});

describe("centredKernel", () => {
  it.each([
    [12, 30],
    [15, 4],
    [2, 3],
  ])("has orthonormal vectors that sum to 0 and give the Gram matrix, %i samples of %i features", (n, p) => {
    const x = centred(randomMatrix(n, p, "kernel"));
    const { values, vectors, scale, size, complete } = centredKernel(x);
    const rank = Math.min(n - 1, p);
    expect([size, values.length, vectors.rows, vectors.columns]).toEqual([n, rank, rank, n]);
    expect(complete).toBe(p >= n - 1);
    const gram = slowMultiply(x, slowTranspose(x));
    let trace = 0;
    for (let i = 0; i < n; i++) trace += gram.data[i * n + i]! / n;
    expect(scale).toBeCloseTo(trace, 12);
    const identity = matrix(rank, rank);
    for (let i = 0; i < rank; i++) identity.data[i * (rank + 1)] = 1;
    // Float64 through two products and an eigendecomposition.
    expectAllClose(slowMultiply(vectors, slowTranspose(vectors)).data, identity.data, { atol: 1e-13 });
    expectAllClose(slowMultiply(vectors, matrix(n, 1, new Float64Array(n).fill(1))).data, new Float64Array(rank), {
      atol: 1e-13,
    });
    const weighted = matrix(
      rank,
      n,
      vectors.data.map((v, at) => v * values[Math.floor(at / n)]! * scale),
    );
    expectAllClose(slowMultiply(slowTranspose(vectors), weighted).data, gram.data, { rtol: 1e-12 });
  });
});

describe("kernelRidge", () => {
  it.each([
    ["single samples, more features", 12, 30, singles(12)],
    ["single samples, fewer features", 20, 5, singles(20)],
    ["blocks, more features", 12, 30, uneven],
    ["blocks, fewer features", 12, 3, uneven],
  ])("predicts held-out samples as a fit without them does: %s", (_, n, p, blocks) => {
    const x = centred(randomMatrix(n, p, "x"));
    const y = centred(randomMatrix(n, 3, "y"));
    const kernel = centredKernel(x);
    for (const lambda of [1e2, 1, 1e-2, 1e-5]) {
      const { heldOut, dual } = kernelRidge(kernel, transpose(y), lambda, blocks);
      // The kernel's penalty counts in units of its scale.
      const penalty = lambda * kernel.scale;
      const expected = slowHeldOut(x, y, blocks, (a, b) => slowRidge(a, b, penalty));
      expectAllClose(transpose(heldOut).data, expected.data, { rtol: 1e-8 });
      const weights = slowMultiply(dual, x).data.map((v) => v / kernel.scale);
      expectAllClose(weights, transpose(slowRidge(x, y, penalty).weights).data, { rtol: 1e-8 });
    }
  });
});

describe("ridgeView", () => {
  // As stated in the code: half decades from 10³ down, a smaller one only for a gain of a thousandth.
  const penalties = Array.from({ length: 27 }, (_, i) => 10 ** (3 - i / 2));
  const [n, p] = [16, 6];
  const x = centred(randomMatrix(n, p, "view"));
  const noise = randomMatrix(n, 3, "view noise");
  // The first target follows the features, the second is noise, the third both.
  const y = centred(
    matrix(
      n,
      3,
      noise.data.map((v, at) => {
        const i = Math.floor(at / 3);
        return [1e-3, 1, 0.5][at % 3]! * v + [1, 0, 1][at % 3]! * (x.data[i * p]! - 2 * x.data[i * p + 3]!);
      }),
    ),
  );
  const blocks = [[0, 1], [2], [3, 4, 5], ...singles(n).slice(6)];
  const { scale } = centredKernel(x);
  const fits = penalties.map((lambda) => ({
    lambda,
    weights: slowRidge(x, y, lambda * scale).weights,
    heldOut: slowHeldOut(x, y, blocks, (a, b) => slowRidge(a, b, lambda * scale)),
  }));
  const bestBy = (error: (fit: (typeof fits)[number]) => number): (typeof fits)[number] =>
    fits.reduce((best, fit) => (error(fit) < error(best) * (1 - 1e-3) ? fit : best));

  it("is the textbook's ridge regression at the penalty that predicts each target best", () => {
    const { weights, heldOut, lambda } = ridgeView(x, transpose(y), blocks, false);
    for (let m = 0; m < 3; m++) {
      const best = bestBy(({ heldOut: h }) => squares(h, y, m));
      expect(lambda[m]).toBe(best.lambda);
      expectAllClose(
        weights.data.subarray(m * p, (m + 1) * p),
        transpose(best.weights).data.subarray(m * p, (m + 1) * p),
        {
          rtol: 1e-8,
        },
      );
      expectAllClose(
        heldOut.data.subarray(m * n, (m + 1) * n),
        transpose(best.heldOut).data.subarray(m * n, (m + 1) * n),
        {
          rtol: 1e-8,
        },
      );
    }
    expect(new Set(lambda).size).toBeGreaterThan(1);
  });

  it("takes one penalty for all targets that belong together", () => {
    const { weights, lambda } = ridgeView(x, transpose(y), blocks, true);
    const best = bestBy(({ heldOut }) => squares(heldOut, y));
    expect(lambda).toEqual([best.lambda, best.lambda, best.lambda]);
    expectAllClose(weights.data, transpose(best.weights).data, { rtol: 1e-8 });
  });

  it("gives the mean of the others where the features say nothing", () => {
    const { weights, heldOut } = ridgeView(matrix(n, p), transpose(y), singles(n), true);
    expect(weights.data.every((w) => w === 0)).toBe(true);
    // Of centred targets the others' mean is −t / (n − 1).
    expectAllClose(
      heldOut.data,
      transpose(y).data.map((t) => -t / (n - 1)),
      { rtol: 1e-12 },
    );
  });
});

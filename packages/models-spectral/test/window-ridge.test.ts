import { matrix, transpose } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { windowRidge } from "../src/closed-form/window-ridge.ts";
import { centred, randomMatrix, slowHeldOut, slowRidge, squares } from "./slow.ts";

// As stated in the code: decades from 10 down, as shares of the window's mean variance.
const penalties = Array.from({ length: 10 }, (_, i) => 10 ** (1 - i));

const n = 14;
const singles = Array.from({ length: n }, (_, i) => [i]);
const pairs = Array.from({ length: n / 2 }, (_, i) => [i, i + n / 2]);

describe("windowRidge", () => {
  it.each([
    ["as many points", 9, 9, 1, false, singles],
    ["single points", 9, 9, 0, false, singles],
    ["fewer points", 9, 5, 2, false, pairs],
    ["more points", 6, 11, 1, false, pairs],
    ["one point", 6, 1, 1, false, pairs],
    ["windows beyond both ends", 5, 5, 20, false, singles],
    ["the windows' means", 9, 9, 2, true, pairs],
    ["the windows' means, fewer points", 9, 4, 1, true, singles],
  ])("is the ridge regression of each point on its window: %s", (_, points, outPoints, half, averaged, blocks) => {
    const x = centred(randomMatrix(n, points, "x"));
    const noise = randomMatrix(n, outPoints, "noise");
    const placeOf = (j: number): number => Math.round((j * (points - 1)) / Math.max(1, outPoints - 1));
    const y = centred(
      matrix(
        n,
        outPoints,
        noise.data.map((v, at) => 0.4 * v + x.data[Math.floor(at / outPoints) * points + placeOf(at % outPoints)]!),
      ),
    );
    const windowOf = (j: number): number[] =>
      Array.from({ length: points }, (__, k) => k).filter((k) => Math.abs(k - placeOf(j)) <= half);
    const fits = penalties.map((lambda) => {
      const weights = matrix(outPoints, points);
      const heldOut = matrix(n, outPoints);
      for (let j = 0; j < outPoints; j++) {
        const window = windowOf(j);
        const size = averaged ? 1 : window.length;
        const seen = matrix(n, size);
        for (let i = 0; i < n; i++)
          window.forEach(
            (k, c) =>
              (seen.data[i * size + (averaged ? 0 : c)]! += x.data[i * points + k]! / (averaged ? window.length : 1)),
          );
        const penalty = (lambda * seen.data.reduce((s, v) => s + v * v, 0)) / size;
        const own = matrix(
          n,
          1,
          Float64Array.from({ length: n }, (__, i) => y.data[i * outPoints + j]!),
        );
        const { weights: w } = slowRidge(seen, own, penalty);
        window.forEach((k, c) => (weights.data[j * points + k] = averaged ? w.data[0]! / window.length : w.data[c]!));
        const predicted = slowHeldOut(seen, own, blocks, (a, b) => slowRidge(a, b, penalty)).data;
        predicted.forEach((v, i) => (heldOut.data[i * outPoints + j] = v));
      }
      return { lambda, weights, heldOut };
    });
    const best = fits.reduce((b, f) => (squares(f.heldOut, y) < squares(b.heldOut, y) * (1 - 1e-3) ? f : b));

    const found = windowRidge(x, transpose(y), blocks, half, averaged);
    expect(found.lambda).toBe(best.lambda);
    expectAllClose(found.weights.data, best.weights.data, { rtol: 1e-8 });
    expectAllClose(transpose(found.heldOut).data, best.heldOut.data, { rtol: 1e-8 });
  });

  it("gives weights of 0 where a window does not vary", () => {
    const x = centred(randomMatrix(n, 7, "x"));
    for (let i = 0; i < n; i++) x.data[i * 7 + 3] = 0;
    const { weights, heldOut } = windowRidge(x, transpose(x), singles, 0, false);
    expect([...weights.data.subarray(21, 28)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(heldOut.data.every(Number.isFinite)).toBe(true);
  });
});

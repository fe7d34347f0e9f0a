import { matrix, transpose } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../src/closed-form/held-out.ts";
import { ridgeInParts } from "../src/closed-form/ridge-in-parts.ts";
import { ridgeView } from "../src/closed-form/ridge-view.ts";
import { centred, randomMatrix, rowsOf } from "./slow.ts";

// More features than samples in a part.
const [n, p] = [31, 40];
// Features far from 0, so that a part's own mean counts.
const x = randomMatrix(n, p, "parts");
x.data.forEach((v, at) => (x.data[at] = v + 5));
const noise = randomMatrix(n, 2, "targets");
const y = centred(
  matrix(
    n,
    2,
    noise.data.map((v, at) => 0.5 * v + x.data[Math.floor(at / 2) * p + (at % 2)]!),
  ),
);
const groups = Array.from({ length: n }, (_, i) => `g${i % 7}`);

describe("ridgeInParts", () => {
  it.each([
    [100, [31]],
    [31, [31]],
    [16, [16, 15]],
    [12, [11, 10, 10]],
  ])("averages the regressions of parts of %i samples at most", (most, sizes) => {
    const parts: (readonly number[])[] = [];
    const found = ridgeInParts(
      (rows) => {
        parts.push(rows);
        return rowsOf(x, rows);
      },
      transpose(y),
      groups,
      { shared: false, most },
    );
    expect(parts.map((rows) => rows.length)).toEqual(sizes);
    expect(parts.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    const weights = matrix(2, p);
    const heldOut = matrix(2, n);
    for (const rows of parts) {
      const fit = ridgeView(
        centred(rowsOf(x, rows)),
        transpose(rowsOf(y, rows)),
        blocksOf(rows.map((i) => groups[i]!)),
        false,
      );
      fit.weights.data.forEach((w, at) => (weights.data[at]! += w / parts.length));
      rows.forEach((i, at) => {
        for (const m of [0, 1]) heldOut.data[m * n + i] = fit.heldOut.data[m * rows.length + at]!;
      });
    }
    // The same sums in another order.
    expectAllClose(found.weights.data, weights.data, { rtol: 1e-9 });
    expectAllClose(found.heldOut.data, heldOut.data, { rtol: 1e-9 });
  });

  it("gives zeros from a single sample", () => {
    const { weights, heldOut } = ridgeInParts((rows) => rowsOf(x, rows), matrix(2, 1), ["g"], {
      shared: true,
      most: 50,
    });
    expect([weights.rows, weights.columns, heldOut.columns]).toEqual([2, p, 1]);
    expect([...weights.data, ...heldOut.data].every((v) => v === 0)).toBe(true);
  });
});

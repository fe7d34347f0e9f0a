import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import {
  choleskySolve,
  innerGram,
  matrix,
  multiply,
  multiplyTransposed,
  outerGram,
  symmetricEigen,
  transpose,
  transposedMultiply,
} from "../src/index.ts";
import { randomMatrix, slowMultiply, slowSolve, slowTranspose } from "./slow.ts";

describe("products", () => {
  // Around the block size 4, the transpose's tile 16 and the panel 256, and empty.
  it.each([
    [1, 1, 1],
    [3, 5, 2],
    [4, 4, 4],
    [7, 300, 9],
    [8, 20, 6],
    [6, 20, 7],
    [7, 21, 7],
    [16, 256, 17],
    [33, 513, 40],
    [5, 0, 3],
  ])("equal the triple loop for %i × %i × %i", (n, k, m) => {
    const a = randomMatrix(n, k, "a");
    const b = randomMatrix(k, m, "b");
    const expected = slowMultiply(a, b).data;
    const close = { rtol: 1e-13, atol: 1e-15 };
    expectAllClose(multiply(a, b).data, expected, close);
    expectAllClose(multiplyTransposed(a, slowTranspose(b)).data, expected, close);
    expectAllClose(transposedMultiply(slowTranspose(a), b).data, expected, close);
    expectAllClose(outerGram(a).data, slowMultiply(a, slowTranspose(a)).data, close);
    expectAllClose(innerGram(a).data, slowMultiply(slowTranspose(a), a).data, close);
    expect(transpose(a)).toEqual(slowTranspose(a));
  });
});

describe("choleskySolve", () => {
  it.each([1, 2, 5, 40])("solves a system of %i unknowns", (n) => {
    const a = outerGram(randomMatrix(n, n + 3, "spd"));
    for (const m of [1, 4, 6]) {
      const b = randomMatrix(n, m, "right");
      const shifted = matrix(n, n, a.data.slice());
      for (let i = 0; i < n; i++) shifted.data[i * n + i]! += 0.7;
      expectAllClose(choleskySolve(a, 0.7, transpose(b)).data, transpose(slowSolve(shifted, b)).data, { rtol: 1e-11 });
    }
  });

  it("refuses a matrix that is not positive definite", () => {
    const one = matrix(2, 2, Float64Array.from([1, 1, 1, 1]));
    expect(() => choleskySolve(one, 0, one)).toThrow(expect.objectContaining({ code: "SPECTRAI_DATA_VALUE" }));
    expect(() => choleskySolve(matrix(1, 1, Float64Array.of(Number.NaN)), 1, matrix(1, 1))).toThrow(/singular/);
  });
});

describe("symmetricEigen", () => {
  const check = (a: ReturnType<typeof matrix>): void => {
    const n = a.rows;
    const { values, vectors } = symmetricEigen(a);
    const scale = Math.max(1e-300, ...Array.from(a.data, Math.abs)) * n;
    for (let k = 1; k < n; k++) expect(values[k]!).toBeLessThanOrEqual(values[k - 1]!);
    // Orthonormal rows, and A v = d v.
    const identity = matrix(n, n);
    for (let i = 0; i < n; i++) identity.data[i * n + i] = 1;
    expectAllClose(slowMultiply(vectors, slowTranspose(vectors)).data, identity.data, { atol: 1e-13 * n });
    const image = slowMultiply(vectors, a).data;
    expectAllClose(
      image,
      vectors.data.map((v, at) => v * values[Math.floor(at / n)]!),
      { atol: 1e-14 * scale },
    );
  };

  it.each([1, 2, 3, 10, 61, 120])("decomposes a random matrix of order %i", (n) => {
    const a = randomMatrix(n, n, "sym");
    check(
      matrix(
        n,
        n,
        a.data.map((v, at) => v + a.data[(at % n) * n + Math.floor(at / n)]!),
      ),
    );
  });

  it("finds the known eigenvalues of the second difference, 2 − 2 cos(kπ / (n + 1))", () => {
    const n = 50;
    const a = matrix(n, n);
    for (let i = 0; i < n; i++) {
      a.data[i * n + i] = 2;
      if (i > 0) a.data[i * n + i - 1] = a.data[(i - 1) * n + i] = -1;
    }
    check(a);
    const expected = Float64Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)));
    expectAllClose(symmetricEigen(a).values, expected, { rtol: 1e-14 });
  });

  it.each([
    ["zero", 5, () => 0],
    ["the identity", 6, (i: number, j: number) => (i === j ? 1 : 0)],
    ["of rank one", 7, (i: number, j: number) => (i + 1) * (j + 1)],
    ["diagonal with equal values", 6, (i: number, j: number) => (i === j ? [3, -1, 3, 0, 0, 7][i]! : 0)],
    [
      "of blocks that do not meet",
      6,
      (i: number, j: number) => (Math.floor(i / 2) === Math.floor(j / 2) ? 1 + i + j : 0),
    ],
    ["of hugely different scales", 6, (i: number, j: number) => 10 ** (-3 * (i + j))],
    ["tiny", 4, (i: number, j: number) => 1e-200 * (1 + Math.min(i, j))],
  ])("decomposes a matrix that is %s", (__, n, element) => {
    check(
      matrix(
        n,
        n,
        Float64Array.from({ length: n * n }, (_, at) => element(Math.floor(at / n), at % n)),
      ),
    );
  });

  it("stops at values that are not numbers", () => {
    expect(() => symmetricEigen(matrix(3, 3, new Float64Array(9).fill(Number.NaN)))).toThrow(
      expect.objectContaining({ code: "SPECTRAI_DATA_VALUE" }),
    );
  });
});

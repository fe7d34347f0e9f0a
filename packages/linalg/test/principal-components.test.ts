import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { matrix, principalComponents } from "../src/index.ts";
import { randomMatrix, slowMultiply, slowTranspose } from "./slow.ts";

describe("principalComponents", () => {
  it.each([
    [50, 20],
    [12, 30],
  ])("finds orthonormal axes and their variances for %i rows of %i columns", (rows, points) => {
    const x = randomMatrix(rows, points, "principal");
    const { axes, variances, mean, centred } = principalComponents(x);
    const expected = Float64Array.from(
      { length: points },
      (_, k) => Array.from({ length: rows }, (__, i) => x.data[i * points + k]!).reduce((s, v) => s + v, 0) / rows,
    );
    expectAllClose(mean, expected, { atol: 1e-14 });
    expect(axes.rows).toBe(Math.min(rows - 1, points));
    const identity = matrix(axes.rows, axes.rows);
    for (let i = 0; i < axes.rows; i++) identity.data[i * axes.rows + i] = 1;
    expectAllClose(slowMultiply(axes, slowTranspose(axes)).data, identity.data, { atol: 1e-11 });
    // The scatter matrix is Σ d v vᵀ.
    const cx = matrix(
      rows,
      points,
      x.data.map((v, at) => v - expected[at % points]!),
    );
    expectAllClose(centred.data, cx.data, { atol: 1e-13 });
    const weighted = matrix(
      axes.rows,
      points,
      axes.data.map((v, at) => v * variances[Math.floor(at / points)]!),
    );
    expectAllClose(slowMultiply(slowTranspose(axes), weighted).data, slowMultiply(slowTranspose(cx), cx).data, {
      rtol: 1e-12,
    });
  });
});

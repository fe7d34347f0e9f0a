import { type Axis, linearAxis } from "@spectrai/core";
import { matrix, type Matrix, pickRows } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import {
  directStandardisation,
  directStandardisationSchema,
  pca,
  pcaSchema,
  piecewiseDirectStandardisation,
  piecewiseDirectStandardisationSchema,
  ridge,
  ridgeSchema,
} from "../src/index.ts";
import { innerFolds, splitRows } from "../src/folds.ts";
import { fit, partOf, randomMatrix, slowMultiply, slowSolve, slowTranspose } from "./helpers.ts";
import { nothing, predictAll } from "./table.ts";

const ds = (options: object = {}): unknown =>
  directStandardisation.create(directStandardisationSchema.parse(options), {});
const pds = (options: object = {}): unknown =>
  piecewiseDirectStandardisation.create(piecewiseDirectStandardisationSchema.parse(options), {});

/** Smooth spectra of a few substances. */
function spectra(rows: number, points: number, seed: string): Matrix {
  const amounts = randomMatrix(rows, 6, `${seed} amounts`);
  const out = matrix(rows, points);
  out.data.forEach((_, at) => {
    const [i, j] = [Math.floor(at / points), at % points];
    for (let k = 0; k < 6; k++)
      out.data[at]! += (2 + amounts.data[i * 6 + k]!) * Math.exp(-(((j / points - (k + 0.5) / 6) * 12) ** 2));
  });
  return out;
}
/** Another instrument: each point a fixed sum of its neighbours, with an offset and noise. */
function blurred(x: Matrix, noise: number, seed: string): Matrix {
  const error = randomMatrix(x.rows, x.columns, seed);
  return matrix(
    x.rows,
    x.columns,
    x.data.map((v, at) => {
      const j = at % x.columns;
      const left = j > 0 ? x.data[at - 1]! : v;
      const right = j < x.columns - 1 ? x.data[at + 1]! : v;
      return 0.4 + 0.9 * (0.5 * v + 0.3 * left + 0.2 * right) + noise * error.data[at]!;
    }),
  );
}
const columnMean = (a: Matrix, j: number): number => {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += a.data[i * a.columns + j]!;
  return sum / a.rows;
};

/** Least squares of column `j` of y on columns `from` … `to` − 1 of x, with an offset; predictions for the rows of `z`. */
function leastSquares(x: Matrix, y: Matrix, j: number, from: number, to: number, z: Matrix): number[] {
  const cut = (a: Matrix): Matrix =>
    matrix(
      a.rows,
      to - from,
      Float64Array.from({ length: a.rows * (to - from) }, (_, at) => {
        const k = from + (at % (to - from));
        return a.data[Math.floor(at / (to - from)) * a.columns + k]! - columnMean(x, k);
      }),
    );
  const c = cut(x);
  const own = columnMean(y, j);
  const target = matrix(
    y.rows,
    1,
    Float64Array.from({ length: y.rows }, (_, i) => y.data[i * y.columns + j]! - own),
  );
  const w = slowSolve(slowMultiply(slowTranspose(c), c), slowMultiply(slowTranspose(c), target));
  return Array.from(slowMultiply(cut(z), w).data, (v) => v + own);
}

describe("direct-standardisation", () => {
  it("is least squares between two instruments when no rank is left out", async () => {
    const x = randomMatrix(40, 6, "ds x");
    const y = slowMultiply(x, randomMatrix(6, 9, "ds map"));
    const fitted = await fit(ds(), partOf(x, y), nothing);
    expect(fitted.chosen["rank"]).toBe(6);
    expect(fitted.chosen["rmsecv"]).toBeLessThan(1e-12);
    const z = randomMatrix(5, 6, "ds new");
    const predicted = predictAll(fitted, partOf(z, matrix(5, 9)));
    expectAllClose(predicted, slowMultiply(z, randomMatrix(6, 9, "ds map")).data, { rtol: 1e-9, atol: 1e-10 });
  });

  it("chooses a rank by cross-validation with which it beats the raw spectra on new ones", async () => {
    const [x, z] = [spectra(40, 50, "a"), spectra(30, 50, "b")];
    const fitted = await fit(ds(), partOf(x, blurred(x, 0.01, "na")), nothing);
    expect(fitted.chosen["rank"]).toBeGreaterThanOrEqual(5);
    expect(fitted.chosen["rank"]).toBeLessThan(15);
    const predicted = predictAll(fitted, partOf(z, z));
    const truth = blurred(z, 0, "none").data;
    const error = (a: ArrayLike<number>): number =>
      Math.sqrt(truth.reduce((s, v, i) => s + (v - a[i]!) ** 2, 0) / truth.length);
    expect(error(predicted)).toBeLessThan(0.02);
    expect(error(z.data)).toBeGreaterThan(0.1);
  });
});

describe("piecewise-direct-standardisation", () => {
  it("is least squares on each window when no component is left out", async () => {
    const x = randomMatrix(30, 12, "pds x");
    const y = blurred(x, 0.05, "pds noise");
    const z = randomMatrix(4, 12, "pds new");
    const fitted = await fit(pds({ windows: [3] }), partOf(x, y), nothing);
    expect(fitted.chosen).toMatchObject({ window: 3, components: 3 });
    const predicted = predictAll(fitted, partOf(z, z));
    for (let j = 0; j < 12; j++)
      expectAllClose(
        predicted.filter((_, at) => at % 12 === j),
        leastSquares(x, y, j, Math.max(0, j - 1), Math.min(12, j + 2), z),
        { rtol: 1e-9 },
      );
  });

  it("chooses the window of an explicit loop over folds", async () => {
    const x = randomMatrix(25, 10, "window x");
    const y = blurred(x, 0.05, "window noise");
    // As many components as points: least squares.
    const fitted = await fit(pds({ windows: [5, 1, 3], maxComponents: 5 }), partOf(x, y), nothing);
    const folds = innerFolds(
      Array.from({ length: 25 }, () => "g"),
      new Int32Array(25),
      "pds",
    );
    const error = [1, 3, 5].map((window) => {
      let sum = 0;
      for (let f = 0; f < folds.count; f++) {
        const { train, held } = splitRows(folds, f);
        for (let j = 0; j < 10; j++)
          leastSquares(
            pickRows(x, train),
            pickRows(y, train),
            j,
            Math.max(0, j - (window - 1) / 2),
            Math.min(10, j + (window + 1) / 2),
            pickRows(x, held),
          ).forEach((v, i) => (sum += (v - y.data[held[i]! * 10 + j]!) ** 2));
      }
      return Math.sqrt(sum / 250);
    });
    const best = [1, 3, 5][error.indexOf(Math.min(...error))]!;
    expect(best).toBe(3);
    expect(fitted.chosen).toMatchObject({ window: best, components: best });
    expect((fitted.chosen["rmsecv"] as number) / Math.min(...error)).toBeCloseTo(1, 8);
  });

  it("finds the place of each point on another axis, in its unit or by its share of the length", async () => {
    const x = randomMatrix(30, 21, "axis x");
    // Target point j is input point 2 j.
    const half = matrix(
      30,
      11,
      Float64Array.from({ length: 330 }, (_, at) => 3 + 2 * x.data[Math.floor(at / 11) * 21 + 2 * (at % 11)]!),
    );
    const targets: readonly Axis[] = [linearAxis(1000, 2000, 11, "nm"), linearAxis(9, 5, 11, "eV")];
    for (const target of targets) {
      const part = partOf(x, half, { input: linearAxis(1000, 2000, 21, "nm"), target });
      const fitted = await fit(pds(), part, nothing);
      expect(fitted.chosen).toMatchObject({ window: 1, components: 1 });
      expectAllClose(predictAll(fitted, part), half.data, { rtol: 1e-9, atol: 1e-9 });
    }
  });
});

describe("targets on an axis of another length", () => {
  const [x, y] = [spectra(40, 50, "other"), spectra(40, 30, "other")];
  const part = partOf(x, y);

  it("are predicted by ridge and both standardisations", async () => {
    for (const baseline of [ridge.create(ridgeSchema.parse({}), {}), ds(), pds()]) {
      const fitted = await fit(baseline, part, nothing);
      expect(fitted.predict(part.sample(0).input).shape).toEqual([30]);
      const error = predictAll(fitted, part).reduce((s, v, i) => s + (v - y.data[i]!) ** 2, 0) / y.data.length;
      expect(error).toBeLessThan(0.01);
    }
  });

  it("are refused by pca, which says what to use instead", async () => {
    await expect(fit(pca.create(pcaSchema.parse({}), {}), part, nothing)).rejects.toThrow(/ridge/);
  });

  it("must be spectra", async () => {
    const classes = {
      size: 2,
      sample: (i: number) => ({ ...part.sample(i), target: { kind: "class", value: 0 } as const }),
    };
    await expect(fit(ds(), classes, nothing)).rejects.toMatchObject({ code: "SPECTRAI_TASK_UNSUITABLE" });
    await expect(fit(pds(), nothing, nothing)).rejects.toMatchObject({ code: "SPECTRAI_DATA_EMPTY" });
  });
});

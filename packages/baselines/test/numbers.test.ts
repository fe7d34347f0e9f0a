import { linearAxis, spectralArray } from "@spectrai/core";
import { matrix, type Matrix, pickRows } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { innerFolds, splitRows } from "../src/folds.ts";
import {
  mean,
  meanSchema,
  pcaRegression,
  pcaRegressionSchema,
  pls,
  plsSchema,
  ridge,
  ridgeSchema,
} from "../src/index.ts";
import { pcrFamily } from "../src/numbers/pcr-family.ts";
import { ridgeFamily } from "../src/numbers/ridge-family.ts";
import { plsComponents } from "../src/pls-components.ts";
import { fit, randomMatrix, slowMultiply, slowSolve, slowTranspose } from "./helpers.ts";
import { nothing, numbersOf, predictAll, rowsOf, samplesOf, table } from "./table.ts";

const columnMean = (a: Matrix): Float64Array =>
  Float64Array.from({ length: a.columns }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < a.rows; i++) sum += a.data[i * a.columns + j]!;
    return sum / a.rows;
  });
const centre = (a: Matrix, v = columnMean(a)): Matrix =>
  matrix(
    a.rows,
    a.columns,
    a.data.map((x, at) => x - v[at % a.columns]!),
  );
const column = (a: Matrix, j: number): Matrix =>
  matrix(
    a.rows,
    1,
    Float64Array.from({ length: a.rows }, (_, i) => a.data[i * a.columns + j]!),
  );

/** Textbook NIPALS for one target, deflating X and y, and B = W (PᵀW)⁻¹ q. Centred input. */
function slowPls(x0: Matrix, y0: Matrix, count: number): Matrix {
  let [x, y] = [x0, y0];
  const [w, p, q]: [number[][], number[][], number[]] = [[], [], []];
  for (let a = 0; a < count; a++) {
    const raw = slowMultiply(slowTranspose(x), y).data;
    const length = Math.hypot(...raw);
    const wa = raw.map((v) => v / length);
    const t = slowMultiply(x, matrix(x.columns, 1, wa)).data;
    const tt = t.reduce((s, v) => s + v * v, 0);
    const pa = slowMultiply(matrix(1, x.rows, t), x).data.map((v) => v / tt);
    const qa = t.reduce((s, v, i) => s + v * y.data[i]!, 0) / tt;
    x = matrix(
      x.rows,
      x.columns,
      x.data.map((v, at) => v - t[Math.floor(at / x0.columns)]! * pa[at % x0.columns]!),
    );
    y = matrix(
      y.rows,
      1,
      y.data.map((v, i) => v - t[i]! * qa),
    );
    w.push(Array.from(wa));
    p.push(Array.from(pa));
    q.push(qa);
  }
  const W = slowTranspose(rowsOf(w));
  return slowMultiply(W, slowSolve(slowMultiply(rowsOf(p), W), matrix(count, 1, Float64Array.from(q))));
}

/** Σ_a r_a q_aᵀ of the first `count` components: `[points, targets]`. */
function coefficients(x: Matrix, y: Matrix, count: number): Matrix {
  const { weights, loadings } = plsComponents(x, y, count);
  return slowMultiply(slowTranspose(weights), loadings);
}

const x = centre(rowsOf(table.x));
const y = centre(rowsOf(table.y));

describe("partial least squares", () => {
  it("has NumPy's coefficients, for one target and for two together", () => {
    // Both in float64; problems this small leave rounding alone.
    for (const a of [1, 2, 3]) {
      expectAllClose(coefficients(x, column(y, 0), a).data, table.pls1[a - 1]!, { rtol: 1e-10 });
      expectAllClose(slowTranspose(coefficients(x, y, a)).data, table.pls2[a - 1]!.flat(), { rtol: 1e-10 });
    }
  });

  it.each([
    ["more rows than points", 40, 15],
    ["fewer rows than points", 20, 50],
  ])("is textbook NIPALS with %s", (_, rows, points) => {
    const [a, b] = [centre(randomMatrix(rows, points, "pls x")), centre(randomMatrix(rows, 1, "pls y"))];
    for (const count of [1, 4, 10])
      expectAllClose(coefficients(a, b, count).data, slowPls(a, b, count).data, { rtol: 1e-8 });
  });

  it("is least squares with all components, and then stops", () => {
    const [a, b] = [centre(randomMatrix(30, 6, "all x")), centre(randomMatrix(30, 1, "all y"))];
    const squares = slowSolve(slowMultiply(slowTranspose(a), a), slowMultiply(slowTranspose(a), b));
    expectAllClose(coefficients(a, b, 6).data, squares.data, { rtol: 1e-9 });
    const exact = slowMultiply(a, matrix(6, 1, Float64Array.of(1, 0, 0, 0, 0, 0)));
    expect(plsComponents(a, exact, 30).count).toBeLessThanOrEqual(6);
  });

  it("keeps its scores orthogonal where the points are nearly alike", () => {
    // 25 components of smooth curves: singular values fall by many powers of ten.
    const smooth = matrix(40, 60);
    const c = randomMatrix(40, 30, "smooth");
    for (let i = 0; i < 40; i++)
      for (let j = 0; j < 60; j++)
        for (let k = 0; k < 30; k++)
          smooth.data[i * 60 + j]! += (c.data[i * 30 + k]! * Math.cos(0.05 * j * k)) / 3 ** k;
    const a = centre(smooth);
    const { weights, count } = plsComponents(a, centre(randomMatrix(40, 1, "smooth y")), 20);
    expect(count).toBe(20);
    const t = slowMultiply(a, slowTranspose(weights));
    const gram = slowMultiply(slowTranspose(t), t);
    for (let i = 0; i < count; i++)
      for (let j = 0; j < i; j++) {
        const norm = Math.sqrt(gram.data[i * count + i]! * gram.data[j * count + j]!);
        // Weights of late components are large, and multiplying them out again loses what they grew by.
        expect(Math.abs(gram.data[i * count + j]! / norm)).toBeLessThan(1e-6);
      }
  });
});

describe("ridge and principal component regression to numbers", () => {
  it("have NumPy's coefficients", () => {
    const [first] = ridgeFamily(undefined).paths(x, y, [10, 0.7]);
    expectAllClose(first!.data, table.ridge.flat(), { rtol: 1e-10 });
    const [path] = pcrFamily(3).paths(x, y, [0, 1, 2, 3]);
    expectAllClose(path!.data, [0, 0, 0, 0, 0, ...table.pcr.flat()], { rtol: 1e-10 });
  });

  it("have the same ridge coefficients where points outnumber rows", () => {
    const [a, b] = [centre(randomMatrix(9, 25, "dual x")), centre(randomMatrix(9, 2, "dual y"))];
    const gram = slowMultiply(slowTranspose(a), a);
    for (let i = 0; i < 25; i++) gram.data[i * 26]! += 0.3;
    const expected = slowSolve(gram, slowMultiply(slowTranspose(a), b));
    const paths = ridgeFamily(undefined).paths(a, b, [0.3]);
    for (const j of [0, 1]) expectAllClose(paths[j]!.data, column(expected, j).data, { rtol: 1e-9 });
  });
});

/** Spectra whose first directions are large and useless, and two targets of different units. */
function problem(rows: number, points: number, seed: string): { readonly x: Matrix; readonly y: Matrix } {
  const scores = randomMatrix(rows, 5, `${seed} scores`);
  const shapes = randomMatrix(5, points, "shapes");
  const noise = randomMatrix(rows, points, `${seed} noise`);
  const scaled = matrix(
    rows,
    5,
    scores.data.map((v, at) => v * [20, 5, 1, 1, 0.5][at % 5]!),
  );
  const spectra = slowMultiply(scaled, shapes);
  const extra = randomMatrix(rows, 2, `${seed} extra`);
  return {
    x: matrix(
      rows,
      points,
      spectra.data.map((v, at) => 3 + v + 0.05 * noise.data[at]!),
    ),
    y: matrix(
      rows,
      2,
      Float64Array.from({ length: 2 * rows }, (_, at) => {
        const i = Math.floor(at / 2);
        const [c, d] = [scores.data[i * 5 + 2]!, scores.data[i * 5 + 4]!];
        return at % 2 === 0 ? c + 0.1 * extra.data[at]! : 1000 + 200 * d + 50 * extra.data[at]!;
      }),
    ),
  };
}

describe("the choice by inner folds", () => {
  const both = problem(48, 20, "choice");
  const part = samplesOf(both.x, numbersOf(both.y));

  it("is the one of an explicit loop over folds, scalings and components, and fits on all samples", async () => {
    const fitted = await fit(pls.create(plsSchema.parse({ maxComponents: 8 }), {}), part, nothing);
    const folds = innerFolds(
      Array.from({ length: 48 }, (_, i) => `g${i}`),
      new Int32Array(48),
      "pls",
    );
    const scaleOf = (a: Matrix, autoscale: boolean): Float64Array =>
      Float64Array.from({ length: a.columns }, (_, j) =>
        autoscale ? Math.sqrt(centre(column(a, j)).data.reduce((s, v) => s + v * v, 0) / (a.rows - 1)) : 1,
      );
    const predictor = (a: Matrix, b: Matrix, autoscale: boolean, count: number) => {
      const [ma, mb, scale] = [columnMean(a), columnMean(b), scaleOf(a, autoscale)];
      const prepare = (m: Matrix): Matrix =>
        matrix(
          m.rows,
          m.columns,
          centre(m, ma).data.map((v, at) => v / scale[at % m.columns]!),
        );
      const w = count === 0 ? matrix(a.columns, 1) : slowPls(prepare(a), centre(b, mb), count);
      return (m: Matrix): Float64Array => slowMultiply(prepare(m), w).data.map((v) => v + mb[0]!);
    };
    for (const j of [0, 1]) {
      let best = { components: 0, autoscale: false, error: Infinity };
      for (const autoscale of [false, true])
        for (let components = 0; components <= 8; components++) {
          let error = 0;
          for (let f = 0; f < folds.count; f++) {
            const { train, held } = splitRows(folds, f);
            const predict = predictor(
              pickRows(both.x, train),
              column(pickRows(both.y, train), j),
              autoscale,
              components,
            );
            predict(pickRows(both.x, held)).forEach((v, i) => (error += (v - both.y.data[held[i]! * 2 + j]!) ** 2));
          }
          if (error < best.error) best = { components, autoscale, error };
        }
      expect((fitted.chosen["components"] as number[])[j]).toBe(best.components);
      expect((fitted.chosen["autoscale"] as boolean[])[j]).toBe(best.autoscale);
      expect((fitted.chosen["rmsecv"] as number[])[j]! / Math.sqrt(best.error / 48)).toBeCloseTo(1, 8);
      const expected = predictor(both.x, column(both.y, j), best.autoscale, best.components)(both.x);
      expectAllClose(
        predictAll(fitted, part).filter((_, at) => at % 2 === j),
        expected,
        { rtol: 1e-8 },
      );
    }
  });

  it.each([
    ["pls", pls, plsSchema],
    ["pca-regression", pcaRegression, pcaRegressionSchema],
    ["ridge", ridge, ridgeSchema],
  ] as const)("%s finds each target's signal on new spectra, in its own unit", async (_, component, schema) => {
    const test = problem(60, 20, "new");
    const made = component.create(schema.parse({}) as never, {});
    const fitted = await fit(made, part, samplesOf(test.x, numbersOf(test.y)));
    const predicted = predictAll(fitted, samplesOf(test.x, numbersOf(test.y)));
    const error = [0, 1].map((j) =>
      Math.sqrt(predicted.reduce((s, v, at) => s + (at % 2 === j ? (v - test.y.data[at]!) ** 2 : 0), 0) / test.x.rows),
    );
    // Noise of the targets is 0.1 and 50.
    expect(error[0]).toBeLessThan(0.2);
    expect(error[1]).toBeLessThan(80);
    expect(fitted.predict(part.sample(0).input)).toMatchObject({ shape: [2] });
    expect(fitted.predict(part.sample(0).input).data).toBeInstanceOf(Float64Array);
  });

  it("leaves validation out of the fit, not of the choice, when told not to refit", async () => {
    const held = problem(20, 20, "held");
    const validation = samplesOf(held.x, numbersOf(held.y));
    const lambdas = [2];
    const kept = await fit(ridge.create(ridgeSchema.parse({ lambdas, refit: false }), {}), part, validation);
    const alone = await fit(ridge.create(ridgeSchema.parse({ lambdas }), {}), part, nothing);
    const joined = await fit(ridge.create(ridgeSchema.parse({ lambdas }), {}), part, validation);
    expect(alone.chosen["autoscale"]).toEqual(kept.chosen["autoscale"]);
    expectAllClose(predictAll(kept, validation), predictAll(alone, validation), { rtol: 1e-10 });
    expect(kept.chosen).toEqual(joined.chosen);
    expect(predictAll(kept, validation)).not.toEqual(predictAll(joined, validation));
  });

  it("takes the simpler of equal settings: no component for targets that never change", async () => {
    const constant = samplesOf(both.x, numbersOf(matrix(48, 1, new Float64Array(48).fill(7))));
    const fitted = await fit(pls.create(plsSchema.parse({}), {}), constant, nothing);
    expect(fitted.chosen).toEqual({ components: 0, autoscale: false, rmsecv: 0 });
    expect(predictAll(fitted, constant)[5]).toBe(7);
  });

  it("takes the mean spectrum of a cube", async () => {
    const fitted = await fit(pls.create(plsSchema.parse({}), {}), part, nothing);
    const [a, b] = [part.sample(0).input, part.sample(1).input];
    const cube = spectralArray(Float64Array.of(...a.data, ...b.data), [1, 2, 20], a.axis);
    const middle = spectralArray(
      a.data.map((v, i) => (v + b.data[i]!) / 2),
      [20],
      a.axis,
    );
    expectAllClose(fitted.predict(cube).data, fitted.predict(middle).data, { rtol: 1e-12 });
  });

  it("says what is wrong with targets, samples and spectra", async () => {
    const make = () => pls.create(plsSchema.parse({}), {});
    const classes = samplesOf(
      both.x,
      Array.from({ length: 48 }, () => ({ kind: "class", value: 0 }) as const),
    );
    await expect(fit(make(), classes, nothing)).rejects.toMatchObject({ code: "SPECTRAI_TASK_UNSUITABLE" });
    await expect(fit(make(), nothing, nothing)).rejects.toMatchObject({ code: "SPECTRAI_DATA_EMPTY" });
    await expect(fit(make(), { ...part, size: 1 }, nothing)).rejects.toMatchObject({ code: "SPECTRAI_DATA_EMPTY" });
    const bad = samplesOf(both.x, numbersOf(matrix(48, 1, new Float64Array(48).fill(NaN))));
    await expect(fit(make(), bad, nothing)).rejects.toMatchObject({ code: "SPECTRAI_DATA_VALUE" });
    const fitted = await fit(make(), part, nothing);
    expect(() => fitted.predict(spectralArray(new Float64Array(3), [3], linearAxis(0, 1, 3, "nm")))).toThrow(
      /20 points/,
    );
  });
});

describe("mean", () => {
  it("is the mean over training and validation", async () => {
    const train = samplesOf(
      matrix(2, 3),
      numbersOf(
        rowsOf([
          [1, 10],
          [2, 20],
        ]),
      ),
    );
    const validation = samplesOf(matrix(1, 3), numbersOf(rowsOf([[6, 60]])));
    const fitted = await fit(mean.create(meanSchema.parse({}), {}), train, validation);
    expect(fitted.predict(train.sample(0).input)).toEqual({ data: Float64Array.of(3, 30), shape: [2] });
  });
});

describe("inner folds", () => {
  const singles = (n: number): string[] => Array.from({ length: n }, (_, i) => `g${i}`);

  it("hold every row out once and spread classes evenly", () => {
    const labels = Int32Array.from({ length: 43 }, (_, i) => (i < 30 ? 0 : i < 41 ? 1 : 2));
    const folds = innerFolds(singles(43), labels, "lda");
    expect(folds.count).toBe(5);
    for (const [label, total] of [
      [0, 30],
      [1, 11],
      [2, 2],
    ] as const)
      for (let f = 0; f < 5; f++) {
        const here = splitRows(folds, f).held.filter((i) => labels[i] === label).length;
        expect(Math.abs(here - total / 5)).toBeLessThan(1);
      }
    expect(innerFolds(singles(43), labels, "lda")).toEqual(folds);
  });

  it("keep groups together, and are fewer where there are fewer groups", () => {
    const groups = Array.from({ length: 40 }, (_, i) => `meat ${i % 13}`);
    const folds = innerFolds(groups, new Int32Array(40), "pls");
    for (const group of new Set(groups))
      expect(new Set(groups.flatMap((g, i) => (g === group ? [folds.of[i]] : []))).size).toBe(1);
    for (let f = 0; f < 5; f++) expect(splitRows(folds, f).held.length).toBeGreaterThan(4);
    expect(
      innerFolds(
        Array.from({ length: 9 }, (_, i) => `g${i % 3}`),
        new Int32Array(9),
        "pls",
      ).count,
    ).toBe(3);
  });

  it("deal single rows where a class lies in one group", () => {
    const labels = Int32Array.from({ length: 20 }, (_, i) => i % 2);
    const folds = innerFolds(
      Array.from(labels, (label) => `file ${label}`),
      labels,
      "lda",
    );
    expect(folds.count).toBe(5);
    for (let f = 0; f < 5; f++) expect(new Set(splitRows(folds, f).train.map((i) => labels[i])).size).toBe(2);
  });
});

import { linearAxis, spectralArray } from "@spectrai/core";
import { matrix, type Matrix, symmetricEigen } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { pca, pcaRegression, pcaRegressionSchema, pcaSchema, ridge, ridgeSchema } from "../src/index.ts";
import { type Pairs, readPairs, trainAndValidation } from "../src/pairs.ts";
import { ridgeFit, ridgePath } from "../src/ridge-path.ts";
import { curves, fit, partOf, randomMatrix, score, slice, slowMultiply, slowSolve, slowTranspose } from "./helpers.ts";

const mean = (a: Matrix): Float64Array =>
  Float64Array.from(
    { length: a.columns },
    (_, j) => Array.from({ length: a.rows }, (__, i) => a.data[i * a.columns + j]!).reduce((x, y) => x + y, 0) / a.rows,
  );
const less = (a: Matrix, v: Float64Array): Matrix =>
  matrix(
    a.rows,
    a.columns,
    a.data.map((x, at) => x - v[at % a.columns]!),
  );
const mse = (a: Matrix, b: Matrix): number =>
  a.data.reduce((s, x, at) => s + (x - b.data[at]!) ** 2, 0) / a.data.length;

/** Ridge from its normal equations, the obvious way: predictions for `x`. */
function slowRidge({ inputs, targets }: Pairs, lambda: number, x: Matrix): Matrix {
  const [mx, my] = [mean(inputs), mean(targets)];
  const [cx, cy] = [less(inputs, mx), less(targets, my)];
  const gram = slowMultiply(slowTranspose(cx), cx);
  for (let i = 0; i < gram.rows; i++) gram.data[i * gram.rows + i]! += lambda;
  const w = slowSolve(gram, slowMultiply(slowTranspose(cx), cy));
  return less(
    slowMultiply(less(x, mx), w),
    my.map((v) => -v),
  );
}

/** Pairs with more rows than points, and with fewer; targets on an axis of their own length. */
const cases: readonly (readonly [string, number, number, number])[] = [
  ["more rows than points", 40, 12, 9],
  ["fewer rows than points", 15, 33, 9],
];
function linearPairs(rows: number, points: number, outputs: number, seed: string): Pairs {
  const inputs = randomMatrix(rows, points, `${seed} inputs`);
  const w = randomMatrix(points, outputs, "map");
  const noise = randomMatrix(rows, outputs, `${seed} noise`);
  const targets = slowMultiply(inputs, w);
  return {
    inputs: matrix(
      rows,
      points,
      inputs.data.map((v) => v + 3),
    ),
    targets: matrix(
      rows,
      outputs,
      targets.data.map((v, at) => v + noise.data[at]! - 5),
    ),
  };
}

describe.each(cases)("ridge with %s", (__, rows, points, outputs) => {
  const train = linearPairs(rows, points, outputs, "train");
  const held = linearPairs(11, points, outputs, "held");
  const lambdas = [1e-3, 0.1, 1, 10, 1000];

  it("has the validation error of the normal equations at every λ", () => {
    const path = ridgePath(train, held);
    for (const lambda of lambdas)
      expect(Math.abs(path.error(lambda) / mse(slowRidge(train, lambda, held.inputs), held.targets) - 1)).toBeLessThan(
        1e-8,
      );
    const cx = less(train.inputs, mean(train.inputs));
    expect(path.largest).toBeCloseTo(symmetricEigen(slowMultiply(slowTranspose(cx), cx)).values[0]!, 8);
  });

  it("fits and predicts as the normal equations do", () => {
    for (const lambda of lambdas) {
      const { weights, offset } = ridgeFit(train, lambda);
      const predicted = slowMultiply(held.inputs, slowTranspose(weights)).data.map(
        (v, at) => v + offset[at % outputs]!,
      );
      expectAllClose(predicted, slowRidge(train, lambda, held.inputs).data, { rtol: 1e-8 });
    }
  });

  it("chooses λ on validation and refits on both parts", async () => {
    const best = lambdas.reduce((a, b) =>
      mse(slowRidge(train, b, held.inputs), held.targets) < mse(slowRidge(train, a, held.inputs), held.targets) ? b : a,
    );
    const test = linearPairs(5, points, outputs, "test");
    const joined: Pairs = {
      inputs: matrix(rows + 11, points, Float64Array.from([...train.inputs.data, ...held.inputs.data])),
      targets: matrix(rows + 11, outputs, Float64Array.from([...train.targets.data, ...held.targets.data])),
    };
    for (const refit of [true, false]) {
      const fitted = await fit(
        ridge.create(ridgeSchema.parse({ lambdas, refit }), {}),
        partOf(train.inputs, train.targets),
        partOf(held.inputs, held.targets),
      );
      expect(fitted.chosen).toMatchObject({ lambda: best, refit });
      const expected = slowRidge(refit ? joined : train, best, test.inputs).data;
      const predicted = Array.from({ length: 5 }, (_, i) =>
        Array.from(fitted.predict(partOf(test.inputs, test.targets).sample(i).input).data),
      ).flat();
      expectAllClose(predicted, expected, { rtol: 1e-8 });
    }
  });
});

describe("ridge", () => {
  it("shrinks a single input by d / (d + λ), the closed form", () => {
    const inputs = matrix(4, 1, Float64Array.of(-2, -1, 1, 2)); // d = 10
    const targets = matrix(4, 1, Float64Array.of(-6, -3, 3, 6)); // slope 3
    const { weights, offset } = ridgeFit({ inputs, targets }, 5);
    expect(weights.data[0]).toBeCloseTo((3 * 10) / 15, 12);
    expect(offset[0]).toBeCloseTo(0, 12);
  });

  it("scales its grid with the data", async () => {
    const { inputs, targets } = curves(80, 60, 0.2, "grid");
    const validation = curves(40, 60, 0.2, "grid validation");
    const at = async (factor: number): Promise<number> => {
      const scaled = (a: Matrix): Matrix =>
        matrix(
          a.rows,
          a.columns,
          a.data.map((v) => v * factor),
        );
      const fitted = await fit(
        ridge.create(ridgeSchema.parse({}), {}),
        partOf(scaled(inputs), targets),
        partOf(scaled(validation.inputs), validation.targets),
      );
      return fitted.chosen["lambda"] as number;
    };
    const lambda = await at(1);
    expect(lambda).toBeGreaterThan(0);
    expect(await at(1e4)).toBeCloseTo(lambda * 1e8, -6);
  });

  it("maps cubes and spectra to another axis, and refuses constant inputs", async () => {
    const train = linearPairs(40, 12, 9, "train");
    const part = partOf(train.inputs, train.targets);
    const fitted = await fit(ridge.create(ridgeSchema.parse({}), {}), part, part);
    const cube = spectralArray(train.inputs.data.slice(0, 4 * 12), [2, 2, 12], linearAxis(500, 1800, 12, "cm-1"));
    const { data, shape } = fitted.predict(cube);
    expect(shape).toEqual([2, 2, 9]);
    expectAllClose(data.slice(27), fitted.predict(part.sample(3).input).data, { rtol: 1e-15 });
    const flat = partOf(matrix(20, 12), slice(train.targets, 0, 20));
    await expect(fit(ridge.create(ridgeSchema.parse({}), {}), flat, flat)).rejects.toMatchObject({
      code: "SPECTRAI_TASK_UNSUITABLE",
    });
  });
});

describe("pca", () => {
  const { inputs, targets } = curves(120, 80, 0.15, "pca train");
  const held = curves(60, 80, 0.15, "pca validation");
  const train = partOf(inputs, targets);
  const validation = partOf(held.inputs, held.targets);

  it("keeps the three shapes that the curves are made of", async () => {
    const fitted = await fit(pca.create(pcaSchema.parse({}), {}), train, validation);
    expect(fitted.chosen["components"]).toBe(3);
    expect(score(fitted, validation)).toBeLessThan(0.15 ** 2 / 10); // noise in 3 of 80 directions
  });

  it("projects as the definition says, with and without refit", async () => {
    for (const refit of [false, true]) {
      const fitted = await fit(pca.create(pcaSchema.parse({ refit }), {}), train, validation);
      const basis = refit ? matrix(180, 80, Float64Array.from([...inputs.data, ...held.inputs.data])) : inputs;
      const m = mean(basis);
      const cx = less(basis, m);
      const { vectors } = symmetricEigen(slowMultiply(slowTranspose(cx), cx));
      const leading = slice(vectors, 0, 3);
      const x = slice(held.inputs, 5, 6);
      const expected = less(
        slowMultiply(slowMultiply(less(x, m), slowTranspose(leading)), leading),
        m.map((v) => -v),
      );
      expectAllClose(fitted.predict(validation.sample(5).input).data, expected.data, { rtol: 1e-10 });
      if (!refit) expect(fitted.chosen["validationMse"]).toBeCloseTo(score(fitted, validation), 12);
    }
  });

  it("holds out the last fifth of training where there is no validation part", async () => {
    const nothing = { size: 0, sample: train.sample };
    const fitted = await fit(pca.create(pcaSchema.parse({ refit: false }), {}), train, nothing);
    const explicit = await fit(
      pca.create(pcaSchema.parse({ refit: false }), {}),
      partOf(slice(inputs, 0, 96), slice(targets, 0, 96)),
      partOf(slice(inputs, 96, 120), slice(targets, 96, 120)),
    );
    expect(fitted.chosen).toEqual(explicit.chosen);
    expect(
      trainAndValidation(partOf(slice(inputs, 0, 1), slice(targets, 0, 1)), nothing, "pca").validation.inputs.rows,
    ).toBe(1);
  });
});

describe("pca-regression", () => {
  it("is least squares when all components are kept", async () => {
    const train = linearPairs(60, 7, 4, "train");
    const held = linearPairs(30, 7, 4, "held");
    const fitted = await fit(
      pcaRegression.create(pcaRegressionSchema.parse({ refit: false }), {}),
      partOf(train.inputs, train.targets),
      partOf(held.inputs, held.targets),
    );
    expect(fitted.chosen["components"]).toBe(7);
    const expected = slowRidge(train, 0, held.inputs);
    const part = partOf(held.inputs, held.targets);
    expectAllClose(
      Array.from({ length: 30 }, (_, i) => Array.from(fitted.predict(part.sample(i).input).data)).flat(),
      expected.data,
      { rtol: 1e-9 },
    );
    expect(fitted.chosen["validationMse"]).toBeCloseTo(mse(expected, held.targets), 9);
  });

  it("drops the directions of noise", async () => {
    const { inputs, targets } = curves(120, 80, 0.15, "pcr");
    const held = curves(60, 80, 0.15, "pcr validation");
    const fitted = await fit(
      pcaRegression.create(pcaRegressionSchema.parse({}), {}),
      partOf(inputs, targets),
      partOf(held.inputs, held.targets),
    );
    // At least the three shapes; a few more cost too little to be told apart on 60 spectra.
    expect(fitted.chosen["components"]).toBeGreaterThanOrEqual(3);
    expect(fitted.chosen["components"]).toBeLessThan(10);
    expect(score(fitted, partOf(held.inputs, held.targets))).toBeLessThan(0.15 ** 2 / 10);
  });
});

describe("readPairs", () => {
  it("thins rows out evenly above its limit and takes the pixels of cubes as rows", () => {
    const x = matrix(
      30,
      2,
      Float64Array.from({ length: 60 }, (_, i) => i),
    );
    const thin = readPairs(partOf(x, x), "ridge", 10);
    expect(Array.from(thin.inputs.data)).toEqual(Array.from({ length: 10 }, (_, i) => [6 * i, 6 * i + 1]).flat());
    const axis = linearAxis(0, 1, 2, "nm");
    const cube = spectralArray(x.data, [5, 6, 2], axis);
    const cubes = readPairs(
      { size: 1, sample: () => ({ id: "c", group: "g", input: cube, target: { kind: "spectral", value: cube } }) },
      "ridge",
      30,
    );
    expect(cubes.inputs).toEqual(x);
  });
});

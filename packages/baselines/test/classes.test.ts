import { linearAxis, ndarray, type Sample, spectralArray } from "@spectrai/core";
import { type Matrix, matrix, row } from "@spectrai/linalg";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { ldaFamily } from "../src/classes/lda-family.ts";
import { fitLinearScores, type LinearScores, penalizedFamily, type ScoreLoss } from "../src/classes/linear-scores.ts";
import { cosineDistances, euclideanDistances, neighboursFamily } from "../src/classes/neighbours-family.ts";
import { neighbourSearch } from "../src/classes/neighbour-search.ts";
import { plsDaFamily } from "../src/classes/pls-da-family.ts";
import { principalScores } from "../src/classes/principal-scores.ts";
import { logProbabilities, temperatureFactor } from "../src/classes/probability.ts";
import { logisticLoss, squaredHingeLoss } from "../src/classes/score-losses.ts";
import plugin, {
  lda,
  ldaSchema,
  logisticRegression,
  logisticRegressionSchema,
  majorityClass,
  majorityClassSchema,
} from "../src/index.ts";
import { fit, randomMatrix, slowMultiply, slowSolve, slowTranspose } from "./helpers.ts";
import { classesOf, nothing, predictAll, rowsOf, samplesOf, table } from "./table.ts";

const labels = Int32Array.from(table.labels);
const raw = rowsOf(table.x);

function centre(a: Matrix): Matrix {
  const mean = new Float64Array(a.columns);
  a.data.forEach((v, at) => (mean[at % a.columns]! += v / a.rows));
  return matrix(
    a.rows,
    a.columns,
    a.data.map((v, at) => v - mean[at % a.columns]!),
  );
}
const logSoftmax = (scores: Matrix): number[] =>
  Array.from({ length: scores.rows }, (_, i) => {
    const s = Array.from(row(scores, i));
    const log = Math.log(s.reduce((sum, v) => sum + Math.exp(v - Math.max(...s)), 0)) + Math.max(...s);
    return s.map((v) => v - log);
  }).flat();

/** Clouds around a mean for each class, told apart by small directions among large ones. */
function clouds(rows: number, points: number, classes: number, seed: string): { x: Matrix; labels: Int32Array } {
  const means = randomMatrix(classes, points, "class means");
  const noise = randomMatrix(rows, points, `${seed} noise`);
  const drift = randomMatrix(rows, 1, `${seed} drift`);
  const own = Int32Array.from({ length: rows }, (_, i) => i % classes);
  return {
    x: matrix(
      rows,
      points,
      noise.data.map((v, at) => {
        const i = Math.floor(at / points);
        return (
          5 + 10 * drift.data[i]! * Math.cos(at % points) + means.data[own[i]! * points + (at % points)]! + 0.9 * v
        );
      }),
    ),
    labels: own,
  };
}

describe("lda", () => {
  it("has the posteriors of normal classes with a common covariance, from NumPy", () => {
    const scorer = ldaFamily(5).fit(raw, labels, 3, [{ components: 5, shrinkage: 1e-14 }]);
    // Shrunk by 1e-14, where NumPy's covariance is not shrunk.
    expectAllClose(logSoftmax(scorer(raw)[0]!), table.posterior.flat(), { rtol: 1e-9 });
  });

  it("is the Gaussian formula on leading scores with a shrunk covariance", () => {
    const train = clouds(30, 40, 3, "lda");
    const test = clouds(10, 40, 3, "lda test");
    const setting = { components: 4, shrinkage: 0.2 };
    const scored = ldaFamily(10).fit(train.x, train.labels, 3, [setting])(test.x)[0]!;
    const { scores, turn } = principalScores(train.x, 4);
    const turned = turn(test.x);
    const means = [0, 1, 2].map((k) =>
      Float64Array.from({ length: 4 }, (_, d) => {
        const own = Array.from(train.labels.keys()).filter((i) => train.labels[i] === k);
        return own.reduce((s, i) => s + scores.data[i * 4 + d]!, 0) / own.length;
      }),
    );
    const covariance = matrix(4, 4);
    train.labels.forEach((label, i) => {
      for (let a = 0; a < 4; a++)
        for (let b = 0; b < 4; b++)
          covariance.data[a * 4 + b]! +=
            ((scores.data[i * 4 + a]! - means[label]![a]!) * (scores.data[i * 4 + b]! - means[label]![b]!)) / 27;
    });
    const average = [0, 1, 2, 3].reduce((s, a) => s + covariance.data[a * 5]!, 0) / 4;
    const shrunk = matrix(
      4,
      4,
      covariance.data.map((v, at) => 0.8 * v + (at % 5 === 0 ? 0.2 * average : 0)),
    );
    const expected = matrix(10, 3);
    for (let i = 0; i < 10; i++)
      for (let k = 0; k < 3; k++) {
        const d = matrix(
          4,
          1,
          means[k]!.map((m, a) => turned.data[i * 4 + a]! - m),
        );
        const solved = slowSolve(shrunk, d).data;
        expected.data[i * 3 + k] = Math.log(1 / 3) - d.data.reduce((s, v, a) => s + v * solved[a]!, 0) / 2;
      }
    expectAllClose(logSoftmax(scored), logSoftmax(expected), { rtol: 1e-9 });
  });
});

/** The minimum, and rows along their principal axes. */
function solve(
  x: Matrix,
  own: Int32Array,
  classes: number,
  loss: ScoreLoss,
  C: number,
): { readonly found: LinearScores; readonly rows: Matrix } {
  const { scores, variances } = principalScores(x);
  const start = { weights: matrix(classes, scores.columns), offset: new Float64Array(classes) };
  return { found: fitLinearScores(scores, variances, own, loss, 1, C, start, 1e-15), rows: scores };
}
const scoresOf = ({ weights, offset }: LinearScores, rows: Matrix): Matrix => {
  const out = slowMultiply(rows, slowTranspose(weights));
  out.data.forEach((v, at) => (out.data[at] = v + offset[at % offset.length]!));
  return out;
};

describe.each([
  ["logistic", logisticLoss],
  ["squared hinge", squaredHingeLoss],
] as const)("%s loss", (_, loss) => {
  it("has the gradient of central differences", () => {
    const scores = randomMatrix(3, 8, "scores");
    const own = Int32Array.from({ length: 8 }, (__, i) => i % 3);
    const gradient = new Float64Array(24);
    loss(scores, own, gradient);
    const h = 1e-5;
    const numeric = scores.data.map((v, at) => {
      const moved = (to: number): number =>
        loss(
          matrix(
            3,
            8,
            scores.data.map((w, k) => (k === at ? to : w)),
          ),
          own,
          new Float64Array(24),
        );
      return (moved(v + h) - moved(v - h)) / (2 * h);
    });
    expectAllClose(gradient, numeric, { rtol: 1e-7, atol: 1e-9 });
  });
});

describe("logistic regression", () => {
  it("has NumPy's scores, by Newton's method", () => {
    const { found, rows } = solve(raw, labels, 3, logisticLoss, table.C);
    const scores = scoresOf(found, rows);
    // The common offset of all classes is free.
    const centred = scores.data.map(
      (v, at) => v - Array.from(row(scores, Math.floor(at / 3))).reduce((s, w) => s + w / 3, 0),
    );
    // L-BFGS stops when the value falls by less than 1e-15 of itself: its square root in the scores.
    expectAllClose(centred, table.logistic.flat(), { rtol: 1e-6, atol: 1e-6 });
  });

  it.each([0.01, 1, 100, 1e4])("has no slope at its minimum, C = %f", (C) => {
    const { x, labels: own } = clouds(40, 60, 3, "slope");
    const { found, rows } = solve(x, own, 3, logisticLoss, C);
    const scores = slowTranspose(scoresOf(found, rows));
    const gradient = new Float64Array(120);
    const value = logisticLoss(scores, own, gradient);
    const g = slowMultiply(matrix(3, 40, gradient), rows);
    const slope = g.data.map((v, at) => v + found.weights.data[at]! / C);
    // In units of what moves the value: half gᵀH⁻¹g with H at least 1 / C.
    const decrement = (slope.reduce((s, v) => s + v * v, 0) * C) / 2;
    const penalty = found.weights.data.reduce((s, v) => s + v * v, 0) / (2 * C);
    expect(decrement / (value + penalty)).toBeLessThan(1e-6);
    for (let k = 0; k < 3; k++)
      expect(Math.abs(gradient.subarray(40 * k, 40 * (k + 1)).reduce((s, v) => s + v, 0))).toBeLessThan(1e-4);
  });
});

describe("linear classifiers that are fitted roughly", () => {
  it.each([
    ["logistic", logisticLoss, 2 / 9],
    ["squared hinge", squaredHingeLoss, 2],
  ] as const)("decide nearly all rows alike, %s", (_, loss, curvature) => {
    const { x, labels: own } = clouds(400, 60, 3, "rough");
    own.forEach((k, i) => (own[i] = i % 10 === 0 ? (k + 1) % 3 : k)); // not to be told apart by a wide margin
    const test = clouds(400, 60, 3, "rough test");
    const family = penalizedFamily("test", loss, () => curvature);
    const settings = family.settings(centre(x), 3);
    const decisions = (rough: boolean): number[][] =>
      family
        .fit(
          x,
          own,
          3,
          settings,
          rough,
        )(test.x)
        .map((scores) => Array.from({ length: 400 }, (__, i) => row(scores, i).indexOf(Math.max(...row(scores, i)))));
    const [exact, rough] = [decisions(false), decisions(true)];
    expect(exact).toHaveLength(settings.length);
    exact.forEach((each, s) => {
      const other = each.filter((k, i) => k !== rough[s]![i]).length;
      expect(other / 400).toBeLessThan(0.05);
    });
  });
});

describe("linear support vector machine", () => {
  it.each([0.001, 0.01, 0.1, 1])("has no gap to its dual, C = %f", (C) => {
    const { x, labels: own } = clouds(40, 60, 3, "gap");
    const { found, rows } = solve(x, own, 3, squaredHingeLoss, C);
    const scores = scoresOf(found, rows);
    for (let k = 0; k < 3; k++) {
      const y = Array.from(own, (label) => (label === k ? 1 : -1));
      const slack = y.map((v, i) => Math.max(0, 1 - v * scores.data[i * 3 + k]!));
      const w = row(found.weights, k);
      const primal = w.reduce((s, v) => s + v * v, 0) / 2 + C * slack.reduce((s, v) => s + v * v, 0);
      const alpha = slack.map((v) => 2 * C * v);
      // Feasible: Σ α y = 0 up to the solver's precision.
      const total = alpha.reduce((s, a) => s + a, 0);
      expect(Math.abs(alpha.reduce((s, a, i) => s + a * y[i]!, 0)) / total).toBeLessThan(1e-5);
      const dualW = new Float64Array(rows.columns);
      alpha.forEach((a, i) => row(rows, i).forEach((v, d) => (dualW[d]! += a * y[i]! * v)));
      const dual = total - dualW.reduce((s, v) => s + v * v, 0) / 2 - alpha.reduce((s, a) => s + a * a, 0) / (4 * C);
      expect((primal - dual) / primal).toBeLessThan(1e-5);
      expect((primal - dual) / primal).toBeGreaterThan(-1e-5);
    }
  });
});

describe("pls-da", () => {
  it("predicts what NumPy's PLS2 coefficients of the class columns do", () => {
    // PLS2 itself is checked against NumPy in numbers.test.ts; here by its definition with one component.
    const x = centre(raw);
    const columns = centre(
      matrix(12, 3, Float64Array.from(table.labels.flatMap((l) => [0, 1, 2].map((k) => +(k === l))))),
    );
    const scored = plsDaFamily(3).fit(x, labels, 3, [{ components: 1 }, { components: 5 }])(x);
    const cross = slowMultiply(slowTranspose(x), columns);
    let w = Float64Array.of(1, 1, 1, 1, 1);
    for (let step = 0; step < 3000; step++) {
      w = slowMultiply(slowMultiply(cross, slowTranspose(cross)), matrix(5, 1, w)).data.slice() as typeof w;
      const length = Math.hypot(...w);
      w.forEach((v, i) => (w[i] = v / length));
    }
    const t = slowMultiply(x, matrix(5, 1, w)).data;
    const q = slowMultiply(matrix(1, 12, t), columns).data.map((v) => v / t.reduce((s, u) => s + u * u, 0));
    expectAllClose(
      scored[0]!.data,
      Float64Array.from({ length: 36 }, (_, at) => 1 / 3 + t[Math.floor(at / 3)]! * q[at % 3]!),
      { rtol: 1e-9 },
    );
    // All components: least squares.
    const squares = slowMultiply(x, slowSolve(slowMultiply(slowTranspose(x), x), cross));
    expectAllClose(
      scored[1]!.data,
      squares.data.map((v) => v + 1 / 3),
      { rtol: 1e-8 },
    );
  });
});

describe("nearest neighbours", () => {
  const train = clouds(25, 12, 3, "knn");
  const test = clouds(9, 12, 3, "knn test");

  it("has brute-force distances", () => {
    const [euclidean, cosine] = [euclideanDistances(test.x, train.x), cosineDistances(test.x, train.x)];
    for (let i = 0; i < 9; i++)
      for (let j = 0; j < 25; j++) {
        const [a, b] = [Array.from(row(test.x, i)), Array.from(row(train.x, j))];
        const dot = (p: number[], q: number[]): number => p.reduce((s, v, k) => s + v * q[k]!, 0);
        expect(euclidean.data[i * 25 + j]).toBeCloseTo(
          a.reduce((s, v, k) => s + (v - b[k]!) ** 2, 0),
          8,
        );
        expect(cosine.data[i * 25 + j]).toBeCloseTo(1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)), 12);
      }
  });

  it.each([1, 3, 7])("counts the votes of the %i nearest", (neighbours) => {
    const [scores] = neighboursFamily.fit(train.x, train.labels, 3, [{ neighbours, distance: "euclidean" }])(test.x);
    for (let i = 0; i < 9; i++) {
      const near = Array.from({ length: 25 }, (_, j) => ({
        label: train.labels[j]!,
        d: row(test.x, i).reduce((s, v, k) => s + (v - row(train.x, j)[k]!) ** 2, 0),
      })).sort((a, b) => a.d - b.d);
      const votes = [0, 1, 2].map((k) => near.slice(0, neighbours).filter((n) => n.label === k).length);
      // The bonus of nearer votes is 1e-5 a rank.
      expectAllClose(
        row(scores!, i),
        votes.map((v) => Math.log((v + 1 / 3) / (neighbours + 1))),
        { atol: 1e-3 },
      );
    }
  });

  it("finds the same neighbours by search as by comparing all, of equally near ones the earlier", () => {
    // Few directions among many, rows that repeat, zeros, and one row that is not a number.
    const [low, noise] = [randomMatrix(300, 4, "few directions"), randomMatrix(300, 30, "little noise")];
    const map = randomMatrix(4, 30, "map");
    for (const level of [0, 1e-6, 0.3]) {
      const all = slowMultiply(low, map);
      for (let at = 0; at < all.data.length; at++) all.data[at] = 50 + all.data[at]! + level * noise.data[at]!;
      for (let i = 0; i < 100; i++) row(all, 200 + i).set(row(all, 3 * i)); // of which some are asked for
      row(all, 7).fill(0);
      row(all, 150).fill(0);
      const known = matrix(250, 30, all.data.slice(0, 250 * 30));
      const asked = matrix(100, 30, all.data.slice(200 * 30));
      row(asked, 40)[3] = Number.NaN;
      const found = neighbourSearch(known)(asked, 9);
      for (let i = 0; i < 100; i++) {
        const distances = Array.from({ length: 250 }, (_, j) =>
          row(asked, i).reduce((s, v, k) => s + (v - row(known, j)[k]!) ** 2, 0),
        );
        const order = distances.map((_, j) => j).sort((a, b) => distances[a]! - distances[b]! || a - b);
        if (i === 40) expect(Array.from(found[i]!)).toEqual(Array.from({ length: 9 }, (_, r) => r));
        else if (level > 0) expect(Array.from(found[i]!)).toEqual(order.slice(0, 9));
        // Without noise rows lie on a plane, where order among equal distances is up to rounding of the sum.
        else found[i]!.forEach((j, r) => expect(distances[j]!).toBeCloseTo(distances[order[r]!]!, 10));
      }
    }
  });

  it.each(["euclidean", "cosine"] as const)("votes by search as it does by comparing all, %s", (distance) => {
    const signed = randomMatrix(25, 12, "directions");
    row(signed, 4).fill(0);
    row(signed, 9).fill(0);
    const asked = randomMatrix(30, 12, "asked");
    row(asked, 2).fill(0);
    const setting = { neighbours: 5, distance };
    const [one] = neighboursFamily.fit(signed, train.labels, 3, [setting])(asked);
    const [first] = neighboursFamily.fit(signed, train.labels, 3, [setting, { ...setting, neighbours: 7 }])(asked);
    expectAllClose(one!.data, first!.data, { rtol: 1e-13 });
  });

  it("settles equal votes for the nearer class", () => {
    const line = matrix(4, 1, Float64Array.of(0, 10, 11, 12));
    const own = Int32Array.of(0, 1, 1, 0);
    const scorer = neighboursFamily.fit(line, own, 2, [{ neighbours: 2, distance: "euclidean" }]);
    // Nearest to 4: 0 (class 0), then 10 (class 1); nearest to 6: the other way round.
    const [scores] = scorer(matrix(2, 1, Float64Array.of(4, 6)));
    expect(scores!.data[0]).toBeGreaterThan(scores!.data[1]!);
    expect(scores!.data[2]).toBeLessThan(scores!.data[3]!);
  });
});

describe("the factor from scores to logits", () => {
  it("has the least log-loss, smoothed, of all factors", () => {
    const scores = randomMatrix(50, 3, "temperature");
    const own = Int32Array.from({ length: 50 }, (_, i) => {
      const s = row(scores, i);
      return i % 4 === 0 ? i % 3 : s.indexOf(Math.max(...s));
    });
    const loss = (factor: number): number => {
      let sum = 0;
      own.forEach((label, i) => {
        const logp = logProbabilities(row(scores, i), factor);
        sum -= (1 - 1 / 52) * logp[label]! + logp.reduce((s, v) => s + v, 0) / 3 / 52;
      });
      return sum;
    };
    const factor = temperatureFactor(scores, own);
    for (const other of [0.5, 0.9, 0.99, 1.01, 1.1, 2]) expect(loss(factor)).toBeLessThan(loss(other * factor));
  });

  it("stays finite where nothing is missed", () => {
    const factor = temperatureFactor(
      rowsOf([
        [1, 0],
        [0, 1],
      ]),
      Int32Array.of(0, 1),
    );
    expect(factor).toBeGreaterThan(1);
    expect(factor).toBeLessThan(3);
  });
});

describe("classifiers", () => {
  const names = ["lda", "logistic-regression", "pls-da", "nearest-neighbours", "linear-svm"];
  const create = (name: string): unknown => {
    const component = plugin.components.find((c) => c.name === name)!;
    const options = component.schema["~standard"].validate({}) as { value: unknown };
    return component.create(options.value, {});
  };
  const train = clouds(60, 30, 3, "train");
  const held = clouds(60, 30, 3, "held");
  const part = samplesOf(train.x, classesOf(train.labels));
  const test = samplesOf(held.x, classesOf(held.labels));
  const recognized = (logp: readonly number[], own: Int32Array, classes: number): number =>
    own.filter((label, i) => {
      const s = logp.slice(i * classes, (i + 1) * classes);
      return s.indexOf(Math.max(...s)) === label;
    }).length / own.length;

  it.each(names)("%s tells classes apart, with log-probabilities that sum to one", async (name) => {
    const fitted = await fit(create(name), part, nothing);
    const logp = predictAll(fitted, test);
    expect(recognized(logp, held.labels, 3)).toBeGreaterThan(name === "nearest-neighbours" ? 0.4 : 0.9);
    for (let i = 0; i < logp.length; i += 3)
      expect(Math.exp(logp[i]!) + Math.exp(logp[i + 1]!) + Math.exp(logp[i + 2]!)).toBeCloseTo(1, 10);
    expect(fitted.chosen).toMatchObject({ autoscale: expect.any(Boolean), factor: expect.any(Number) });
    expect(fitted.chosen["cvAccuracy"]).toBeGreaterThan(name === "nearest-neighbours" ? 0.4 : 0.9);
  });

  it.each(names)("%s has the least probability for a class without samples", async (name) => {
    const sparse = { ...samplesOf(train.x, classesOf(train.labels.map((l) => 2 * l))), classes: 6 };
    const fitted = await fit(create(name), sparse, nothing);
    const { data, shape } = fitted.predict(part.sample(0).input);
    expect(shape).toEqual([6]);
    for (const absent of [1, 3, 5]) expect(data[absent]).toBeCloseTo(Math.log(1e-15), 10);
  });

  it.each(names)("%s copes with a class of one sample", async (name) => {
    const rare = train.labels.map((l, i) => (i === 7 ? 3 : l));
    const fitted = await fit(create(name), samplesOf(train.x, classesOf(rare)), nothing);
    expect(recognized(predictAll(fitted, test), held.labels, 4)).toBeGreaterThan(0.4);
  });

  it.each(names)("%s learns from the labelled pixels of a cube and predicts every pixel", async (name) => {
    const axis = linearAxis(400, 900, 30, "nm");
    const cube = spectralArray(train.x.data, [6, 10, 30], axis);
    const marks = train.labels.map((l, i) => (i % 5 === 0 ? 255 : l));
    const sample: Sample = {
      id: "scene",
      group: "scene",
      input: cube,
      target: { kind: "mask", value: { ...ndarray(marks, [6, 10]), ignored: 255 } },
    };
    const fitted = await fit(create(name), { size: 1, sample: () => sample }, nothing);
    const { data, shape } = fitted.predict(cube);
    expect(shape).toEqual([6, 10, 3]);
    expect(recognized(Array.from(data), train.labels, 3)).toBeGreaterThan(name === "nearest-neighbours" ? 0.4 : 0.9);
  });

  it("take the fewest components of those that miss nothing", async () => {
    // One direction tells the classes apart.
    const x = matrix(
      30,
      8,
      randomMatrix(30, 8, "easy").data.map((v, at) => v / 10 + (Math.floor(at / 8) % 2 === 0 ? 5 : -5)),
    );
    const own = Int32Array.from({ length: 30 }, (_, i) => i % 2);
    const fitted = await fit(create("lda"), samplesOf(x, classesOf(own)), nothing);
    expect(fitted.chosen).toMatchObject({ components: 1, shrinkage: 1, autoscale: false, cvAccuracy: 1 });
  });

  it("are chosen with groups kept apart", async () => {
    // Two measurements of each of 30 samples whose classes mean nothing: a neighbour outside the group knows no better than chance.
    const x = matrix(60, 20);
    const base = randomMatrix(30, 20, "replicates");
    const jitter = randomMatrix(60, 20, "jitter");
    x.data.forEach((_, at) => (x.data[at] = base.data[at % 600]! + 0.01 * jitter.data[at]!));
    const own = Int32Array.from({ length: 60 }, (_, i) => ((i % 30) * 7) % 2);
    const apart = samplesOf(
      x,
      classesOf(own),
      Array.from({ length: 60 }, (_, i) => `sample ${i % 30}`),
    );
    const mixed = samplesOf(x, classesOf(own));
    expect((await fit(create("nearest-neighbours"), mixed, nothing)).chosen["cvAccuracy"]).toBeGreaterThan(0.95);
    expect((await fit(create("nearest-neighbours"), apart, nothing)).chosen["cvAccuracy"]).toBeLessThan(0.8);
  });

  it("say what is wrong with targets", async () => {
    const one = samplesOf(train.x, classesOf(new Int32Array(60)));
    const make = (): unknown => logisticRegression.create(logisticRegressionSchema.parse({}), {});
    await expect(fit(make(), one, nothing)).rejects.toMatchObject({ code: "SPECTRAI_TASK_UNSUITABLE" });
    const negative = samplesOf(train.x, classesOf(train.labels.map((l) => l - 1)));
    await expect(fit(make(), negative, nothing)).rejects.toMatchObject({ code: "SPECTRAI_DATA_LABEL" });
    const numbers = samplesOf(
      train.x,
      Array.from({ length: 60 }, () => ({ kind: "none" }) as const),
    );
    await expect(fit(lda.create(ldaSchema.parse({}), {}), numbers, nothing)).rejects.toThrow(/kind "none"/);
    await expect(fit(make(), nothing, nothing)).rejects.toMatchObject({ code: "SPECTRAI_DATA_EMPTY" });
  });

  it("majority-class gives every spectrum the log of the classes' shares", async () => {
    const own = Int32Array.of(0, 1, 1, 1, 2);
    const small = samplesOf(matrix(5, 2), classesOf(own));
    const fitted = await fit(majorityClass.create(majorityClassSchema.parse({}), {}), small, nothing);
    expectAllClose(fitted.predict(small.sample(0).input).data, [0.2, 0.6, 0.2].map(Math.log), { rtol: 1e-12 });
  });
});

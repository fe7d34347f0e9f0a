import { linearAxis, spectralArray } from "@spectrai/core";
import { matrix } from "@spectrai/linalg";
import { penalizedSolver, savitzkyGolayFilter } from "@spectrai/preprocess";
import { describe, expect, it } from "vitest";
import {
  pca,
  raw,
  rawSchema,
  ridge,
  savitzkyGolayBaseline,
  savitzkyGolayBaselineSchema,
  whittakerBaseline,
  whittakerBaselineSchema,
} from "../src/index.ts";
import { pcaSchema } from "../src/pca.ts";
import { ridgeSchema } from "../src/ridge.ts";
import { curves, fit, partOf, score } from "./helpers.ts";

const { inputs, targets } = curves(60, 101, 0.1, "train");
const train = partOf(inputs, targets);
const other = curves(20, 101, 0.1, "validation");
const validation = partOf(other.inputs, other.targets);

/** Mean squared error over the training part of one setting, the obvious way. */
function errorOf(smooth: (y: Float64Array, out: Float64Array) => void): number {
  let sum = 0;
  const out = new Float64Array(101);
  for (let i = 0; i < 60; i++) {
    smooth(inputs.data.slice(i * 101, (i + 1) * 101), out);
    for (let j = 0; j < 101; j++) sum += (out[j]! - targets.data[i * 101 + j]!) ** 2;
  }
  return sum / (60 * 101);
}

describe("raw", () => {
  it("predicts the input", async () => {
    const fitted = await fit(raw.create(rawSchema.parse({}), {}), train, validation);
    const { input } = validation.sample(3);
    expect(fitted.predict(input).data).toEqual(input.data);
    expect(fitted.chosen).toEqual({});
    expect(Math.abs(score(fitted, validation) / 0.01 - 1)).toBeLessThan(0.1); // the noise that was added
  });
});

describe("savitzky-golay", () => {
  it("takes the window and order with the least error over the training part", async () => {
    const options = savitzkyGolayBaselineSchema.parse({ windows: [5, 11, 21, 41, 201], orders: [1, 2, 4, 5] });
    const fitted = await fit(savitzkyGolayBaseline.create(options, {}), train, validation);
    let best = { window: 0, order: 0, trainingMse: Infinity };
    for (const window of [5, 11, 21, 41])
      for (const order of [1, 2, 4, 5]) {
        if (order >= window) continue;
        const trainingMse = errorOf(savitzkyGolayFilter(101, { window, order, derivative: 0 }));
        if (trainingMse < best.trainingMse) best = { window, order, trainingMse };
      }
    expect(fitted.chosen).toMatchObject({ window: best.window, order: best.order });
    expect(fitted.chosen["trainingMse"]).toBeCloseTo(best.trainingMse, 12);
    expect(score(fitted, validation)).toBeLessThan(0.004);
    const { input } = validation.sample(0);
    const expected = new Float64Array(101);
    savitzkyGolayFilter(101, { window: best.window, order: best.order, derivative: 0 })(
      Float64Array.from(input.data),
      expected,
    );
    expect(fitted.predict(input).data).toEqual(expected);
  });

  it("smooths each pixel of a cube", async () => {
    const fitted = await fit(
      savitzkyGolayBaseline.create(savitzkyGolayBaselineSchema.parse({}), {}),
      train,
      validation,
    );
    const axis = linearAxis(500, 1800, 101, "cm-1");
    const cube = spectralArray(Float32Array.from(other.inputs.data.subarray(0, 6 * 101)), [2, 3, 101], axis);
    const { data, shape } = fitted.predict(cube);
    expect(shape).toEqual([2, 3, 101]);
    expect(data).toBeInstanceOf(Float32Array);
    const single = fitted.predict(spectralArray(cube.data.slice(4 * 101, 5 * 101), [101], axis)).data;
    expect(data.slice(4 * 101, 5 * 101)).toEqual(single);
  });

  it("refuses spectra shorter than every window, and even windows", async () => {
    const short = curves(4, 8, 0.1, "short");
    const baseline = savitzkyGolayBaseline.create(savitzkyGolayBaselineSchema.parse({ windows: [9] }), {});
    await expect(fit(baseline, partOf(short.inputs, short.targets), validation)).rejects.toMatchObject({
      code: "SPECTRAI_TASK_UNSUITABLE",
    });
    expect(savitzkyGolayBaselineSchema.safeParse({ windows: [8] }).success).toBe(false);
  });
});

describe("whittaker", () => {
  it("takes the penalty with the least error over the training part", async () => {
    const fitted = await fit(whittakerBaseline.create(whittakerBaselineSchema.parse({}), {}), train, validation);
    const solver = penalizedSolver(101, 2);
    const weights = new Float64Array(101).fill(1);
    const errors = whittakerBaselineSchema
      .parse({})
      .lambdas.map((lambda) => ({ lambda, error: errorOf((y, out) => solver.solve(y, weights, lambda, out)) }));
    const best = errors.reduce((a, b) => (b.error < a.error ? b : a));
    expect(fitted.chosen["lambda"]).toBe(best.lambda);
    expect(fitted.chosen["trainingMse"]).toBeCloseTo(best.error, 12);
    expect(errors[0]!.error).toBeGreaterThan(best.error);
    expect(errors.at(-1)!.error).toBeGreaterThan(best.error);
    expect(score(fitted, validation)).toBeLessThan(0.004);
  });
});

describe("what does not apply is said, not computed", () => {
  const baselines = {
    raw: raw.create(rawSchema.parse({}), {}),
    "savitzky-golay": savitzkyGolayBaseline.create(savitzkyGolayBaselineSchema.parse({}), {}),
    whittaker: whittakerBaseline.create(whittakerBaselineSchema.parse({}), {}),
    pca: pca.create(pcaSchema.parse({}), {}),
  };
  const shifted = partOf(inputs, targets, { target: linearAxis(600, 1700, 101, "cm-1") });
  const shorter = partOf(inputs, curves(60, 50, 0, "train").targets);
  it.each(Object.entries(baselines))("%s refuses targets on another axis", async (name, baseline) => {
    for (const part of [shifted, shorter])
      await expect(fit(baseline, part, part)).rejects.toMatchObject({
        code: "SPECTRAI_TASK_UNSUITABLE",
        message: expect.stringContaining(`"${name}"`),
      });
  });

  it.each(Object.entries({ ...baselines, ridge: ridge.create(ridgeSchema.parse({}), {}) }))(
    "%s refuses classes, and to learn from nothing",
    async (name, baseline) => {
      const classes = {
        size: 3,
        sample: (i: number) => ({ ...train.sample(i), target: { kind: "class", value: 1 } as const }),
      };
      await expect(fit(baseline, classes, classes)).rejects.toMatchObject({ code: "SPECTRAI_TASK_UNSUITABLE" });
      const empty = { size: 0, sample: train.sample };
      if (name !== "raw")
        await expect(fit(baseline, empty, empty)).rejects.toMatchObject({ code: "SPECTRAI_DATA_EMPTY" });
    },
  );

  it("names the sample that holds no number or another length", async () => {
    const bad = matrix(60, 101, inputs.data.slice());
    bad.data[7 * 101 + 5] = Number.NaN;
    await expect(fit(baselines.whittaker, partOf(bad, targets), validation)).rejects.toMatchObject({
      code: "SPECTRAI_DATA_VALUE",
      message: expect.stringContaining('"s7"'),
    });
    const mixed = {
      size: 2,
      sample: (i: number) =>
        (i === 0 ? train : partOf(curves(2, 50, 0, "x").inputs, curves(2, 50, 0, "x").targets)).sample(i),
    };
    await expect(fit(baselines.pca, mixed, mixed)).rejects.toMatchObject({
      code: "SPECTRAI_DATA_LENGTH",
      message: expect.stringContaining('"s1"'),
    });
    const fitted = await fit(baselines.pca, train, validation);
    expect(() => fitted.predict(mixed.sample(1).input)).toThrow(
      expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" }),
    );
  });
});

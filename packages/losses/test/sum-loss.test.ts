import * as tf from "@tensorflow/tfjs-core";
import { type Loss, registerGradients } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { crossEntropyLoss, diceLoss, huberLoss, l1Loss, spectralAngleLoss, sumLoss } from "../src/index.ts";
import { make, random, valueAndGradient } from "./helpers.ts";

beforeAll(async () => {
  registerGradients();
  await tf.setBackend("cpu");
});

const made = async (options: object): Promise<Loss> => make<Loss>(sumLoss as never, options);

describe("sum", () => {
  const x = () => tf.tensor2d(random("x", 12, 0.5, 2), [3, 4]);
  const y = () => tf.tensor2d(random("y", 12, 0.5, 2), [3, 4]);

  it("adds values and gradients, each times its weight", async () => {
    const sum = await made({
      of: [{ loss: "l1" }, { loss: "spectral-angle", weight: 0.1 }, { loss: "huber", delta: 0.2, weight: 3 }],
    });
    const parts = [
      [make<Loss>(l1Loss), 1],
      [make<Loss>(spectralAngleLoss), 0.1],
      [make<Loss>(huberLoss, { delta: 0.2 }), 3],
    ] as const;
    const expected = parts.map(([loss, weight]) => ({ weight, ...valueAndGradient(loss, x(), y()) }));
    const { value, gradient } = valueAndGradient(sum, x(), y());
    expect(value).toBeCloseTo(
      expected.reduce((total, p) => total + p.weight * p.value, 0),
      6,
    );
    expectAllClose(
      gradient,
      gradient.map((_, i) => expected.reduce((total, p) => total + p.weight * p.gradient[i]!, 0)),
      { rtol: 1e-6 },
    );
    expect(sum.forTraining).toBeUndefined();
  });

  it("tells its parts of the training part", async () => {
    const labels = () => tf.tensor1d([0, 1, 255], "int32");
    const logits = () => tf.tensor2d(random("logits", 6), [3, 2]);
    const sum = await made({
      of: [
        { loss: "cross-entropy", weights: "balanced" },
        { loss: "dice", weight: 0.5 },
      ],
    });
    const fitted = sum.forTraining!({ classCounts: [9, 1] });
    const entropy = make<Loss>(crossEntropyLoss, { weights: [10 / 18, 5] });
    expect(valueAndGradient(fitted, logits(), labels()).value).toBeCloseTo(
      valueAndGradient(entropy, logits(), labels()).value +
        0.5 * valueAndGradient(make<Loss>(diceLoss), logits(), labels()).value,
      6,
    );
    expect(() => sum.compute(logits(), labels())).toThrow("before it was told of the training part");
  });

  it("refuses losses and options that do not exist", () => {
    const refused = (part: object): boolean => !sumLoss.schema.safeParse({ of: [part] }).success;
    expect(refused({ loss: "l1" })).toBe(false);
    expect(refused({ loss: "l3" })).toBe(true);
    expect(refused({ loss: "sum" })).toBe(true);
    expect(refused({ loss: "l1", delta: 1 })).toBe(true);
    expect(refused({ loss: "l1", weight: 0 })).toBe(true);
    expect(sumLoss.schema.safeParse({ of: [] }).success).toBe(false);
  });
});

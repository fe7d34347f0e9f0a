import * as tf from "@tensorflow/tfjs-core";
import { type Loss, type Metric } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { spectralAngleLoss, ssimLoss, ssimMetric } from "../src/index.ts";
import { checkGradient, make, prediction, random, score, spectral, valueAndGradient } from "./helpers.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("spectral-angle", () => {
  const loss = () => make<Loss>(spectralAngleLoss);
  it("is the mean angle in radians, whatever the scale", () => {
    const { value } = valueAndGradient(loss(), tf.tensor2d([1, 0, 5, 5], [2, 2]), tf.tensor2d([0, 2, 1, 0], [2, 2]));
    expect(value).toBeCloseTo((Math.PI / 2 + Math.PI / 4) / 2, 6);
  });
  it("has a gradient that agrees with central differences", () => {
    checkGradient(loss(), tf.tensor(random("a", 24), [2, 3, 4]), tf.tensor(random("b", 24), [2, 3, 4]));
  });
  it("has no slope at angle 0, and is finite beside it and for zeros", () => {
    const b = tf.tensor2d([1, 2, 3, 1, 2, 3, 0, 0, 0, 1, 2, 3], [4, 3]);
    const a = tf.tensor2d([2, 4, 6, 1, 2, 3.0001, 1, 2, 3, 0, 0, 0], [4, 3]);
    const { value, gradient } = valueAndGradient(loss(), a, b);
    expect(value).toBeLessThan(1e-5);
    expect(gradient.every(Number.isFinite)).toBe(true);
    expect(Math.max(...gradient.slice(0, 3).map(Math.abs))).toBeLessThan(0.02);
    expectAllClose(gradient.slice(6), [0, 0, 0, 0, 0, 0], {});
    // Beside 0 the slope has its full length, 1/|a|, shared by four spectra.
    expect(Math.hypot(...gradient.slice(3, 6))).toBeCloseTo(1 / Math.hypot(1, 2, 3) / 4, 2);
  });
});

describe("ssim", () => {
  const cube = [2, 13, 12, 3] as const;
  const arrays = () => {
    const y = random("y", 2 * 13 * 12 * 3, 0, 1);
    const noise = random("n", y.length, -0.3, 0.3);
    return { x: y.map((v, i) => v + noise[i]!), y };
  };
  it("is one minus the metric, for cubes and spectra", () => {
    for (const shape of [[...cube], [4, 234]]) {
      const { x, y } = arrays();
      const size = x.length / shape[0]!;
      const samples = Array.from({ length: shape[0]! }, (_, i) => {
        const part = (v: Float32Array) => v.slice(i * size, (i + 1) * size);
        return [prediction(part(x), shape.slice(1)), spectral(part(y), shape.slice(1))] as const;
      });
      const metric = score(make<Metric>(ssimMetric, { range: 1 }), ...samples).value;
      const { value } = valueAndGradient(make<Loss>(ssimLoss), tf.tensor(x, shape), tf.tensor(y, shape));
      expect(metric).toBeLessThan(0.95);
      expect(value).toBeCloseTo(1 - metric, 5);
    }
  });
  it("is 0 for equal arrays", () => {
    const { y } = arrays();
    expect(valueAndGradient(make<Loss>(ssimLoss), tf.tensor(y, [...cube]), tf.tensor(y, [...cube])).value).toBeCloseTo(
      0,
      5,
    );
  });
  it("has a gradient that agrees with central differences", () => {
    const x = random("x", 40, 0, 1);
    const y = random("y", 40, 0, 1);
    // Small windows: 5 × 4 pixels hold an odd window of 5 × 3.
    checkGradient(make<Loss>(ssimLoss), tf.tensor(x, [1, 5, 4, 2]), tf.tensor(y, [1, 5, 4, 2]), 3e-3, 5e-3);
    checkGradient(make<Loss>(ssimLoss, { range: 2 }), tf.tensor(x, [2, 20]), tf.tensor(y, [2, 20]), 3e-3, 5e-3);
  });
  it("refuses other shapes", () => {
    expect(() => make<Loss>(ssimLoss).compute(tf.zeros([2, 3, 4]), tf.zeros([2, 3, 4]))).toThrow(/\[2, 3, 4\]/);
  });
});

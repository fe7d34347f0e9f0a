import * as tf from "@tensorflow/tfjs-core";
import { type Loss } from "@spectrai/core";
import { expectAllClose, fixturesFolder, fixtureValues, readFixture } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { bceLoss, crossEntropyLoss, diceLoss, focalLoss } from "../src/index.ts";
import { checkGradient, make, random, valueAndGradient } from "./helpers.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Channels-first `[3, 4, 9]` of the fixture as channels-last `[3, 9, 4]`, or back. */
const permuted = (data: ArrayLike<number>, shape: [number, number, number]): Float32Array =>
  tf.tidy(() => tf.transpose(tf.tensor3d(Float32Array.from(data), shape), [0, 2, 1]).dataSync<"float32">());

const golden = () => {
  const file = readFixture("reference/losses.safetensors");
  return {
    file,
    logits: tf.tensor3d(permuted(fixtureValues(file, "a"), [3, 4, 9]), [3, 9, 4]),
    labels: tf.tensor2d(Int32Array.from(fixtureValues(file, "classes")), [3, 9], "int32"),
    shares: tf.tensor3d(
      permuted(fixtureValues(file, "b"), [3, 4, 9]).map((v) => (v > 0.5 ? 1 : 0)),
      [3, 9, 4],
    ),
  };
};

describe.skipIf(!fixturesFolder())("against PyTorch", () => {
  it.each([
    ["cross_entropy_ignore255", crossEntropyLoss, {}],
    ["cross_entropy_weighted", crossEntropyLoss, { weights: [1, 0.5, 2, 3] }],
    ["cross_entropy_smooth", crossEntropyLoss, { smoothing: 0.1 }],
  ] as const)("%s: value and gradient", (name, component, options) => {
    const { file, logits, labels } = golden();
    const { value, gradient } = valueAndGradient(make<Loss>(component, options), logits, labels);
    expectAllClose([value], fixtureValues(file, `${name}/value`), { rtol: 1e-6 });
    expectAllClose(permuted(gradient, [3, 9, 4]), fixtureValues(file, `${name}/grad`), { rtol: 2e-6 });
  });

  it("bce_logits: value and gradient", () => {
    const { file, logits, shares } = golden();
    const { value, gradient } = valueAndGradient(make<Loss>(bceLoss), logits, shares);
    expectAllClose([value], fixtureValues(file, "bce_logits/value"), { rtol: 1e-6 });
    expectAllClose(permuted(gradient, [3, 9, 4]), fixtureValues(file, "bce_logits/grad"), { rtol: 2e-6 });
  });
});

const logits = () => tf.tensor3d(random("logits", 2 * 5 * 3), [2, 5, 3]);
const labels = () => tf.tensor2d([0, 1, 2, 2, 255, 1, -1, 0, 0, 1], [2, 5], "int32");
const shares = () => tf.softmax(tf.tensor3d(random("shares", 2 * 5 * 3), [2, 5, 3]));

describe("gradients agree with central differences", () => {
  const cases: [string, () => Loss][] = [
    ["cross-entropy", () => make<Loss>(crossEntropyLoss, { weights: [1, 2, 0.5], smoothing: 0.2 })],
    ["focal", () => make<Loss>(focalLoss, { gamma: 1.5, weights: [1, 2, 0.5] })],
    ["focal, gamma below 1", () => make<Loss>(focalLoss, { gamma: 0.5 })],
    ["bce", () => make<Loss>(bceLoss, { positiveWeight: 3, weights: [1, 2, 0.5] })],
    ["dice", () => make<Loss>(diceLoss, { smooth: 0.5, weights: [1, 2, 0.5] })],
    ["dice, absent classes too", () => make<Loss>(diceLoss, { absent: true })],
  ];
  it.each(cases)("%s, labels", (_, loss) => checkGradient(loss(), logits(), labels()));
  it.each(cases)("%s, probabilities", (_, loss) => checkGradient(loss(), logits(), shares()));
});

describe("cross-entropy", () => {
  it("takes logits of any size", () => {
    const { value, gradient } = valueAndGradient(
      make<Loss>(crossEntropyLoss),
      tf.tensor2d([1e4, -1e4, 0], [1, 3]),
      tf.tensor1d([1], "int32"),
    );
    expect(value).toBeCloseTo(2e4, 0);
    expectAllClose(gradient, [1, -1, 0], { atol: 1e-6 });
  });
  it("of one-hot probabilities is that of the labels", () => {
    const y = tf.tensor1d([2, 0], "int32");
    const x = tf.tensor2d(random("x", 6), [2, 3]);
    const loss = make<Loss>(crossEntropyLoss, { smoothing: 0.1 });
    const hot = valueAndGradient(loss, x, tf.oneHot(y, 3, 1, 0, "float32"));
    const plain = valueAndGradient(loss, x, y);
    expect(hot.value).toBeCloseTo(plain.value, 6);
    expectAllClose(hot.gradient, plain.gradient, { atol: 1e-6 });
  });
  it("leaves one more class out when told so", () => {
    const loss = (options: object, y: number[]) =>
      valueAndGradient(
        make<Loss>(crossEntropyLoss, options),
        tf.tensor2d(random("x", 9), [3, 3]),
        tf.tensor1d(y, "int32"),
      );
    expect(loss({ ignored: 0 }, [1, 0, 2]).value).toBeCloseTo(loss({}, [1, 255, 2]).value, 6);
    expectAllClose(loss({ ignored: 0 }, [1, 0, 2]).gradient.slice(3, 6), [0, 0, 0], {});
  });
  it("with weights is Σ −w log p over labelled positions by Σ w of these", () => {
    const weights = [1, 0.5, 3];
    const y = [2, -1, 1, 255, -7];
    const x = random("weighted", 15);
    const logp = (r: number, c: number): number =>
      x[3 * r + c]! - Math.log([0, 1, 2].reduce((sum, k) => sum + Math.exp(x[3 * r + k]!), 0));
    const loss = make<Loss>(crossEntropyLoss, { weights });
    const { value, gradient } = valueAndGradient(loss, tf.tensor2d(x, [5, 3]), tf.tensor1d(y, "int32"));
    expect(value).toBeCloseTo(-(3 * logp(0, 2) + 0.5 * logp(2, 1)) / 3.5, 6);
    for (const r of [1, 3, 4]) expect(gradient.slice(3 * r, 3 * r + 3).every((g) => Math.abs(g) === 0)).toBe(true);
    for (const options of [{ weights }, { weights, smoothing: 0.2 }, { weights: [0, 0, 0] }]) {
      const without = options.weights[2] === 0 ? y : y.map(() => -1);
      const nothing = valueAndGradient(
        make<Loss>(crossEntropyLoss, options),
        tf.tensor2d(x, [5, 3]),
        tf.tensor1d(without, "int32"),
      );
      expect(Math.abs(nothing.value)).toBe(0);
      expect([...nothing.gradient].every((g) => Math.abs(g) === 0)).toBe(true);
    }
  });
  it("is 0 where nothing is labelled, not NaN", () => {
    const none = tf.tensor2d(new Int32Array(10).fill(255), [2, 5], "int32");
    for (const component of [crossEntropyLoss, focalLoss, bceLoss, diceLoss]) {
      const { value, gradient } = valueAndGradient(make<Loss>(component), logits(), none);
      expect(Math.abs(value)).toBe(0);
      expect(Array.from(gradient).every((g) => Math.abs(g) === 0)).toBe(true);
    }
  });
  it.each([crossEntropyLoss, focalLoss])("$name balances classes by the training part", (component) => {
    const balanced = make<Loss>(component, { weights: "balanced" });
    // 8 samples in 2 present classes of 6 and 2; the third has none: 8 / (2 · 6), 8 / (2 · 2), and 1.
    const counts = { classCounts: [6, 2, 0] };
    const stated = make<Loss>(component, { weights: [2 / 3, 2, 1] });
    const fitted = balanced.forTraining!(counts);
    const x = tf.tensor2d([0.3, -1, 0.2, 2, 0.1, -0.4, 0, 1, 0.5], [3, 3]);
    for (const target of [
      tf.tensor1d([0, 1, 2], "int32"),
      // As mixup makes them: half of one class, half of another.
      tf.tensor2d([0.5, 0.5, 0, 0, 0.25, 0.75, 1, 0, 0], [3, 3]),
    ])
      expect(valueAndGradient(fitted, x, target)).toEqual(valueAndGradient(stated, x, target));
    // All classes weigh the same together: a constant error costs what it costs each class on average.
    const ignoring = make<Loss>(component, { weights: "balanced", ignored: 2 }).forTraining!({
      classCounts: [6, 2, 90],
    });
    const known = tf.tensor1d([0, 1, 0], "int32");
    expect(valueAndGradient(ignoring, x, known).value).toBeCloseTo(valueAndGradient(stated, x, known).value, 6);
    expect(() => balanced.compute(x, known)).toThrow(/before it was told of the training part/);
  });

  it("refuses targets that do not fit, and a wrong number of weights", () => {
    expect(() => make<Loss>(crossEntropyLoss).compute(logits(), tf.zeros([2, 5]))).toThrow(/int32.*\[2, 5\].*float32/);
    expect(() => make<Loss>(crossEntropyLoss, { weights: [1, 2] }).compute(logits(), labels())).toThrow(
      /2 class weights.*3 classes/,
    );
  });
});

describe("focal", () => {
  it("with gamma 0 is cross-entropy", () => {
    const focal = valueAndGradient(make<Loss>(focalLoss, { gamma: 0 }), logits(), labels());
    const plain = valueAndGradient(make<Loss>(crossEntropyLoss), logits(), labels());
    expect(focal.value).toBeCloseTo(plain.value, 6);
    expectAllClose(focal.gradient, plain.gradient, { atol: 1e-6 });
  });
  it("is (1 − p)^γ · −log p", () => {
    const { value } = valueAndGradient(
      make<Loss>(focalLoss),
      tf.tensor2d([Math.log(3), 0], [1, 2]),
      tf.tensor1d([0], "int32"),
    );
    expect(value).toBeCloseTo(-Math.log(0.75) / 16, 6);
  });
  it("has a finite gradient for certain predictions", () => {
    for (const gamma of [0.5, 2]) {
      const x = tf.tensor2d([100, -100, -100, 100], [2, 2]);
      const { value, gradient } = valueAndGradient(make<Loss>(focalLoss, { gamma }), x, tf.tensor1d([0, 0], "int32"));
      expect(Number.isFinite(value)).toBe(true);
      expect(gradient.every(Number.isFinite)).toBe(true);
    }
  });
});

describe("bce", () => {
  it("asks one question a class for labels", () => {
    const x = tf.tensor2d([2, -1], [1, 2]);
    const { value } = valueAndGradient(make<Loss>(bceLoss), x, tf.tensor1d([0], "int32"));
    expect(value).toBeCloseTo((Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(-1))) / 2, 6);
  });
  it("takes logits of any size", () => {
    const { value } = valueAndGradient(make<Loss>(bceLoss), tf.tensor1d([1000, -1000]), tf.tensor1d([0, 0]));
    expect(value).toBeCloseTo(500, 3);
  });
});

describe("dice", () => {
  it("is 0 for a certain and right prediction, near 1 for a wrong one", () => {
    const y = tf.tensor1d([0, 1, 1], "int32");
    const sure = (classes: number[]) => tf.mul(tf.sub(tf.oneHot(classes, 3), 0.5), 200);
    const loss = make<Loss>(diceLoss, { smooth: 1e-3 });
    expect(valueAndGradient(loss, sure([0, 1, 1]), y).value).toBeCloseTo(0, 5);
    expect(valueAndGradient(loss, sure([2, 2, 2]), y).value).toBeCloseTo(1, 2);
  });
  it("counts only classes that are there, unless told otherwise", () => {
    const x = tf.zeros([2, 2]);
    const y = tf.tensor1d([0, 0], "int32");
    // Class 0: Σp = 1, Σt = 2, overlap 1; class 1: Σp = 1, nothing there.
    expect(valueAndGradient(make<Loss>(diceLoss, { smooth: 1 }), x, y).value).toBeCloseTo(1 - 3 / 4, 6);
    expect(valueAndGradient(make<Loss>(diceLoss, { smooth: 1, absent: true }), x, y).value).toBeCloseTo(
      (1 - 3 / 4 + 1 - 1 / 2) / 2,
      6,
    );
  });
});

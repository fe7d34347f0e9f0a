import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

const random = (key: string, size: number, low = -2, high = 2): Float32Array => {
  const r = rng(12, key);
  return Float32Array.from({ length: size }, () => r.uniform(low, high));
};

/** f and f′ of the measures, in float64. */
const measures: Readonly<
  Record<string, readonly [(d: number, p: number) => number, (d: number, p: number) => number]>
> = {
  absolute: [(d) => Math.abs(d), (d) => Math.sign(d)],
  squared: [(d) => d * d, (d) => 2 * d],
  huber: [
    (d, p) => (Math.abs(d) <= p ? (d * d) / 2 : p * (Math.abs(d) - p / 2)),
    (d, p) => Math.min(p, Math.max(-p, d)),
  ],
  charbonnier: [(d, p) => Math.hypot(d, p), (d, p) => d / Math.hypot(d, p)],
};

describeWebGpu("losses by one kernel", () => {
  beforeAll(async () => {
    await (await backendOf()).init();
  });

  // One element, some that four does not divide, and more than one group of threads.
  const sizes = [[1], [2, 3, 5], [4, 3], [7, 9001, 1], [3, 4, 4100]];
  it.each(Object.keys(measures).flatMap((measure) => sizes.map((shape) => [measure, shape] as const)))(
    "%s difference of %o",
    async (measure, shape) => {
      const size = tf.util.sizeFromShape(shape);
      const [x, y] = [random("a", size), random("b", size)];
      // Equal at some places, where an absolute value has no slope.
      for (let i = 1; i < size; i += 7) y[i] = x[i]!;
      const [f, slope] = measures[measure]!;
      const parameter = 0.7;
      const differences = Array.from(x, (v, i) => v - y[i]!);
      const mean = differences.reduce((sum, d) => sum + f(d, parameter), 0) / size;
      const [output, target] = [tf.tensor(x, shape), tf.tensor(y, shape)];
      const dy = tf.scalar(3);
      const level = tf.memory().numTensors;
      const [value] = run("MeanDifference", { output, target }, { measure, parameter });
      const [gradient] = run("MeanDifferenceGradient", { dy, output, target }, { measure, parameter });
      expect(tf.memory().numTensors).toBe(level + 2);
      expect([value!.shape, gradient!.shape]).toEqual([[], shape]);
      // A difference, a function of it and a sum in pairs, each rounded to float32.
      expectAllClose(await value!.data(), [mean], { rtol: 1e-6 });
      expectAllClose(
        await gradient!.data(),
        differences.map((d) => (3 * slope(d, parameter)) / size),
        { rtol: 1e-6 },
      );
      tf.dispose([output, target, dy, value!, gradient!]);
    },
  );

  it("does not lose small differences beside a large one", async () => {
    const x = new Float32Array(200_000).fill(1);
    x[0] = 1e4;
    const inputs = { output: tf.tensor1d(x), target: tf.zeros([x.length]) };
    const [value] = run("MeanDifference", inputs, { measure: "squared", parameter: 0 });
    expectAllClose(await value!.data(), [(1e8 + 199_999) / 200_000], { rtol: 3e-7 });
    tf.dispose([inputs.output, inputs.target, value!]);
  });

  it("passes what is no number on, and means of none are none", async () => {
    for (const measure of Object.keys(measures)) {
      const inputs = { output: tf.tensor1d([1, NaN, 2]), target: tf.zeros([3]) };
      const none = { output: tf.zeros([0]), target: tf.zeros([0]) };
      const values = [inputs, none].map((given) => run("MeanDifference", given, { measure, parameter: 1 })[0]!);
      for (const value of values) expect([...(await value.data())]).toEqual([NaN]);
      tf.dispose([inputs, none, values]);
    }
  });

  /** The loss and its gradient by their definition, in float64. */
  function crossEntropy(
    logits: Float32Array,
    labels: Int32Array,
    weights: Float32Array,
    smoothing: number,
    ignored: number,
  ) {
    const classes = weights.length;
    const gradient = new Float64Array(logits.length);
    let [loss, total] = [0, 0];
    labels.forEach((label, row) => {
      if (label < 0 || label >= classes || label === ignored) return;
      const x = Array.from(logits.subarray(row * classes, (row + 1) * classes));
      const most = Math.max(...x);
      const normal = most + Math.log(x.reduce((sum, v) => sum + Math.exp(v - most), 0));
      const t = Array.from(weights, (w, c) => w * (smoothing / classes + (c === label ? 1 - smoothing : 0)));
      const all = t.reduce((sum, v) => sum + v, 0);
      x.forEach((v, c) => {
        loss += t[c]! * (normal - v);
        gradient[row * classes + c] = all * Math.exp(v - normal) - t[c]!;
      });
      total += weights[label]!;
    });
    return { loss: total > 0 ? loss / total : 0, gradient: gradient.map((v) => v / (total > 0 ? total : 1)) };
  }

  async function compare(
    logits: Float32Array,
    labels: Int32Array,
    weights: Float32Array,
    { smoothing = 0, ignored = -1 } = {},
  ): Promise<void> {
    const inputs = {
      logits: tf.tensor2d(logits, [labels.length, weights.length]),
      labels: tf.tensor1d(labels, "int32"),
      weights: tf.tensor1d(weights),
    };
    const dy = tf.scalar(2);
    const attributes = { smoothing, ignored };
    const level = tf.memory().numTensors;
    const [value] = run("SoftmaxCrossEntropy", inputs, attributes);
    const [gradient] = run("SoftmaxCrossEntropyGradient", { dy, ...inputs }, attributes);
    expect(tf.memory().numTensors).toBe(level + 2);
    const expected = crossEntropy(logits, labels, weights, smoothing, ignored);
    expect([value!.shape, gradient!.shape]).toEqual([[], inputs.logits.shape]);
    // Exponentials may be off by some units in the last place.
    expectAllClose(await value!.data(), [expected.loss], { rtol: 2e-6 });
    // Softmax less a one-hot vector: rounded at 1, divided by the number of rows.
    const doubled = expected.gradient.map((v) => 2 * v);
    expectAllClose(await gradient!.data(), doubled, { rtol: 2e-6, atol: 2e-6 / Math.max(1, labels.length) });
    tf.dispose([inputs, dy, value!, gradient!]);
  }

  describe("cross-entropy", () => {
    const weighted = Float32Array.of(1, 0.5, 2, 0, 3);
    const even = new Float32Array(5).fill(1);
    const cases: [string, Float32Array, { smoothing?: number; ignored?: number }][] = [
      ["as it is", even, {}],
      ["with weights", weighted, {}],
      ["with smoothing", even, { smoothing: 0.2 }],
      ["with weights, smoothing and an ignored class", weighted, { smoothing: 0.2, ignored: 2 }],
      ["with an ignored label that is no class", even, { ignored: 255 }],
    ];
    it.each(cases.flatMap(([name, weights, options]) => [9, 6009].map((n) => [name, n, weights, options] as const)))(
      "%s, of %i labels",
      async (_, rows, weights, options) => {
        const logits = random("logits", rows * 5, -4, 4);
        // An exponential of these overflows where it is not shifted.
        logits[3] = 100;
        logits[7] = -100;
        // Some name no class.
        const labels = Int32Array.from(random("labels", rows, -1.9, 6.9), Math.trunc);
        await compare(logits, labels, weights, options);
      },
    );

    it.each([1, 2, 3, 16, 37, 256, 1000])("of %i classes", async (classes) => {
      const labels = Int32Array.of(0, classes - 1, 0, classes >> 1, -1, classes);
      const weights = random("weights", classes, 0.5, 2);
      await compare(random("many", 6 * classes, -9, 9), labels, weights, { smoothing: 0.1 });
    });

    it("passes what is no number on", async () => {
      for (const odd of [NaN, Infinity]) {
        const inputs = {
          logits: tf.tensor2d([1, 2, 3, odd, 5, 6], [2, 3]),
          labels: tf.tensor1d([0, 1], "int32"),
          weights: tf.ones([3]),
        };
        const [value] = run("SoftmaxCrossEntropy", inputs, { smoothing: 0, ignored: -1 });
        const given = { dy: tf.scalar(1), ...inputs };
        const [gradient] = run("SoftmaxCrossEntropyGradient", given, { smoothing: 0, ignored: -1 });
        expect([...(await value!.data())]).toEqual([NaN]);
        const slopes = await gradient!.data();
        expect(slopes.slice(3)).toEqual(Float32Array.of(NaN, NaN, NaN));
        expect(slopes.slice(0, 3).every(Number.isFinite)).toBe(true);
        tf.dispose([given, value!, gradient!]);
      }
    });

    it("is 0 with a gradient of 0 where nothing is labelled, or there is nothing", async () => {
      for (const labels of [[255, -1], []]) {
        const inputs = {
          logits: tf.tensor2d(random("logits", 2 * labels.length), [labels.length, 2]),
          labels: tf.tensor1d(labels, "int32"),
          weights: tf.ones([2]),
        };
        const attributes = { smoothing: 0, ignored: -1 };
        const [value] = run("SoftmaxCrossEntropy", inputs, attributes);
        const [gradient] = run("SoftmaxCrossEntropyGradient", { dy: tf.scalar(1), ...inputs }, attributes);
        expect([...(await value!.data())]).toEqual([0]);
        expect([...(await gradient!.data())]).toEqual(labels.flatMap(() => [0, 0]));
      }
    });
  });
});

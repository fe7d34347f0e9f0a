import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, type Loss } from "@spectrai/core";
import { onednnBackend } from "@spectrai/backend-onednn";
import { expectAllClose, fixturesFolder, fixtureValues, readFixture } from "@spectrai/testing";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { charbonnierLoss, crossEntropyLoss, huberLoss, l1Loss, mseLoss } from "../src/index.ts";
import { make, random, valueAndGradient } from "./helpers.ts";

// Losses and gradients by one kernel each, on the backend that has such kernels, against the tensor operations of another.
const backend = await onednnBackend.create({ threads: 2, precision: "f32" }, {});
const found = await backend.probe();
const narrow = await onednnBackend.create({ threads: 2, precision: "bf16" }, {});
const narrowFound = await narrow.probe();

/** Value and gradient on a backend, of tensors that `inputs` makes there. */
async function on(name: string, loss: Loss, inputs: () => readonly [tf.Tensor, tf.Tensor]) {
  await tf.setBackend(name);
  const [output, target] = inputs();
  const result = valueAndGradient(loss, output, target);
  tf.dispose([output, target]);
  return result;
}

describe.skipIf(!found.available)("losses by one kernel", () => {
  beforeAll(async () => {
    await backend.init();
  });
  beforeEach(async () => {
    await tf.setBackend("onednn");
  });

  it("exist on this backend, and not on tfjs's own", async () => {
    const names = [
      "MeanDifference",
      "MeanDifferenceGradient",
      "SoftmaxCrossEntropy",
      "SoftmaxCrossEntropyGradient",
    ] as const;
    expect(names.map(hasKernel)).toEqual(names.map(() => true));
    await tf.setBackend("cpu");
    expect(names.map(hasKernel)).toEqual(names.map(() => false));
  });

  const measures: [string, () => Loss][] = [
    ["l1", () => make<Loss>(l1Loss)],
    ["mse", () => make<Loss>(mseLoss)],
    ["huber", () => make<Loss>(huberLoss, { delta: 0.7 })],
    ["charbonnier", () => make<Loss>(charbonnierLoss, { epsilon: 0.3 })],
  ];
  // Odd sizes: one element, less than a vector, and enough for two threads. The sum on cpu is in double precision, too.
  const sizes = [[1], [2, 3, 5], [7, 9001, 1]];
  it.each(measures.flatMap(([name, loss]) => sizes.map((shape) => [name, shape, loss] as const)))(
    "%s of %o is that by tensor operations",
    async (_, shape, loss) => {
      const size = tf.util.sizeFromShape(shape);
      const a = random("a", size);
      const b = random("b", size);
      // Equal at some places, where L1 has no slope.
      for (let i = 1; i < size; i += 7) b[i] = a[i]!;
      const inputs = () => [tf.tensor(a, shape), tf.tensor(b, shape)] as const;
      const expected = await on("cpu", loss(), inputs);
      const actual = await on("onednn", loss(), inputs);
      expectAllClose([actual.value], [expected.value], { rtol: 5e-7 });
      // Both round each of a few operations to float32.
      expectAllClose(actual.gradient, expected.gradient, { rtol: 5e-7, atol: 1e-12 });
    },
  );

  it("sums differences in double precision", () => {
    // A float32 sum that has reached 1e8 loses every 1 that is added to it.
    const x = new Float32Array(200_000).fill(1);
    x[0] = 1e4;
    const loss = make<Loss>(mseLoss);
    const value = tf.tidy(() => loss.compute(tf.tensor1d(x), tf.zeros([x.length])).dataSync()[0]);
    expect(value).toBe(Math.fround((1e8 + 199_999) / 200_000));
  });

  it("compares numbers of another type by tensor operations", () => {
    const value = tf.tidy(() =>
      make<Loss>(l1Loss)
        .compute(tf.tensor1d([1, 2.5]), tf.tensor1d([0, 1], "int32"))
        .dataSync(),
    );
    expect([...value]).toEqual([1.25]);
  });

  it("passes the gradient of a scaled loss on", () => {
    const gradient = (loss: Loss, x: tf.Tensor, y: tf.Tensor, scale: number): number[] =>
      tf.tidy(() => {
        const d = tf.grad((t: tf.Tensor) => loss.compute(t, y))(x, tf.scalar(scale));
        return [...d.dataSync()];
      });
    const y = tf.tensor1d([0, 0]);
    expect(gradient(make<Loss>(mseLoss), tf.tensor1d([1, 2]), y, 3)).toEqual([3, 6]);
    const logits = tf.tensor2d([[1, -1]]);
    const label = tf.tensor1d([0], "int32");
    const once = gradient(make<Loss>(crossEntropyLoss), logits, label, 1);
    const thrice = gradient(make<Loss>(crossEntropyLoss), logits, label, 3);
    const p = 1 / (1 + Math.exp(2));
    expectAllClose(once, [-p, p], { rtol: 1e-6 });
    expectAllClose(thrice, [-3 * p, 3 * p], { rtol: 1e-6 });
  });

  it.skipIf(!narrowFound.available)("read outputs that are held as bf16, as a convolution gives them", async () => {
    await narrow.init();
    const losses: [Loss, () => tf.Tensor][] = [
      ...measures.map(([, loss]): [Loss, () => tf.Tensor] => [loss(), () => tf.zeros([100, 3])]),
      [make<Loss>(crossEntropyLoss), () => tf.fill([100], 1, "int32")],
    ];
    const results = losses.map(([loss, target]) =>
      tf.tidy(() => {
        const x = tf.tensor4d(random("a", 300), [1, 100, 1, 3]);
        const convolved = () => tf.reshape(tf.conv2d(x, tf.reshape(tf.eye(3), [1, 1, 3, 3]), 1, "same"), [100, 3]);
        // Reading a tensor turns it into float32.
        const wide = convolved();
        wide.dataSync();
        return [convolved(), wide].map((output) => {
          const { value, grad } = tf.valueAndGrad((t: tf.Tensor) => loss.compute(t, target()))(output);
          return { value: value.dataSync()[0]!, gradient: [...grad.dataSync()] };
        });
      }),
    );
    await backend.init();
    for (const [halved, whole] of results) {
      expect(halved!.value).toBe(whole!.value);
      // The gradient is bf16 where the output is: 8 bits of mantissa.
      expectAllClose(halved!.gradient, whole!.gradient, { rtol: 2 ** -8, atol: 0 });
      expect(halved!.gradient).not.toEqual(whole!.gradient);
    }
  });

  describe.skipIf(!fixturesFolder())("against PyTorch", () => {
    it.each([
      ["l1", () => make<Loss>(l1Loss)],
      ["mse", () => make<Loss>(mseLoss)],
      ["huber", () => make<Loss>(huberLoss, { delta: 0.3 })],
    ] as const)("%s: value and gradient", (name, loss) => {
      const golden = readFixture("reference/losses.safetensors");
      const a = tf.tensor(Float32Array.from(fixtureValues(golden, "a")), [3, 4, 9]);
      const b = tf.tensor(Float32Array.from(fixtureValues(golden, "b")), [3, 4, 9]);
      const { value, gradient } = valueAndGradient(loss(), a, b);
      expectAllClose([value], fixtureValues(golden, `${name}/value`), { rtol: 1e-6 });
      expectAllClose(gradient, fixtureValues(golden, `${name}/grad`), { rtol: 1e-6 });
      tf.dispose([a, b]);
    });

    it.each([
      ["cross_entropy_ignore255", {}],
      ["cross_entropy_weighted", { weights: [1, 0.5, 2, 3] }],
      ["cross_entropy_smooth", { smoothing: 0.1 }],
    ] as const)("%s: value and gradient", (name, options) => {
      const file = readFixture("reference/losses.safetensors");
      const last = (data: ArrayLike<number>, shape: [number, number, number]) =>
        tf.tidy(() => tf.transpose(tf.tensor3d(Float32Array.from(data), shape), [0, 2, 1]).dataSync<"float32">());
      const logits = tf.tensor3d(last(fixtureValues(file, "a"), [3, 4, 9]), [3, 9, 4]);
      const labels = tf.tensor2d(Int32Array.from(fixtureValues(file, "classes")), [3, 9], "int32");
      const { value, gradient } = valueAndGradient(make<Loss>(crossEntropyLoss, options), logits, labels);
      expectAllClose([value], fixtureValues(file, `${name}/value`), { rtol: 1e-6 });
      expectAllClose(last(gradient, [3, 9, 4]), fixtureValues(file, `${name}/grad`), { rtol: 2e-6 });
      tf.dispose([logits, labels]);
    });
  });

  describe("cross-entropy", () => {
    const cases: [string, object][] = [
      ["as it is", {}],
      ["with weights", { weights: [1, 0.5, 2, 0, 3] }],
      ["with smoothing", { smoothing: 0.2 }],
      ["with weights, smoothing and an ignored class", { weights: [1, 0.5, 2, 0, 3], smoothing: 0.2, ignored: 2 }],
      ["with an ignored label that is no class", { ignored: 255 }],
    ];
    // Rows alone, and of pixels that are worth two threads. Logits of up to ±80 overflow an exponential that is not shifted.
    it.each(cases.flatMap(([name, options]) => [[9], [3, 2003]].map((lead) => [name, lead, options] as const)))(
      "%s, of %o labels, is that by tensor operations",
      async (_, lead, options) => {
        const rows = tf.util.sizeFromShape(lead);
        const logits = random("logits", rows * 5, -4, 4);
        logits[3] = 80;
        logits[7] = -80;
        const labels = Int32Array.from(random("labels", rows, -1.9, 6.9), Math.trunc);
        const inputs = () => [tf.tensor(logits, [...lead, 5]), tf.tensor(labels, lead, "int32")] as const;
        const loss = make<Loss>(crossEntropyLoss, options);
        const expected = await on("cpu", loss, inputs);
        const actual = await on("onednn", loss, inputs);
        expectAllClose([actual.value], [expected.value], { rtol: 2e-6 });
        // Softmax less a one-hot vector: rounded at 1, divided by the number of rows.
        expectAllClose(actual.gradient, expected.gradient, { rtol: 2e-6, atol: 1e-6 / rows });
      },
    );

    it("takes many classes, and one", async () => {
      for (const classes of [1, 37, 1000]) {
        const inputs = () =>
          [
            tf.tensor2d(random("many", 6 * classes, -9, 9), [6, classes]),
            tf.tensor1d([0, classes - 1, 0, classes >> 1, -1, classes], "int32"),
          ] as const;
        const loss = make<Loss>(crossEntropyLoss, { smoothing: 0.1 });
        const expected = await on("cpu", loss, inputs);
        const actual = await on("onednn", loss, inputs);
        expectAllClose([actual.value], [expected.value], { rtol: 2e-6, atol: 1e-6 });
        expectAllClose(actual.gradient, expected.gradient, { rtol: 2e-6, atol: 2e-7 });
      }
    });

    it("is 0 with a gradient of 0 where nothing is labelled", () => {
      const { value, gradient } = valueAndGradient(
        make<Loss>(crossEntropyLoss),
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
        tf.tensor1d([255, -1], "int32"),
      );
      expect(value).toBe(0);
      expect([...gradient]).toEqual([0, 0, 0, 0]);
    });

    it("takes probabilities by tensor operations", async () => {
      const inputs = () =>
        [
          tf.tensor2d(random("logits", 12), [4, 3]),
          tf.tidy(() => tf.softmax(tf.tensor2d(random("shares", 12), [4, 3]))),
        ] as const;
      const expected = await on("cpu", make<Loss>(crossEntropyLoss), inputs);
      const actual = await on("onednn", make<Loss>(crossEntropyLoss), inputs);
      expectAllClose([actual.value], [expected.value], { rtol: 2e-6 });
      expectAllClose(actual.gradient, expected.gradient, { rtol: 2e-6, atol: 2e-7 });
    });
  });
});

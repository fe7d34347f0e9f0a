import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { registerGradients, rng } from "@spectrai/core";
import { conv, dense, parameterScope, type ConvOptions } from "@spectrai/nn";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { onednnBackend } from "../src/index.ts";
import { describeNative, native } from "./support/native.ts";

interface Shape {
  readonly x: readonly number[];
  readonly options: ConvOptions;
}

/** Odd sizes, all kinds of padding, every dimension; the first ones suit Winograd's algorithm, the last do not. */
const shapes: readonly Shape[] = [
  { x: [3, 50, 16], options: { dimension: 1, in: 16, out: 24 } },
  { x: [70, 7, 64], options: { dimension: 1, in: 64, out: 8, activation: "relu" } },
  { x: [2, 31, 17], options: { dimension: 1, in: 17, out: 51, padding: [2], activation: { leakyRelu: 0.1 } } },
  { x: [2, 33, 8], options: { dimension: 1, in: 8, out: 9, padding: "valid", bias: false } },
  { x: [2, 9, 13, 21], options: { dimension: 2, in: 21, out: 40, activation: "relu" } },
  { x: [1, 8, 8, 16], options: { dimension: 2, in: 16, out: 33, kernel: [5, 3], padding: [2, 0] } },
  { x: [2, 5, 6, 9, 16], options: { dimension: 3, in: 16, out: 12, activation: "relu" } },
  { x: [1, 4, 5, 11, 8], options: { dimension: 3, in: 8, out: 8, kernel: [3, 1, 3] } },
  { x: [2, 19, 5], options: { dimension: 1, in: 5, out: 7, kernel: 5, stride: 2, activation: "sigmoid" } },
  { x: [2, 8, 9, 6], options: { dimension: 2, in: 6, out: 6, groups: 6 } },
  { x: [2, 8, 9, 6], options: { dimension: 2, in: 6, out: 4, groups: 2, dilation: 2 } },
  { x: [1, 6, 5, 7, 3], options: { dimension: 3, in: 3, out: 4, stride: 2 } },
  { x: [2, 12, 1], options: { dimension: 1, in: 1, out: 16, activation: "relu" } },
];

interface Computed {
  readonly y: tf.TypedArray;
  readonly gradients: readonly tf.TypedArray[];
}

/** Output and gradients of a layer on the current backend. */
function compute({ x: shape, options }: Shape, key: string): Computed {
  const scope = parameterScope(rng(key));
  const r = rng(key, "values");
  const x = tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => r.uniform(-1, 1)),
    [...shape],
  );
  const layer = conv(scope, options);
  const apply = (at: tf.Tensor): tf.Tensor => layer(at, { training: true, seed: 0, update: () => {} });
  const y = apply(x);
  const weights = tf.tensor(
    Float32Array.from({ length: y.size }, () => r.uniform(-1, 1)),
    y.shape,
  );
  const loss = (at: tf.Tensor): tf.Scalar => tf.sum(tf.mul(apply(at), weights));
  const { grads } = tf.variableGrads(() => loss(x));
  const dx = tf.grad(loss)(x);
  const result = {
    y: y.dataSync().slice(),
    gradients: [dx, ...scope.parameters.map((p) => grads[p.variable.name]!)].map((t) => t.dataSync().slice()),
  };
  tf.dispose([x, y, weights, dx, grads]);
  scope.dispose();
  return result;
}

describeNative("convolutions", () => {
  beforeAll(async () => {
    registerGradients();
    const backend = await onednnBackend.create({ threads: 2, precision: "f32" }, {});
    await backend.init();
  });

  /** Lets the addon choose, so that it names what there is to choose, then makes it take another way. */
  const forced = (way: number, work: () => Computed): Computed => {
    work();
    const known = native().choices();
    native().choices(Object.fromEntries(Object.keys(known).map((name) => [name, way])));
    return work();
  };

  describe.each([
    [0, "oneDNN on plain arrays"],
    [1, "oneDNN on its own layouts"],
    [2, "oneDNN, Winograd"],
    [3, "Winograd on plain arrays"],
  ])("way %i, %s", (way) => {
    it.each(shapes.map((shape, i) => [`[${shape.x.join(", ")}] ${JSON.stringify(shape.options)}`, shape, i] as const))(
      "%s",
      async (_, shape, i) => {
        await tf.setBackend("cpu");
        const expected = compute(shape, `conv ${i}`);
        await tf.setBackend("onednn");
        const actual = forced(way, () => compute(shape, `conv ${i}`));
        // Winograd's transforms cost about a digit: sums of products of numbers up to 8 times as large.
        const tolerance = { rtol: 2e-5, atol: 2e-6 };
        expectAllClose(actual.y, expected.y, tolerance);
        actual.gradients.forEach((g, k) => expectAllClose(g, expected.gradients[k]!, tolerance));
      },
    );
  });

  it("gives the same numbers each time, and with other work in between", () => {
    const first = compute(shapes[1]!, "again");
    compute(shapes[4]!, "other");
    expect(compute(shapes[1]!, "again")).toEqual(first);
  });

  it("sees weights that were changed in place", () => {
    const x = tf.ones([1, 12, 8]);
    const filter = tf.variable(tf.ones([3, 8, 8]));
    const sum = (): number =>
      tf.tidy(() => tf.sum(tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor as tf.Tensor3D, 1, "valid")).dataSync()[0]!);
    const before = sum();
    filter.assign(tf.mul(filter, 2));
    expect(sum()).toBe(2 * before);
    tf.dispose([x, filter]);
  });

  it("names the operation and its shapes where sizes are wrong", () => {
    expect(() => native().convForward(new Int32Array(25), 0, 0, -1, 0, 0, 0)).toThrow(/do not fit together/);
  });

  it.each(["linear", "relu", "sigmoid"] as const)("a dense layer through %s", async (activation) => {
    const run = (): tf.TypedArray[] => {
      const scope = parameterScope(rng("dense"));
      const layer = dense(scope, { in: 33, out: 18, activation });
      const r = rng("dense", "values");
      const x = tf.tensor(
        Float32Array.from({ length: 5 * 7 * 33 }, () => r.uniform(-1, 1)),
        [5, 7, 33],
      );
      const loss = (at: tf.Tensor): tf.Scalar =>
        tf.sum(tf.square(layer(at, { training: true, seed: 0, update: () => {} })));
      const { grads } = tf.variableGrads(() => loss(x));
      const all = [tf.grad(loss)(x), ...scope.parameters.map((p) => grads[p.variable.name]!)];
      const values = all.map((t) => t.dataSync().slice());
      scope.dispose();
      return values;
    };
    await tf.setBackend("cpu");
    const expected = run();
    await tf.setBackend("onednn");
    run().forEach((values, i) => expectAllClose(values, expected[i]!, { rtol: 2e-5, atol: 1e-6 }));
  });
});

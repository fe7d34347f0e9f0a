import * as tf from "@tensorflow/tfjs-core";
import { ndarray, rng } from "@spectrai/core";
import { checkGradient } from "@spectrai/testing";
import { describe, expect, test } from "vitest";
import {
  batchNorm,
  constant,
  conv,
  dense,
  dropout,
  formatSummary,
  fromTorch,
  heNormal,
  kaimingUniform,
  loadTorchState,
  networkModel,
  normal,
  ones,
  parameterScope,
  relu,
  residual,
  sequential,
  summary,
  torchBias,
  toTorch,
  uniform,
  xavierNormal,
  xavierUniform,
  zeros,
} from "../src/index.ts";
import { balanced, evaluation, randomTensor, trainingContext } from "./support.ts";

/** A small network with every kind of parameter. */
function network(seed: number) {
  const scope = parameterScope(rng("network", seed));
  const body = sequential(
    conv(scope.at("stem"), { dimension: 1, in: 2, out: 4 }),
    batchNorm(scope.at("norm"), { channels: 4 }),
    residual(
      sequential(
        conv(scope.at("inner", 0), { dimension: 1, in: 4, out: 4 }),
        relu(),
        dropout(scope.at("drop"), { rate: 0.5 }),
      ),
    ),
    dense(scope.at("head"), { in: 4, out: 3 }),
  );
  return networkModel(scope, body);
}

describe("a network", () => {
  test("names its parameters in order, starts alike from one seed, and frees everything", () =>
    balanced(() => {
      const [a, b, c] = [network(1), network(1), network(2)];
      expect(a.parameters.map((p) => p.name)).toEqual([
        "stem.weight",
        "stem.bias",
        "norm.weight",
        "norm.bias",
        "norm.running_mean",
        "norm.running_var",
        "inner.0.weight",
        "inner.0.bias",
        "head.weight",
        "head.bias",
      ]);
      const first = (m: typeof a): number[] => [...m.parameters[0]!.variable.dataSync()];
      expect(first(a)).toEqual(first(b));
      expect(first(a)).not.toEqual(first(c));
      const x = randomTensor([3, 6, 2], "x");
      const y = a.apply(x, trainingContext(5));
      tf.dispose([x, y]);
      for (const m of [a, b, c]) m.dispose();
    }));

  test("gives the gradients of its finite differences, in training, and leaves no tensor behind", () =>
    balanced(() => {
      const model = network(3);
      const x = randomTensor([3, 6, 2], "x");
      const context = { training: true, seed: 7, update: () => {} };
      checkGradient(
        (at) => model.apply(at!, context),
        [x, ...model.parameters.filter((p) => p.trainable).map((p) => p.variable)],
        { samples: 10 },
      );
      x.dispose();
      model.dispose();
    }));

  test("is summarized", () => {
    const model = network(1);
    const sum = summary(model);
    expect([sum.trainable, sum.buffers, sum.bytes]).toEqual([28 + 8 + 52 + 15, 8, 4 * 111]);
    const text = formatSummary(sum);
    expect(text).toContain("stem.weight        [3, 2, 4]  24");
    expect(text).toContain("norm.running_var   [4]         4  buffer");
    expect(text.split("\n").at(-1)).toBe("103 parameters, 8 in buffers, 0.0 MiB");
    model.dispose();
  });
});

describe("dropout", () => {
  const x = (): tf.Tensor => tf.ones([4, 500, 10]);
  test("drops the given share in training, scales the rest, and follows seed and place only", () => {
    const scope = parameterScope(rng("dropout"));
    const layer = dropout(scope.at("a"), { rate: 0.3 });
    const values = (seed: number, of = layer): number[] => [
      ...tf.tidy(() => of(x(), trainingContext(seed)).dataSync()),
    ];
    const first = values(1);
    const dropped = first.filter((v) => v === 0).length / first.length;
    // 20,000 draws: three standard deviations are 0.0097.
    expect(Math.abs(dropped - 0.3)).toBeLessThan(0.0097);
    expect(new Set(first)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    expect(values(1)).toEqual(first);
    expect(values(2)).not.toEqual(first);
    expect(values(1, dropout(scope.at("b"), { rate: 0.3 }))).not.toEqual(first);
  });

  test("does nothing in evaluation; drops whole channels where asked; refuses a rate of 1", () => {
    const scope = parameterScope(rng("dropout"));
    const input = x();
    expect(dropout(scope, { rate: 0.9 })(input, evaluation)).toBe(input);
    const channels = tf.tidy(() =>
      dropout(scope, { rate: 0.5, channels: true })(input, trainingContext()).arraySync(),
    ) as number[][][];
    for (const sample of channels) for (const point of sample) expect(point).toEqual(sample[0]);
    expect(channels.flatMap((s) => s[0]!).filter((v) => v === 0).length).toBeGreaterThan(5);
    expect(() => dropout(scope.at("d"), { rate: 1 })).toThrow('The dropout "d" needs a rate in [0, 1) and got 1.');
    input.dispose();
  });
});

describe("initializers", () => {
  const shape = [3, 40, 50];
  const spread = (values: Float32Array) => ({
    mean: values.reduce((a, b) => a + b, 0) / values.length,
    deviation: Math.sqrt(values.reduce((a, b) => a + b * b, 0) / values.length),
    largest: values.reduce((m, v) => Math.max(m, Math.abs(v)), 0),
  });
  test.each([
    ["kaiming uniform", kaimingUniform(), 1 / Math.sqrt(120) / Math.sqrt(3), 1 / Math.sqrt(120)],
    ["kaiming uniform, a = 0", kaimingUniform(0), Math.sqrt(2 / 120), Math.sqrt(6 / 120)],
    ["he normal", heNormal, Math.sqrt(2 / 120), Infinity],
    ["xavier uniform", xavierUniform, Math.sqrt(2 / 270), Math.sqrt(6 / 270)],
    ["xavier normal", xavierNormal, Math.sqrt(2 / 270), Infinity],
    ["uniform", uniform(2), 2 / Math.sqrt(3), 2],
    ["normal", normal(3), 3, Infinity],
    ["a bias", torchBias(shape), 1 / Math.sqrt(120) / Math.sqrt(3), 1 / Math.sqrt(120)],
  ] as const)("%s: its deviation (3 %%, 6,000 draws) and bound", (_, init, deviation, bound) => {
    const found = spread(init(shape, rng("init")));
    expect(Math.abs(found.deviation / deviation - 1)).toBeLessThan(0.03);
    expect(Math.abs(found.mean)).toBeLessThan(0.05 * deviation);
    expect(found.largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
  });
  test("constants", () => {
    expect([...zeros([2], rng(0)), ...ones([2], rng(0)), ...constant(7)([1], rng(0))]).toEqual([0, 0, 1, 1, 7]);
  });
});

describe("PyTorch's layouts", () => {
  test("move out and in to the end, and back", () => {
    const array = ndarray(
      Float32Array.from({ length: 24 }, (_, i) => i),
      [2, 3, 4],
    );
    const ours = fromTorch(array);
    expect(ours.shape).toEqual([4, 3, 2]);
    for (let o = 0; o < 2; o++)
      for (let i = 0; i < 3; i++)
        for (let k = 0; k < 4; k++) expect(ours.data[(k * 3 + i) * 2 + o]).toBe(o * 12 + i * 4 + k);
    expect(toTorch(ours)).toEqual(array);
    const matrix = ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    expect([...fromTorch(matrix).data]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...fromTorch(matrix, "plain").data]).toEqual([1, 2, 3, 4, 5, 6]);
    const image = ndarray(
      Float32Array.from({ length: 36 }, (_, i) => i),
      [3, 1, 4, 3],
    );
    expect(toTorch(fromTorch(image))).toEqual(image);
  });

  test("load a 1×1 convolution into a dense layer, and no other", () =>
    balanced(() => {
      const scope = parameterScope(rng("pointwise"));
      dense(scope.at("fc"), { in: 3, out: 2, bias: false });
      const state = (shape: readonly number[]) => ({
        "fc.weight": ndarray(
          Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => i),
          shape,
        ),
      });
      for (const shape of [
        [2, 3],
        [2, 3, 1],
        [2, 3, 1, 1],
      ]) {
        loadTorchState(scope.parameters, state(shape));
        expect([...scope.parameters[0]!.variable.dataSync()]).toEqual([0, 3, 1, 4, 2, 5]);
      }
      expect(() => loadTorchState(scope.parameters, state([2, 1, 3]))).toThrow(
        '"fc.weight" has the shape [2, 1, 3] where ours is [3, 2]',
      );
      scope.dispose();
    }));

  test("load by name, all or nothing", () =>
    balanced(() => {
      const model = network(1);
      const other = network(2);
      const state = Object.fromEntries(
        other.parameters.map(({ name, variable }) => [
          name,
          toTorch(ndarray(variable.dataSync() as Float32Array, variable.shape)),
        ]),
      );
      const before = [...model.parameters[0]!.variable.dataSync()];
      const { "stem.weight": _, ...lacking } = state;
      expect(() => loadTorchState(model.parameters, { ...lacking, extra: state["stem.bias"]! }, "a.pt")).toThrow(
        'a.pt is for another network: "extra" is not part of the network; "stem.weight" is missing.',
      );
      const wrong = { ...state, "head.weight": ndarray(new Float32Array(8), [2, 4]) };
      expect(() => loadTorchState(model.parameters, wrong)).toThrow(
        '"head.weight" has the shape [2, 4] where ours is [4, 3]',
      );
      expect([...model.parameters[0]!.variable.dataSync()]).toEqual(before);
      loadTorchState(model.parameters, { ...state, "norm.num_batches_tracked": ndarray(new Float32Array(1), []) });
      for (const [i, p] of model.parameters.entries())
        expect(p.variable.dataSync()).toEqual(other.parameters[i]!.variable.dataSync());
      model.dispose();
      other.dispose();
    }));
});

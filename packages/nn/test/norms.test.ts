import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { checkGradient, expectAllClose } from "@spectrai/testing";
import { describe, expect, test } from "vitest";
import {
  batchNorm,
  groupNorm,
  instanceNorm,
  type Layer,
  layerNorm,
  normal,
  parameterScope,
  type ParameterScope,
} from "../src/index.ts";
import { balanced, evaluation, randomTensor, trainingContext } from "./support.ts";

const eps = 1e-5;
const channels = 4;
type Key = (sample: number, position: number, channel: number) => string;

/** Normalizes by definition, in float64: values with the same key share a mean and a variance. */
function slowNorm(
  x: ArrayLike<number>,
  [n, positions]: readonly [number, number],
  key: Key,
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
): Float64Array {
  const sets = new Map<string, number[]>();
  const keys: string[] = [];
  for (let i = 0; i < x.length; i++) {
    const k = key(Math.floor(i / (positions * channels)), Math.floor(i / channels) % positions, i % channels);
    keys.push(k);
    sets.set(k, [...(sets.get(k) ?? []), x[i]!]);
  }
  expect(n * positions * channels).toBe(x.length);
  const moments = new Map(
    [...sets].map(([k, values]) => {
      const mean = values.reduce((a, b) => a + b) / values.length;
      return [k, [mean, values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length] as const];
    }),
  );
  return Float64Array.from(keys, (k, i) => {
    const [mean, variance] = moments.get(k)!;
    return ((x[i]! - mean) / Math.sqrt(variance + eps)) * scale[i % channels]! + offset[i % channels]!;
  });
}

/** Scales and offsets that are not 1 and 0. */
function randomize(scope: ParameterScope): void {
  for (const [i, p] of scope.parameters.entries())
    if (p.trainable)
      tf.tidy(() => p.variable.assign(tf.tensor(normal(0.5, 1)(p.variable.shape, rng("affine", i)), p.variable.shape)));
}

const kinds: Record<string, { readonly make: (scope: ParameterScope) => Layer; readonly key: Key }> = {
  "batch norm": { make: (s) => batchNorm(s, { channels }), key: (_n, _p, c) => `${c}` },
  "batch norm, not affine": { make: (s) => batchNorm(s, { channels, affine: false }), key: (_n, _p, c) => `${c}` },
  "instance norm": { make: (s) => instanceNorm(s, { channels }), key: (n, _p, c) => `${n} ${c}` },
  "instance norm, affine": { make: (s) => instanceNorm(s, { channels, affine: true }), key: (n, _p, c) => `${n} ${c}` },
  "group norm": { make: (s) => groupNorm(s, { channels, groups: 2 }), key: (n, _p, c) => `${n} ${c >> 1}` },
  "group norm, one group": { make: (s) => groupNorm(s, { channels, groups: 1 }), key: (n) => `${n}` },
  "layer norm": { make: (s) => layerNorm(s, { channels }), key: (n, p) => `${n} ${p}` },
};

describe.each(Object.entries(kinds))("%s", (_, { make, key }) => {
  test.each([
    [3, 5],
    [2, 3, 4],
    [2, 2, 3, 2],
  ])("equals the definition on a batch of [%d, %d, %s …] (1e-5: float32)", (...lead) => {
    const shape = [...lead.filter((d) => d !== undefined), channels];
    return balanced(() => {
      const scope = parameterScope(rng("norm"));
      const layer = make(scope);
      randomize(scope);
      const x = randomTensor(shape, "x", 3);
      const y = layer(x, trainingContext());
      const [scale, offset] = scope.parameters.filter((p) => p.trainable).map((p) => p.variable.dataSync());
      const positions = shape.slice(1, -1).reduce((a, b) => a * b, 1);
      const expected = slowNorm(
        x.dataSync(),
        [shape[0]!, positions],
        key,
        scale ?? [1, 1, 1, 1],
        offset ?? [0, 0, 0, 0],
      );
      expectAllClose(y.dataSync(), expected, { rtol: 1e-5 });
      expect(y.shape).toEqual(shape);
      tf.dispose([x, y]);
      scope.dispose();
    });
  });

  test("has the gradient of its finite differences, through mean and variance too", () =>
    balanced(() => {
      const scope = parameterScope(rng("norm"));
      const layer = make(scope);
      randomize(scope);
      const x = randomTensor([3, 4, channels], "x");
      const trainable = scope.parameters.filter((p) => p.trainable).map((p) => p.variable);
      checkGradient((at) => layer(at!, { ...trainingContext(), update: () => {} }), [x, ...trainable], { samples: 48 });
      x.dispose();
      scope.dispose();
    }));
});

test("norms keep their precision where the mean is large beside the deviation (2e-3: float32 resolves 1000 to 6e-5)", () =>
  balanced(() => {
    const scope = parameterScope(rng("norm"));
    const layer = groupNorm(scope, { channels, groups: 1 });
    const base = randomTensor([2, 6, channels], "x");
    const x = tf.add(base, 1000);
    const [y, expected] = [layer(x, evaluation), layer(base, evaluation)];
    expectAllClose(y.dataSync(), expected.dataSync(), { rtol: 2e-3 });
    tf.dispose([base, x, y, expected]);
    scope.dispose();
  }));

describe("batch norm's running statistics", () => {
  const shape = [3, 4, channels];
  test("stay, and are normalized by, where the context says that they are frozen; gradients are those of finite differences", () =>
    balanced(() => {
      const scope = parameterScope(rng("bn"));
      const layer = batchNorm(scope, { channels });
      randomize(scope);
      const [weight, bias, mean, variance] = scope.parameters.map((p) => p.variable) as [
        tf.Variable,
        tf.Variable,
        tf.Variable,
        tf.Variable,
      ];
      tf.tidy(() => {
        mean.assign(tf.tensor1d([0.5, -1, 2, 0]));
        variance.assign(tf.tensor1d([0.3, 1, 4, 2]));
      });
      const x = randomTensor(shape, "x", 2);
      const context = { ...trainingContext(), frozen: new Set([mean, variance]) };
      const y = layer(x, context);
      expect(context.updates.size).toBe(0);
      const [w, b, m, v] = [weight, bias, mean, variance].map((p) => p.dataSync());
      const expected = Array.from(x.dataSync(), (value, i) => {
        const c = i % channels;
        return ((value - m![c]!) / Math.sqrt(v![c]! + eps)) * w![c]! + b![c]!;
      });
      // float32 against float64.
      expectAllClose(y.dataSync(), expected, { rtol: 1e-5, atol: 1e-6 });
      checkGradient((at) => layer(at!, context), [x, weight, bias], { samples: 48 });
      tf.dispose([x, y]);
      scope.dispose();
    }));

  test("follow PyTorch: momentum 0.1, unbiased variance, handed to the context", () =>
    balanced(() => {
      const scope = parameterScope(rng("bn"));
      const layer = batchNorm(scope.at("norm"), { channels });
      expect(scope.parameters.map((p) => [p.name, p.trainable, p.decay])).toEqual([
        ["norm.weight", true, false],
        ["norm.bias", true, false],
        ["norm.running_mean", false, false],
        ["norm.running_var", false, false],
      ]);
      const [, , mean, variance] = scope.parameters.map((p) => p.variable);
      const x = randomTensor(shape, "x", 2);
      const context = trainingContext();
      layer(x, context).dispose();
      const values = x.dataSync();
      for (let c = 0; c < channels; c++) {
        const column = Array.from({ length: 12 }, (_, i) => values[i * channels + c]!);
        const m = column.reduce((a, b) => a + b) / 12;
        const unbiased = column.reduce((s, v) => s + (v - m) ** 2, 0) / 11;
        expect(context.updates.get(mean!)![c]).toBeCloseTo(0.1 * m, 5);
        expect(context.updates.get(variance!)![c]).toBeCloseTo(0.9 + 0.1 * unbiased, 5);
      }
      // The layer itself changes nothing.
      expect([...mean!.dataSync()]).toEqual([0, 0, 0, 0]);
      x.dispose();
      scope.dispose();
    }));

  test("are what evaluation normalizes by, with gradients for input, scale and offset", () =>
    balanced(() => {
      const scope = parameterScope(rng("bn"));
      const layer = batchNorm(scope, { channels });
      randomize(scope);
      const [scale, offset, mean, variance] = scope.parameters.map((p) => p.variable);
      tf.tidy(() => {
        mean!.assign(tf.tensor1d([1, -1, 0.5, 2]));
        variance!.assign(tf.tensor1d([0.5, 1, 2, 4]));
      });
      const x = randomTensor(shape, "x");
      const y = layer(x, evaluation);
      const [g, b, m, v] = [scale!, offset!, mean!, variance!].map((t) => t.dataSync());
      const expected = Float64Array.from(x.dataSync(), (value, i) => {
        const c = i % channels;
        return ((value - m![c]!) / Math.sqrt(v![c]! + eps)) * g![c]! + b![c]!;
      });
      expectAllClose(y.dataSync(), expected, { rtol: 1e-6 });
      checkGradient((at) => layer(at!, evaluation), [x, scale!, offset!]);
      tf.dispose([x, y]);
      scope.dispose();
    }));

  test("refuse a batch of one value", () => {
    const layer = batchNorm(parameterScope(rng("bn")).at("top"), { channels });
    expect(() => tf.tidy(() => layer(tf.zeros([1, 1, channels]), trainingContext()))).toThrow(
      'The batch norm "top" needs more than one value a channel',
    );
  });
});

import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { checkGradient, expectAllClose } from "@spectrai/testing";
import { expect, test } from "vitest";
import { type ActivationOption, dense, parameterScope } from "../src/index.ts";
import { balanced, evaluation, randomTensor } from "./support.ts";

const relu = (v: number): number => Math.max(v, 0);
const cases: readonly (readonly [readonly number[], ActivationOption, boolean, (v: number) => number])[] = [
  [[4, 5], "linear", true, (v) => v],
  [[4, 5], "relu", true, relu],
  [[2, 3, 5], "sigmoid", true, (v) => 1 / (1 + Math.exp(-v))],
  [[2, 2, 2, 5], { leakyRelu: 0.3 }, false, (v) => (v > 0 ? v : 0.3 * v)],
];

test.each(cases)("%j through %j, bias %j: the definition, and finite differences", (shape, activation, bias, f) =>
  balanced(() => {
    const scope = parameterScope(rng("dense"));
    const layer = dense(scope, { in: 5, out: 3, activation, bias });
    const x = randomTensor(shape, "x");
    const y = layer(x, evaluation);
    const [w, b] = scope.parameters.map((p) => p.variable.dataSync());
    const input = x.dataSync();
    const expected = Float64Array.from({ length: (input.length / 5) * 3 }, (_, i) => {
      let sum = b?.[i % 3] ?? 0;
      for (let k = 0; k < 5; k++) sum += input[Math.floor(i / 3) * 5 + k]! * w![k * 3 + (i % 3)]!;
      return f(sum);
    });
    expect(y.shape).toEqual([...shape.slice(0, -1), 3]);
    expectAllClose(y.dataSync(), expected, { rtol: 1e-6, atol: 1e-7 });
    checkGradient((at) => layer(at!, evaluation), [x, ...scope.parameters.map((p) => p.variable)]);
    tf.dispose([x, y]);
    scope.dispose();
  }),
);

test("says what it needs", () => {
  const layer = dense(parameterScope(rng("dense")).at("head"), { in: 5, out: 3 });
  expect(() => layer(tf.zeros([2, 4]), evaluation)).toThrow(
    'The dense layer "head" needs a last dimension of 5 and got a tensor [2, 4].',
  );
});

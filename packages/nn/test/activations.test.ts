import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { checkGradient, expectAllClose } from "@spectrai/testing";
import { describe, expect, test } from "vitest";
import { gelu, type Layer, leakyRelu, parameterScope, prelu, relu, sigmoid, silu } from "../src/index.ts";
import { balanced, evaluation, randomTensor } from "./support.ts";

/** Φ(x) by Simpson's rule on the density, to about 1e-12. */
function normalDistribution(x: number): number {
  const n = 2000;
  const h = x / n;
  const density = (t: number): number => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let i = 1; i < n; i++) sum += density(i * h) * (i % 2 ? 4 : 2);
  return 0.5 + (sum * h) / 3;
}

const scope = parameterScope(rng("activations"));
const layers: Record<string, readonly [Layer, (x: number, channel: number) => number]> = {
  relu: [relu(), (x) => Math.max(x, 0)],
  "leaky relu": [leakyRelu(0.1), (x) => (x > 0 ? x : 0.1 * x)],
  sigmoid: [sigmoid(), (x) => 1 / (1 + Math.exp(-x))],
  // tfjs's error function is good to 1.5e-7, which x · Φ(x) takes up to 5e-7.
  gelu: [gelu(), (x) => x * normalDistribution(x)],
  silu: [silu(), (x) => x / (1 + Math.exp(-x))],
  "prelu, shared": [prelu(scope.at("shared")), (x) => (x > 0 ? x : 0.25 * x)],
  "prelu, a channel": [prelu(scope.at("each"), { channels: 3 }), (x, c) => (x > 0 ? x : [0.1, -0.2, 0.3][c]! * x)],
};

describe.each(Object.entries(layers))("%s", (name, [layer, f]) => {
  if (name === "prelu, a channel") tf.tidy(() => scope.parameters[1]!.variable.assign(tf.tensor1d([0.1, -0.2, 0.3])));
  const slopes =
    { "prelu, shared": [scope.parameters[0]!.variable], "prelu, a channel": [scope.parameters[1]!.variable] }[name] ??
    [];

  test("equals its formula (1e-6), and its gradient the finite differences", () =>
    balanced(() => {
      const x = randomTensor([2, 5, 4, 3], "x", 2);
      const y = layer(x, evaluation);
      expectAllClose(
        y.dataSync(),
        Float64Array.from(x.dataSync(), (v, i) => f(v, i % 3)),
        { rtol: 1e-6 },
      );
      checkGradient((at) => layer(at!, evaluation), [x, ...slopes], { samples: 60 });
      tf.dispose([x, y]);
    }));
});

test("slopes are parameters that do not decay", () => {
  expect(scope.parameters.map((p) => [p.name, p.variable.shape, p.trainable, p.decay])).toEqual([
    ["shared.weight", [1], true, false],
    ["each.weight", [3], true, false],
  ]);
});

import * as tf from "@tensorflow/tfjs-core";
import { registerGradients, rng } from "@spectrai/core";
import { checkGradient } from "@spectrai/testing";
import { beforeAll, expect, test } from "vitest";
import { parameterScope, stochasticDepth } from "../src/index.ts";
import { balanced, evaluation, randomTensor, trainingContext } from "./support.ts";

beforeAll(() => registerGradients());

const root = parameterScope(rng("stochastic-depth"));
const layer = stochasticDepth(root.at("blocks", 3), { rate: 0.25 });

test("keeps or drops whole samples, by the rate and divided by what is kept", () =>
  balanced(() => {
    const x = tf.ones([4000, 2, 3]);
    const values = tf.tidy(() => layer(x, trainingContext(1)).dataSync());
    const samples = Array.from({ length: 4000 }, (_, i) => [...new Set(values.subarray(6 * i, 6 * i + 6))]);
    expect(samples.every((s) => s.length === 1)).toBe(true);
    const kept = samples.filter(([v]) => v !== 0);
    expect(new Set(kept.flat())).toEqual(new Set([Math.fround(1 / 0.75)]));
    // Three standard deviations of 4000 draws.
    expect(Math.abs(kept.length / 4000 - 0.75)).toBeLessThan(3 * Math.sqrt((0.25 * 0.75) / 4000));
    x.dispose();
  }));

test("follows the seed and the place in the network", () =>
  balanced(() => {
    const x = tf.ones([64, 1]);
    const other = stochasticDepth(root.at("blocks", 4), { rate: 0.25 });
    const draw = (of: typeof layer, seed: number): number[] => [
      ...tf.tidy(() => of(x, trainingContext(seed)).dataSync()),
    ];
    expect(draw(layer, 1)).toEqual(draw(layer, 1));
    expect(draw(layer, 1)).not.toEqual(draw(layer, 2));
    expect(draw(layer, 1)).not.toEqual(draw(other, 1));
    x.dispose();
  }));

test("does nothing in evaluation, and none at a rate of 0", () =>
  balanced(() => {
    const x = randomTensor([8, 3], "x");
    expect(layer(x, evaluation)).toBe(x);
    expect(stochasticDepth(root, { rate: 0 })(x, trainingContext())).toBe(x);
    x.dispose();
  }));

test("gradient by finite differences", () =>
  balanced(() => {
    const x = randomTensor([6, 2, 2], "x");
    checkGradient((at) => layer(at!, trainingContext(5)), [x]);
    x.dispose();
  }));

test("refuses a rate that is no probability below 1", () => {
  expect(() => stochasticDepth(root.at("a"), { rate: 1 })).toThrow(
    'The stochastic depth "a" needs a rate in [0, 1) and got 1.',
  );
});

import * as tf from "@tensorflow/tfjs-core";
import { registerGradients, rng } from "@spectrai/core";
import {
  conv,
  type ConvOptions,
  dense,
  type Layer,
  averagePool,
  parameterScope,
  type ParameterScope,
  sequential,
  upsample,
} from "@spectrai/nn";
import { expectAllClose } from "@spectrai/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { OnednnBackend } from "../src/backend.ts";
import { onednnBackend } from "../src/index.ts";
import { describeNative, native } from "./support/native.ts";

const start = async (precision: "f32" | "bf16"): Promise<void> => {
  const backend = await onednnBackend.create({ threads: 2, precision }, {});
  await backend.init();
};
const random = (key: string, shape: readonly number[]): tf.Tensor => {
  const r = rng("precision", key);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => r.uniform(-1, 1)),
    [...shape],
  );
};
const same = (scope: ParameterScope, options: ConvOptions): Layer => conv(scope, options);

const networks: Record<string, { readonly shape: readonly number[]; readonly make: (scope: ParameterScope) => Layer }> =
  {
    spectra: {
      shape: [4, 60, 16],
      make: (s) => same(s, { dimension: 1, in: 16, out: 24, activation: "relu" }),
    },
    "images, odd widths": {
      shape: [2, 9, 11, 17],
      make: (s) => same(s, { dimension: 2, in: 17, out: 33, activation: "relu" }),
    },
    "rows of an odd number of tiles": {
      shape: [2, 7, 17, 20],
      make: (s) => same(s, { dimension: 2, in: 20, out: 18, activation: { leakyRelu: 0.1 } }),
    },
    "many spectra, few points": { shape: [70, 7, 24], make: (s) => same(s, { dimension: 1, in: 24, out: 9 }) },
    volumes: { shape: [1, 5, 6, 7, 16], make: (s) => same(s, { dimension: 3, in: 16, out: 16 }) },
    dense: { shape: [64, 100], make: (s) => dense(s, { in: 100, out: 90, activation: "relu" }) },
    "several layers": {
      shape: [4, 64, 8],
      make: (s) =>
        sequential(
          same(s.at(0), { dimension: 1, in: 8, out: 32, activation: "relu" }),
          averagePool({ dimension: 1 }),
          same(s.at(1), { dimension: 1, in: 32, out: 32, activation: "relu" }),
          upsample({ dimension: 1 }),
          same(s.at(2), { dimension: 1, in: 32, out: 8 }),
        ),
    },
  };

describeNative("precision: bf16", () => {
  const half = native().describe().bf16;
  beforeAll(() => registerGradients());
  afterAll(() => start("f32"));

  /** Output and gradients of a network with the current precision. */
  function compute(name: string): Float32Array[] {
    const { shape, make } = networks[name]!;
    const scope = parameterScope(rng("precision", name));
    const layer = make(scope);
    const x = random(name, shape);
    const apply = (at: tf.Tensor): tf.Tensor => layer(at, { training: true, seed: 0, update: () => {} });
    const y = apply(x);
    const weights = random(`${name} weights`, y.shape);
    const loss = (at: tf.Tensor): tf.Scalar => tf.sum(tf.mul(apply(at), weights));
    const { grads } = tf.variableGrads(() => loss(x));
    const all = [y, tf.grad(loss)(x), ...scope.parameters.map((p) => grads[p.variable.name]!)];
    const values = all.map((t) => (t.dataSync() as Float32Array).slice());
    tf.dispose([x, weights, all]);
    scope.dispose();
    return values;
  }

  // bf16 keeps 8 bits: each factor is rounded by up to 2^-9, sums are float32, and results are rounded again: 2^-6 of the
  // largest value. Winograd's algorithm, which may be the fastest one, rounds sums of inputs too, and comes to twice that.
  it.skipIf(!half).each(Object.keys(networks))("%s: output and gradients within 2^-5 of float32's", async (name) => {
    await start("f32");
    const expected = compute(name);
    await start("bf16");
    const actual = compute(name);
    // A few values beside a ReLU's corner fall on the other side of it: the gradients are compared as a whole.
    expectAllClose(actual[0]!, expected[0]!, { rtol: 2 ** -5 });
    actual.slice(1).forEach((values, i) => {
      const wanted = expected[i + 1]!;
      const off = Math.sqrt(values.reduce((s, v, k) => s + (v - wanted[k]!) ** 2, 0));
      const size = Math.sqrt(wanted.reduce((s: number, v) => s + v * v, 0));
      expect(off / size).toBeLessThan(0.12);
    });
    expect(actual[0]).not.toEqual(expected[0]);
  });

  it.skipIf(!half).each([
    [0, "oneDNN on plain arrays", 2 ** -6],
    [1, "oneDNN on its own layouts", 2 ** -6],
    [3, "Winograd on plain arrays", 2 ** -5],
  ] as const)("every shape by way %i, %s: output within %d of float32's", async (way, _, rtol) => {
    for (const name of Object.keys(networks)) {
      await start("f32");
      const expected = compute(name);
      await start("bf16");
      compute(name);
      const known = native().choices();
      native().choices(Object.fromEntries(Object.keys(known).map((key) => [key, way])));
      const actual = compute(name);
      expectAllClose(actual[0]!, expected[0]!, { rtol });
      actual.forEach((values, i) => {
        const wanted = expected[i]!;
        const off = Math.sqrt(values.reduce((s: number, v, k) => s + (v - wanted[k]!) ** 2, 0));
        expect(off / Math.sqrt(wanted.reduce((s: number, v) => s + v * v, 0)), `${name}, ${i}`).toBeLessThan(0.12);
      });
    }
  });

  it.skipIf(!half)(
    "rounding errors: 0.3 % of a convolution's values, with Winograd's algorithm 0.7 % (root mean square)",
    async () => {
      const x = tf.relu(random("rms", [8, 96, 64])) as tf.Tensor3D;
      const filter = random("rms filter", [3, 64, 64]) as tf.Tensor3D;
      const values = (): Float32Array =>
        tf.tidy(() => (tf.conv1d(x, filter, 1, "same").dataSync() as Float32Array).slice());
      await start("f32");
      const exact = values();
      const size = Math.sqrt(exact.reduce((sum: number, v) => sum + v * v, 0));
      await start("bf16");
      const error = (way: number): number => {
        values();
        const known = native().choices();
        native().choices(Object.fromEntries(Object.keys(known).map((key) => [key, way])));
        return Math.sqrt(values().reduce((sum, v, i) => sum + (v - exact[i]!) ** 2, 0)) / size;
      };
      const [direct, winograd] = [error(0), error(3)];
      tf.dispose([x, filter]);
      expect(direct).toBeGreaterThan(0.001);
      expect(direct).toBeLessThan(0.004);
      expect(winograd).toBeGreaterThan(direct);
      expect(winograd).toBeLessThan(0.009);
    },
  );

  it.skipIf(!half)("keeps activations in half the memory, and hands out float32", async () => {
    await start("bf16");
    const backend = tf.backend() as OnednnBackend;
    const x = random("memory", [8, 512, 32]);
    const filter = random("filter", [3, 32, 64]) as tf.Tensor3D;
    const run = (): tf.Tensor3D => tf.conv1d(x as tf.Tensor3D, filter, 1, "same");
    // The first runs make the plan, and room to work in.
    for (let i = 0; i < 3; i++) run().dispose();
    const before = backend.memory().native.live;
    const y = run();
    const held = backend.memory().native.live - before;
    expect(held).toBeLessThan(y.size * 2.5);
    expect(y.dtype).toBe("float32");
    expect(y.dataSync()).toBeInstanceOf(Float32Array);
    tf.dispose([x, filter, y]);
  });

  it.skipIf(!half)("leaves weights and their gradients float32", async () => {
    await start("bf16");
    const filter = tf.variable(random("weights", [3, 8, 8]));
    const x = random("input", [2, 20, 8]) as tf.Tensor3D;
    const { grads, value } = tf.variableGrads(() =>
      tf.sum(tf.square(tf.conv1d(x, filter as tf.Tensor as tf.Tensor3D, 1, "same"))),
    );
    const gradient = grads[filter.name]!.dataSync();
    // Values with more bits than bf16 has.
    const lower = new Uint32Array(gradient.buffer, gradient.byteOffset, gradient.length).filter(
      (bits) => bits & 0xffff,
    );
    expect(lower.length).toBeGreaterThan(gradient.length / 2);
    tf.dispose([filter, x, grads, value]);
  });

  it("says where the processor does not have it", async () => {
    const backend = await onednnBackend.create({ precision: "bf16" }, {});
    const probe = await backend.probe();
    expect(probe.available ? half : /does not compute in bf16/.test(probe.reason)).toBe(true);
  });
});

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { onednnBackend } from "@spectrai/backend-onednn";
import { expectAllClose, fixturesFolder, fixtureValues, readFixture } from "@spectrai/testing";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Optimizer, OptimizerParameter, OptimizerState } from "../src/contracts/optimizer.ts";
import { hasKernel } from "../src/fused-kernels.ts";
import { averageWeights, globalNorm, optimizers } from "../src/optimizers/index.ts";
import { rng } from "../src/rng.ts";

// Updates of all parameters by one kernel, on the backend that has such kernels, against the tensor operations of another.
const backend = await onednnBackend.create({ threads: 2, precision: "f32" }, {});
const found = await backend.probe();
const fused = "onednn";
const narrow = await onednnBackend.create({ threads: 2, precision: "bf16" }, {});
const narrowFound = await narrow.probe();

const create = (name: string, options: Record<string, unknown> = {}): Optimizer => {
  const component = optimizers.find((o) => o.name === name)!;
  const result = component.schema["~standard"].validate(options) as { value: Record<string, unknown> };
  return component.create(result.value, {}) as Optimizer;
};

const random = (key: string, size: number, low: number, high: number): Float32Array => {
  const r = rng(11, key);
  return Float32Array.from({ length: size }, () => r.uniform(low, high));
};

/** Odd sizes, one of them empty, and one that is worth two threads. */
const shapes = [[3, 5, 7], [1], [0], [33_003], [16]];
const start = shapes.map((shape, i) => random(`w${i}`, tf.util.sizeFromShape(shape), 0.5, 2));
const gradients = [0, 1, 2, 3, 4].map((t) => start.map((w, i) => random(`g${i}.${t}`, w.length, -1, 1)));
const gradientsOf = (step: number): tf.Tensor[] =>
  gradients[step % gradients.length]!.map((values, i) => tf.tensor(values, shapes[i]));

const parametersFrom = (values: readonly ArrayLike<number>[]): OptimizerParameter[] =>
  shapes.map((shape, i) => ({
    name: `p${i}`,
    variable: tf.tidy(() => tf.variable(tf.tensor(Float32Array.from(values[i]!), shape))),
    trainable: true,
    decay: i !== 1,
    rateScale: i === 4 ? 0.1 : 1,
  }));

const valuesOf = (
  parameters: readonly OptimizerParameter[],
  state: OptimizerState,
): Record<string, readonly number[]> =>
  Object.fromEntries([
    ...parameters.map(({ name, variable }) => [name, [...variable.dataSync()]] as const),
    ...Object.entries(state.tensors()).map(([name, t]) => [name, [...t.dataSync()]] as const),
  ]);

const disposeAll = (parameters: readonly OptimizerParameter[], state: OptimizerState): void => {
  state.dispose();
  for (const { variable } of parameters) variable.dispose();
};

/** Steps from `from` to `to`, and the gradients' tensors freed. */
function walk(state: OptimizerState, from: number, to: number): void {
  for (let t = from; t < to; t++) tf.tidy(() => state.step(gradientsOf(t), 0.01));
}

async function trained(on: string, name: string, options: Record<string, unknown>, steps: number) {
  await tf.setBackend(on);
  const parameters = parametersFrom(start);
  const state = create(name, options).start(parameters);
  walk(state, 0, steps);
  const values = valuesOf(parameters, state);
  disposeAll(parameters, state);
  return values;
}

const both = [false, true];
const cases: [string, Record<string, unknown>][] = [0, 0.1].flatMap(
  (weightDecay): [string, Record<string, unknown>][] => [
    ["adam", { weightDecay }],
    ["adam", { weightDecay, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }],
    ["adamw", { weightDecay }],
    ["sgd", { weightDecay }],
    ["sgd", { weightDecay, momentum: 0.9 }],
    ["sgd", { weightDecay, momentum: 0.9, dampening: 0.3 }],
    ["sgd", { weightDecay, momentum: 0.9, nesterov: true }],
    ...both.flatMap((centered) =>
      [0, 0.9].map((momentum): [string, Record<string, unknown>] => [
        "rmsprop",
        { weightDecay, centered, momentum, epsilon: 1e-3 },
      ]),
    ),
  ],
);

describe.skipIf(!found.available)("updates by one kernel", () => {
  beforeAll(async () => {
    await backend.init();
  });
  beforeEach(async () => {
    await tf.setBackend(fused);
  });

  it("exist on this backend, and not on tfjs's own", async () => {
    const names = ["AdamUpdate", "SgdUpdate", "RmspropUpdate", "BlendInPlace", "GlobalNorm"] as const;
    expect(names.map(hasKernel)).toEqual(names.map(() => true));
    await tf.setBackend("cpu");
    expect(names.map(hasKernel)).toEqual(names.map(() => false));
  });

  // Each step rounds a value of about 1 once (6e-8), whichever way it is computed: 50 steps leave both ways less than 2e-6
  // apart. Slots are sums of 10 to 1000 terms of about 1.
  it.each(cases)("%s %o is that by tensor operations after 50 steps", async (name, options) => {
    const expected = await trained("cpu", name, options, 50);
    const actual = await trained(fused, name, options, 50);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const key of Object.keys(expected))
      expectAllClose(actual[key]!, expected[key]!, { rtol: 2e-6, atol: key.includes("/") ? 5e-6 : 2e-6 });
  });

  const variants: [string, string, Record<string, unknown>][] = [
    ["adam", "adam", {}],
    ["adamw", "adamw", { weightDecay: 0.05 }],
    ["sgd", "sgd", {}],
    ["sgd_momentum", "sgd", { momentum: 0.9, nesterov: true }],
    ["rmsprop", "rmsprop", {}],
  ];
  it.skipIf(!fixturesFolder()).each(variants)("%s follows PyTorch to 1e-6", (golden, name, options) => {
    const fixture = readFixture("reference/optimizers.safetensors");
    const first = fixtureValues(fixture, "p0");
    const all = fixtureValues(fixture, "grads");
    const variable = tf.tidy(() => tf.variable(tf.tensor1d(Float32Array.from(first))));
    const state = create(name, options).start([{ name: "w", variable, trainable: true, decay: true, rateScale: 1 }]);
    const path: number[] = [];
    for (let at = 0; at < all.length; at += first.length) {
      tf.tidy(() => state.step([tf.tensor1d(Float32Array.from(all.subarray(at, at + first.length)))], 0.01));
      path.push(...variable.dataSync());
    }
    expectAllClose(path, fixtureValues(fixture, `optimizer/${golden}`), { rtol: 1e-6 });
    state.dispose();
    variable.dispose();
  });

  it("goes on from a state of another backend", async () => {
    const options = { momentum: 0.5, centered: true, epsilon: 1e-3 };
    const expected = await trained("cpu", "rmsprop", options, 20);
    await tf.setBackend("cpu");
    const before = parametersFrom(start);
    const first = create("rmsprop", options).start(before);
    walk(first, 0, 8);
    const values = before.map((p) => p.variable.dataSync());
    const slots = Object.entries(first.tensors()).map(([name, t]) => [name, t.dataSync(), t.shape] as const);

    await tf.setBackend(fused);
    const after = parametersFrom(values);
    const second = create("rmsprop", options).start(after);
    tf.tidy(() => second.restore(Object.fromEntries(slots.map(([n, v, s]) => [n, tf.tensor(v, s)])), first.steps));
    walk(second, 8, 20);
    const actual = valuesOf(after, second);
    for (const key of Object.keys(expected))
      expectAllClose(actual[key]!, expected[key]!, { rtol: 2e-6, atol: key.includes("/") ? 5e-6 : 2e-6 });
    disposeAll(after, second);
    await tf.setBackend("cpu");
    disposeAll(before, first);
  });

  it("takes over variables that were made on another backend", async () => {
    await tf.setBackend("cpu");
    const parameters = parametersFrom(start);
    const state = create("adam").start(parameters);
    await tf.setBackend(fused);
    walk(state, 0, 50);
    const expected = await trained(fused, "adam", {}, 50);
    await tf.setBackend(fused);
    expect(valuesOf(parameters, state)).toEqual(expected);
    disposeAll(parameters, state);
  });

  it("leaves arrays, clones and other variables of the same memory as they were", () => {
    const parameters = parametersFrom(start);
    const state = create("adam").start(parameters);
    const variables = parameters.map((p) => p.variable);
    const arrays = variables.map((v) => v.dataSync());
    const clones = variables.map((v) => tf.clone(v));
    const others = clones.map((c) => tf.variable(c));
    walk(state, 0, 2);
    for (const [i, values] of start.entries()) {
      expect(arrays[i]).toEqual(values);
      expect(clones[i]!.dataSync()).toEqual(values);
      expect(others[i]!.dataSync()).toEqual(values);
      if (values.length > 0) expect(variables[i]!.dataSync()).not.toEqual(values);
    }
    // Slots are read for checkpoints while training goes on.
    const mean = state.tensors()["p3/mean"]!;
    const read = mean.dataSync();
    const kept = read.slice();
    walk(state, 2, 3);
    expect(read).toEqual(kept);
    expect(mean.dataSync()).not.toEqual(kept);
    tf.dispose([clones, others]);
    disposeAll(parameters, state);
  });

  it("takes a gradient that is the value itself, and a parameter twice", () => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2, 4])));
    const parameter: OptimizerParameter = { name: "w", variable, trainable: true, decay: true, rateScale: 1 };
    const one = create("sgd").start([parameter]);
    one.step([variable], 0.5);
    expect([...variable.dataSync()]).toEqual([0.5, 1, 2]);
    const twice = create("sgd").start([parameter, parameter]);
    tf.tidy(() => twice.step([tf.tensor1d([1, 1, 1]), tf.tensor1d([2, 2, 2])], 0.5));
    expect([...variable.dataSync()]).toEqual([-1, -0.5, 0.5]);
    one.dispose();
    twice.dispose();
    variable.dispose();
  });

  it.each(cases.slice(0, 9))("%s %o keeps the number of tensors level and gives all back", (name, options) => {
    const outside = tf.memory();
    const parameters = parametersFrom(start);
    const ours = gradientsOf(0);
    const state = create(name, options).start(parameters);
    const level = tf.memory();
    for (let i = 0; i < 3; i++) state.step(ours, 0.1);
    expect(tf.memory().numTensors).toBe(level.numTensors);
    expect(tf.memory().numDataBuffers).toBe(level.numDataBuffers);
    disposeAll(parameters, state);
    tf.dispose(ours);
    expect(tf.memory().numTensors).toBe(outside.numTensors);
    expect(tf.memory().numDataBuffers).toBe(outside.numDataBuffers);
  });

  it.skipIf(!narrowFound.available)("reads gradients that are held as bf16, as a convolution gives them", async () => {
    await narrow.init();
    const results = ["adam", "sgd", "rmsprop"].map((name) =>
      tf.tidy(() => {
        const x = tf.tensor4d(random("a", 300, -1, 1), [1, 100, 1, 3]);
        const convolved = () => tf.reshape(tf.conv2d(x, tf.reshape(tf.eye(3), [1, 1, 3, 3]), 1, "same"), [100, 3]);
        // Reading a tensor turns it into float32.
        const wide = convolved();
        wide.dataSync();
        const norm = globalNorm([convolved()]).dataSync()[0];
        expect(norm).toBe(globalNorm([wide]).dataSync()[0]);
        return [convolved(), wide].map((gradient) => {
          const variable = tf.variable(tf.ones([100, 3]));
          const state = create(name).start([{ name: "w", variable, trainable: true, decay: true, rateScale: 1 }]);
          state.step([gradient], 0.1);
          const values = [...variable.dataSync()];
          state.dispose();
          variable.dispose();
          return values;
        });
      }),
    );
    await backend.init();
    for (const [halved, whole] of results) expect(halved).toEqual(whole);
  });

  it("says what does not fit", () => {
    const parameters = parametersFrom(start);
    const state = create("adam").start(parameters);
    const ours = gradientsOf(0);
    ours[3]!.dispose();
    ours[3] = tf.zeros([33_002]);
    const values = parameters.map((p) => p.variable.dataSync().slice());
    expect(() => state.step(ours, 0.1)).toThrow(
      expect.objectContaining({ code: "SPECTRAI_BACKEND_OP", message: expect.stringContaining("AdamUpdate") }),
    );
    expect(parameters.map((p) => p.variable.dataSync().slice())).toEqual(values);
    tf.dispose(ours);
    disposeAll(parameters, state);
  });

  it("has the norm of all gradients, summed in double precision", () => {
    // A float32 sum that has reached 1e8 loses every 1 that is added to it.
    const large = new Float32Array(200_001).fill(1);
    large[0] = 1e4;
    const ours = [tf.tensor1d(large), tf.scalar(3), tf.tensor1d([], "float32")];
    const norm = globalNorm(ours);
    expect(norm.shape).toEqual([]);
    expect(norm.dataSync()[0]).toBe(Math.fround(Math.sqrt(1e8 + 2e5 + 9)));
    tf.dispose([ours, norm]);
  });

  it("blends running averages as tensor operations do, apart from the weights they started from", async () => {
    const run = async (on: string): Promise<number[]> => {
      await tf.setBackend(on);
      const parameters = parametersFrom(start);
      const average = averageWeights(parameters, { decay: 0.9, warmUp: true });
      for (let t = 0; t < 50; t++) {
        tf.tidy(() => parameters.forEach((p, i) => p.variable.assign(gradientsOf(t)[i]!)));
        average.update();
        if (t === 30) {
          average.swapIn();
          average.swapOut();
        }
      }
      expect(parameters[0]!.variable.dataSync()).toEqual(tf.tidy(() => gradientsOf(49)[0]!.dataSync()));
      const values = Object.values(average.tensors()).flatMap((t) => [...t.dataSync()]);
      average.dispose();
      for (const p of parameters) p.variable.dispose();
      return values;
    };
    const expected = await run("cpu");
    // Averages of numbers up to 2: one rounding of 1e-7 in each step, most of which decays.
    expectAllClose(await run(fused), expected, { rtol: 0, atol: 1e-6 });
  });
});

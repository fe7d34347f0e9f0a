import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expectAllClose, fixturesFolder, fixtureValues, readFixture } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import type { Optimizer, OptimizerParameter } from "../src/contracts/optimizer.ts";
import { registerGradients } from "../src/gradients/index.ts";
import {
  adagrad,
  adagradSchema,
  adam,
  adamSchema,
  adamw,
  adamwSchema,
  optimizers,
  rmsprop,
  rmspropSchema,
  sgd,
  sgdSchema,
} from "../src/optimizers/index.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const parameter = (values: ArrayLike<number>, more: Partial<OptimizerParameter> = {}): OptimizerParameter => ({
  name: "w",
  variable: tf.tidy(() => tf.variable(tf.tensor1d(Float32Array.from(values)))),
  trainable: true,
  decay: true,
  rateScale: 1,
  ...more,
});

const create = (name: string, options: Record<string, unknown> = {}): Optimizer => {
  const component = optimizers.find((o) => o.name === name)!;
  const result = component.schema["~standard"].validate(options) as { value: Record<string, unknown> };
  return component.create(result.value, {}) as Optimizer;
};

const gradientOf = (values: ArrayLike<number>): tf.Tensor => tf.tensor1d(Float32Array.from(values));

/** All values of the parameter after each of the steps. */
function trajectory(
  optimizer: Optimizer,
  start: ArrayLike<number>,
  gradients: readonly number[][],
  rate: number,
  more?: Partial<OptimizerParameter>,
): number[] {
  const p = parameter(start, more);
  const state = optimizer.start([p]);
  const out: number[] = [];
  for (const g of gradients) {
    const tensor = gradientOf(g);
    state.step([tensor], rate);
    tensor.dispose();
    out.push(...p.variable.dataSync());
  }
  state.dispose();
  p.variable.dispose();
  return out;
}

const variants: readonly [string, string, Record<string, unknown>][] = [
  ["adam", "adam", {}],
  ["adamw", "adamw", { weightDecay: 0.05 }],
  ["adagrad", "adagrad", {}],
  ["sgd", "sgd", {}],
  ["sgd_momentum", "sgd", { momentum: 0.9, nesterov: true }],
  ["rmsprop", "rmsprop", {}],
];

describe.skipIf(!fixturesFolder())("trajectories of the reference", () => {
  it.each(variants)("%s agrees to 1e-6", (golden, name, options) => {
    const fixture = readFixture("reference/optimizers.safetensors");
    const width = fixtureValues(fixture, "p0").length;
    const all = fixtureValues(fixture, "grads");
    const gradients = Array.from({ length: all.length / width }, (_, i) => [
      ...all.subarray(i * width, (i + 1) * width),
    ]);
    const found = trajectory(create(name, options), fixtureValues(fixture, "p0"), gradients, 0.01);
    expectAllClose(found, fixtureValues(fixture, `optimizer/${golden}`), { rtol: 1e-6 });
  });
});

// Slow, obvious float64 versions of PyTorch's formulas, for the options the reference does not use.
const start = [0.5, -1.5, 2, 0];
const gradients = Array.from({ length: 9 }, (_, t) =>
  [0, 1, 2, 3].map((i) => Math.sin(1 + 3 * t + 2 * i) * (i === 3 ? 0 : 1)),
);
type Rule = (w: number, g: number, state: number[], t: number) => number;
const slow = (rule: Rule): number[] => {
  const w = [...start];
  const states = w.map(() => [0, 0, 0]);
  return gradients.flatMap((g, t) => {
    for (let i = 0; i < w.length; i++) w[i] = rule(w[i]!, g[i]!, states[i]!, t + 1);
    return [...w];
  });
};
const rate = 0.02;

const formulas: readonly [string, string, Record<string, unknown>, Rule][] = [
  [
    "Adam with an L2 penalty",
    "adam",
    { weightDecay: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 },
    (w, g0, s, t) => {
      const g = g0 + 0.1 * w;
      s[0] = 0.8 * s[0]! + 0.2 * g;
      s[1] = 0.95 * s[1]! + 0.05 * g * g;
      return w - (rate * (s[0] / (1 - 0.8 ** t))) / (Math.sqrt(s[1] / (1 - 0.95 ** t)) + 1e-3);
    },
  ],
  [
    "Adagrad with rate decay and an L2 penalty",
    "adagrad",
    { rateDecay: 0.5, weightDecay: 0.1, epsilon: 1e-3 },
    (w, g0, s, t) => {
      const g = g0 + 0.1 * w;
      s[0]! += g * g;
      return w - ((rate / (1 + (t - 1) * 0.5)) * g) / (Math.sqrt(s[0]!) + 1e-3);
    },
  ],
  [
    "SGD with dampened momentum and an L2 penalty",
    "sgd",
    { momentum: 0.9, dampening: 0.3, weightDecay: 0.1 },
    (w, g0, s, t) => {
      const g = g0 + 0.1 * w;
      s[0] = t === 1 ? g : 0.9 * s[0]! + 0.7 * g;
      return w - rate * s[0];
    },
  ],
  [
    "centred RMSprop with momentum",
    "rmsprop",
    { alpha: 0.9, momentum: 0.5, centered: true, epsilon: 1e-3, weightDecay: 0.1 },
    (w, g0, s) => {
      const g = g0 + 0.1 * w;
      s[0] = 0.9 * s[0]! + 0.1 * g * g;
      s[1] = 0.9 * s[1]! + 0.1 * g;
      s[2] = 0.5 * s[2]! + g / (Math.sqrt(s[0] - s[1] ** 2) + 1e-3);
      return w - rate * s[2];
    },
  ],
];

describe("formulas", () => {
  it.each(formulas)("%s", (_, name, options, rule) => {
    expectAllClose(trajectory(create(name, options), start, gradients, rate), slow(rule), { rtol: 2e-6 });
  });

  it("stays finite for gradients of 0", () => {
    for (const { name } of optimizers) {
      const found = trajectory(
        create(name),
        [1, 2],
        [
          [0, 0],
          [0, 0],
        ],
        0.1,
      );
      expect(found.every(Number.isFinite), name).toBe(true);
    }
  });
});

describe("what every optimizer does", () => {
  const cases: readonly [string, Record<string, unknown>][] = [
    ...variants.map(([, name, options]) => [name, options] as [string, Record<string, unknown>]),
    ["rmsprop", { momentum: 0.9, centered: true }],
  ];

  it.each(cases)("%s %o continues identically from its saved state", (name, options) => {
    const optimizer = create(name, options);
    const through = trajectory(optimizer, start, gradients, rate);

    const first = parameter(start);
    const before = optimizer.start([first]);
    for (const g of gradients.slice(0, 4)) tf.tidy(() => before.step([gradientOf(g)], rate));
    const saved = Object.fromEntries(
      Object.entries(before.tensors()).map(([k, t]) => [k, tf.tensor(t.dataSync().slice(), t.shape)]),
    );

    const second = parameter(first.variable.dataSync());
    const after = optimizer.start([second]);
    after.restore(saved, before.steps);
    expect(after.steps).toBe(4);
    const out: number[] = [];
    for (const g of gradients.slice(4)) {
      tf.tidy(() => after.step([gradientOf(g)], rate));
      out.push(...second.variable.dataSync());
    }
    expect(out).toEqual(through.slice(4 * start.length));
  });

  it.each(cases)("%s %o keeps the number of tensors level and gives all back", (name, options) => {
    const outside = tf.memory().numTensors;
    const p = parameter(start);
    const g = gradientOf(gradients[0]!);
    const state = create(name, options).start([p]);
    const level = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) {
      state.step([g], rate);
      expect(tf.memory().numTensors).toBe(level);
    }
    expect(g.isDisposed).toBe(false);
    state.dispose();
    p.variable.dispose();
    g.dispose();
    expect(tf.memory().numTensors).toBe(outside);
  });

  it.each(cases)("%s %o scales the rate of a parameter", (name, options) => {
    const half = trajectory(create(name, options), start, gradients, rate, { rateScale: 0.5 });
    const whole = trajectory(create(name, options), start, gradients, rate / 2);
    expectAllClose(half, whole, { rtol: 1e-7 });
    expect(half).not.toEqual(trajectory(create(name, options), start, gradients, rate));
  });

  it.each(optimizers.map((o) => o.name))("%s leaves parameters that do not decay without weight decay", (name) => {
    const without = trajectory(create(name, { weightDecay: 0 }), start, gradients, rate);
    expect(trajectory(create(name, { weightDecay: 0.3 }), start, gradients, rate, { decay: false })).toEqual(without);
    expect(trajectory(create(name, { weightDecay: 0.3 }), start, gradients, rate)).not.toEqual(without);
  });

  it("does not offer its slots to tf.variableGrads", () => {
    registerGradients();
    const p = parameter([1, 2]);
    const state = create("adam").start([p]);
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(p.variable)) as tf.Scalar);
    expect(Object.keys(grads)).toEqual([p.variable.name]);
    tf.dispose([value, grads]);
    state.dispose();
    p.variable.dispose();
  });

  it("refuses a saved state that does not fit", () => {
    const p = parameter([1, 2]);
    const state = create("adam").start([p]);
    expect(() => state.restore({}, 1)).toThrow(/has no "w\/mean"/);
    const wrong = tf.zeros([3]);
    expect(() => state.restore({ "w/mean": wrong, "w/square": wrong }, 1)).toThrow(/shape \[3\] instead of \[2\]/);
    expect(() => state.step([], 1)).toThrow(/1 parameters .* 0 gradients/);
    tf.dispose(wrong);
    state.dispose();
    p.variable.dispose();
  });
});

describe("options", () => {
  it("have PyTorch's defaults", () => {
    expect(adamSchema.parse({})).toEqual({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 });
    expect(adamwSchema.parse({})).toEqual({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });
    expect(adagradSchema.parse({})).toEqual({ rateDecay: 0, epsilon: 1e-10, weightDecay: 0 });
    expect(sgdSchema.parse({})).toEqual({ momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 });
    expect(rmspropSchema.parse({})).toEqual({
      alpha: 0.99,
      epsilon: 1e-8,
      momentum: 0,
      centered: false,
      weightDecay: 0,
    });
  });

  it("refuses what makes no sense", () => {
    expect(sgdSchema.safeParse({ nesterov: true }).success).toBe(false);
    expect(sgdSchema.safeParse({ nesterov: true, momentum: 0.9, dampening: 0.1 }).success).toBe(false);
    expect(adamSchema.safeParse({ beta1: 1 }).success).toBe(false);
    expect(adamSchema.safeParse({ betas: [0.9, 0.999] }).success).toBe(false);
  });

  it("list every component under its own name", () => {
    expect(optimizers).toEqual([adam, adamw, adagrad, sgd, rmsprop]);
  });
});

import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { backendOf, describeWebGpu, webgpu } from "./support/webgpu.ts";

const random = (key: string, size: number, low: number, high: number): Float32Array => {
  const r = rng(11, key);
  return Float32Array.from({ length: size }, () => r.uniform(low, high));
};

/** Sizes that four divides or not, none at all, and more than one group of threads. */
const sizes = [105, 1, 0, 3003, 16, 4096];

const run = (name: string, inputs: readonly tf.Tensor[], attributes: object): unknown =>
  tf.engine().runKernel(name, inputs as unknown as tf.NamedTensorMap, attributes as tf.NamedAttrMap);

/** Slots to begin with; the second is a mean, whose square must not come close to the first, the mean of squares. */
const slotOf = (s: number, i: number): Float32Array =>
  random(`s${s}.${i}`, sizes[i]!, 0.5, 1).map((v) => (s === 1 ? 0.3 * v : v));

/** What a rule does with one element: its value, the gradient, its slots, and the numbers of the rule. */
type Rule = (value: number, gradient: number, slots: number[], scalars: readonly number[]) => number;

const adam: Rule = (v, gradient, slots, [rate, beta1, beta2, epsilon, penalty, kept]) => {
  const g = gradient + penalty! * v;
  slots[0] = beta1! * slots[0]! + g;
  slots[1] = beta2! * slots[1]! + g * g;
  return kept! * v - (rate! * slots[0]) / (Math.sqrt(slots[1]) + epsilon!);
};
const sgd =
  (nesterov: boolean): Rule =>
  (v, gradient, slots, [rate, share, entering, penalty]) => {
    const g = gradient + penalty! * v;
    if (slots.length === 0) return v - rate! * g;
    slots[0] = share! * slots[0]! + entering! * g;
    return v - rate! * (nesterov ? g + share! * slots[0] : slots[0]);
  };
const rmsprop =
  (centered: boolean, momentum: boolean): Rule =>
  (v, gradient, slots, [rate, alpha, fresh, epsilon, share, penalty]) => {
    const g = gradient + penalty! * v;
    slots[0] = alpha! * slots[0]! + fresh! * g * g;
    let variance = slots[0];
    if (centered) {
      slots[1] = alpha! * slots[1]! + fresh! * g;
      variance = Math.max(0, slots[0] - slots[1] ** 2);
    }
    let d = g / (Math.sqrt(variance) + epsilon!);
    if (momentum) {
      const at = centered ? 2 : 1;
      d += share! * slots[at]!;
      slots[at] = d;
    }
    return v - rate! * d;
  };

const both = [false, true];
const cases: readonly (readonly [string, string, object, number, Rule, readonly number[]])[] = [
  ["adam", "AdamUpdate", {}, 2, adam, [0.01, 0.9, 0.99, 1e-3, 0, 1]],
  ["adam with a penalty", "AdamUpdate", {}, 2, adam, [0.01, 0.9, 0.99, 1e-3, 0.1, 1]],
  ["adam with decay", "AdamUpdate", {}, 2, adam, [0.01, 0.8, 0.95, 1e-3, 0, 0.99]],
  ["sgd", "SgdUpdate", { momentum: false, nesterov: false }, 0, sgd(false), [0.01, 0, 1, 0.1]],
  ...both.map(
    (nesterov) =>
      [
        `sgd with momentum, nesterov ${nesterov}`,
        "SgdUpdate",
        { momentum: true, nesterov },
        1,
        sgd(nesterov),
        [0.01, 0.9, 0.7, 0.1],
      ] as const,
  ),
  ...both.flatMap((centered) =>
    both.map(
      (momentum) =>
        [
          `rmsprop, centered ${centered}, momentum ${momentum}`,
          "RmspropUpdate",
          { centered, momentum },
          1 + Number(centered) + Number(momentum),
          rmsprop(centered, momentum),
          [0.01, 0.9, 1 - 0.9, 1e-2, 0.5, 0.1],
        ] as const,
    ),
  ),
];

describeWebGpu("updates in place", () => {
  beforeAll(async () => {
    await (await backendOf()).init();
  });

  // Three steps of some operations each, all rounded to float32 and compared with float64.
  it.each(cases)("%s", async (_, kernel, attributes, slots, rule, scalars) => {
    const start = sizes.map((n, i) => random(`w${i}`, n, 0.5, 2));
    const gradients = sizes.map((n, i) => random(`g${i}`, n, -1, 1));
    const values = start.map((v) => tf.variable(tf.tensor1d(v)));
    const memory = Array.from({ length: slots }, (_, s) => sizes.map((_, i) => tf.variable(tf.tensor1d(slotOf(s, i)))));
    const given = gradients.map((g) => tf.tensor1d(g));
    // Read before, and after: what was read is neither changed nor given again.
    const before = await Promise.all(values.map((v) => v.data()));
    expect(before).toEqual(start);
    const factors = sizes.map((_, i) => (i === 3 ? 0.5 : 1));
    const all = Float32Array.from(factors.flatMap((f) => [scalars[0]! * f, ...scalars.slice(1)]));
    const level = tf.memory().numTensors;
    for (let step = 0; step < 3; step++)
      run(kernel, [...values, ...given, ...memory.flat()], { ...attributes, parameters: sizes.length, scalars: all });
    expect(tf.memory().numTensors).toBe(level);
    for (const [i, n] of sizes.entries()) {
      const kept = memory.map((_, s) => slotOf(s, i));
      const expected = Array.from({ length: n }, (_, j) => {
        const own = kept.map((list) => list[j]!);
        let value = start[i]![j]!;
        for (let step = 0; step < 3; step++)
          value = rule(value, gradients[i]![j]!, own, [scalars[0]! * factors[i]!, ...scalars.slice(1)]);
        return { value, own };
      });
      expectAllClose(
        await values[i]!.data(),
        expected.map((e) => e.value),
        { rtol: 2e-6 },
      );
      for (const [s, list] of memory.entries())
        expectAllClose(
          await list[i]!.data(),
          expected.map((e) => e.own[s]!),
          { rtol: 3e-6 },
        );
    }
    expect(before).toEqual(start);
    tf.dispose([values, given, memory]);
  });

  it("takes a variance that rounding has left negative for 0", async () => {
    const tensors = [1, 0.5, 0.1, 1].map((v) => tf.variable(tf.tensor1d([v])));
    const attributes = {
      parameters: 1,
      centered: true,
      momentum: false,
      scalars: Float32Array.of(0.01, 1, 0, 0.1, 0, 0),
    };
    run("RmspropUpdate", tensors, attributes);
    expectAllClose(await tensors[0]!.data(), [1 - (0.01 * 0.5) / 0.1], { rtol: 2e-7 });
    tf.dispose(tensors);
  });

  it("forgets values that were kept on reading", async () => {
    const [variable, gradient] = [tf.variable(tf.tensor1d([1, 2, 3])), tf.ones([3])];
    const attributes = { parameters: 1, scalars: Float32Array.of(0.5, 0, 1, 0), momentum: false, nesterov: false };
    run("SgdUpdate", [variable, gradient], attributes);
    // As tfjs does when it is read synchronously in a browser.
    webgpu().tensorMap.get(variable.dataId).values = Float32Array.from(await variable.data());
    run("SgdUpdate", [variable, gradient], attributes);
    expect([...(await variable.data())]).toEqual([0, 1, 2]);
    tf.dispose([variable, gradient]);
  });

  it("takes a gradient that is the value itself, and a parameter twice", async () => {
    const variable = tf.variable(tf.tensor1d([1, 2, 4]));
    const attributes = { parameters: 1, scalars: Float32Array.of(0.5, 0, 1, 0), momentum: false, nesterov: false };
    run("SgdUpdate", [variable, variable], attributes);
    expect([...(await variable.data())]).toEqual([0.5, 1, 2]);
    const gradients = [tf.tensor1d([1, 1, 1]), tf.tensor1d([2, 2, 2])];
    const twice = { ...attributes, parameters: 2, scalars: Float32Array.of(0.5, 0, 1, 0, 0.5, 0, 1, 0) };
    run("SgdUpdate", [variable, variable, ...gradients], twice);
    expect([...(await variable.data())]).toEqual([-1, -0.5, 0.5]);
    tf.dispose([variable, gradients]);
  });

  it("blends averages", async () => {
    const averages = sizes.map((n, i) => tf.variable(tf.tensor1d(random(`a${i}`, n, -1, 1))));
    const values = sizes.map((n, i) => tf.tensor1d(random(`v${i}`, n, -1, 1)));
    run("BlendInPlace", [...averages, ...values], { weight: 0.1 });
    for (const [i, n] of sizes.entries()) {
      const v = random(`v${i}`, n, -1, 1);
      const expected = random(`a${i}`, n, -1, 1).map((a, j) => a + 0.1 * (v[j]! - a));
      expectAllClose(await averages[i]!.data(), expected, { rtol: 2e-7 });
    }
    tf.dispose([averages, values]);
  });

  it("says what does not fit, before anything is changed", async () => {
    const values = [tf.variable(tf.ones([3])), tf.variable(tf.ones([4]))];
    const gradients = [tf.ones([3]), tf.ones([5])];
    const attributes = { parameters: 2, scalars: new Float32Array(8), momentum: false, nesterov: false };
    const refused = (message: string) =>
      expect.objectContaining({ code: "SPECTRAI_BACKEND_OP", message: expect.stringContaining(message) });
    expect(() => run("SgdUpdate", [...values, ...gradients], attributes)).toThrow(refused("4, 5 elements"));
    expect(() => run("SgdUpdate", values, attributes)).toThrow(refused("are not 2 and 4"));
    expect([...(await values[0]!.data())]).toEqual([1, 1, 1]);
    tf.dispose([values, gradients]);
  });

  describe("the norm of all gradients", () => {
    it("is the root of the sum of all squares", async () => {
      const tensors = [...sizes, 70_001].map((n, i) => tf.tensor1d(random(`n${i}`, n, -1, 1)));
      let sum = 0;
      for (const t of tensors) for (const v of await t.data()) sum += v * v;
      const level = tf.memory().numTensors;
      const norms = [0, 1].map(() => run("GlobalNorm", tensors, {}) as tf.Tensor);
      expect(tf.memory().numTensors).toBe(level + 2);
      const [first, second] = await Promise.all(norms.map((t) => t.data()));
      expect(norms[0]!.shape).toEqual([]);
      expectAllClose(first!, [Math.sqrt(sum)], { rtol: 3e-7 });
      // In an order that is always the same.
      expect(second).toEqual(first);
      tf.dispose([tensors, norms]);
    });
    it("does not lose small squares beside a large one", async () => {
      // One sum after the other in float32 that has reached 1e8 loses every 1 that is added to it.
      const large = new Float32Array(200_001).fill(1);
      large[0] = 1e4;
      const tensors = [tf.tensor1d(large), tf.scalar(3), tf.tensor1d([], "float32")];
      const norm = run("GlobalNorm", tensors, {}) as tf.Tensor;
      expectAllClose(await norm.data(), [Math.sqrt(1e8 + 2e5 + 9)], { rtol: 2e-7 });
      tf.dispose([tensors, norm]);
    });
    it("of none is 0", async () => {
      const norm = run("GlobalNorm", [tf.tensor1d([], "float32")], {}) as tf.Tensor;
      expect([...(await norm.data())]).toEqual([0]);
      norm.dispose();
    });
  });
});

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type ForwardContext, type Model, type ModelSpec, rng } from "@spectrai/core";
import { checkGradient, expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { inceptionTime, inceptionTimeSchema } from "../src/index.ts";

beforeAll(() => tf.ready());

const context = (training: boolean): ForwardContext => ({ training, seed: 0, update: () => undefined });
const evaluation = context(false);

async function build(given: object, output: ModelSpec["output"], data: ModelSpec["data"] = "spectrum"): Promise<Model> {
  const architecture = await inceptionTime.create(inceptionTimeSchema.parse(given), {} as never);
  return architecture.build(
    { task: "any", data, input: data === "cube" ? [4, 4, 40] : [40], output },
    rng("inception"),
  );
}
const classes = (count: number): ModelSpec["output"] => ({ kind: "class", classes: count });

const sizeOf = (model: Model): number =>
  model.parameters.filter((p) => p.trainable).reduce((s, p) => s + p.variable.size, 0);

describe("the published network", () => {
  it.each([2, 7])("has as many parameters as its layers add up to, for %i classes", async (count) => {
    // Six modules of 32 filters in four branches, kernels of 39, 19 and 9 points; bottleneck but in the first; no biases before
    // batch norm (two numbers a channel); a residual connection with its own norm after the third and the sixth.
    const convolutions = 32 * 32 * (39 + 19 + 9);
    const first = 1 * 32 * (39 + 19 + 9) + 1 * 32 + 2 * 128;
    const other = 128 * 32 + convolutions + 128 * 32 + 2 * 128;
    const shortcuts = 1 * 128 + 2 * 128 + (128 * 128 + 2 * 128);
    const one = first + 5 * other + shortcuts + 128 * count + count;
    const member = await build({ members: 1 }, classes(count));
    expect(sizeOf(member)).toBe(one);
    member.dispose();
    const ensemble = await build({}, classes(count));
    expect(sizeOf(ensemble)).toBe(5 * one);
    ensemble.dispose();
  });
});

describe("inception-time", () => {
  it("is the mean of its members, each of which starts differently and is trained by itself", async () => {
    const model = await build({ members: 3, depth: 1, filters: 2, kernels: [3] }, classes(4));
    const x = tf.randomNormal([2, 40], 0, 1, "float32", 3);
    const [mean, outputs] = tf.tidy(() => [
      model.apply(x, evaluation).dataSync(),
      model.outputs!(x, evaluation).map((t) => t.dataSync<"float32">()),
    ]);
    expect(outputs.length).toBe(3);
    expect([...outputs[0]!]).not.toEqual([...outputs[1]!]);
    expectAllClose(
      mean,
      outputs[0]!.map((v, i) => (v + outputs[1]![i]! + outputs[2]![i]!) / 3),
      { rtol: 1e-6 },
    );
    model.dispose();
  });

  it.each(["spectrum", "none"])(
    "takes the offset and size out of a spectrum where it normalizes (%s)",
    async (normalize) => {
      const model = await build({ members: 1, depth: 1, filters: 2, kernels: [3], normalize }, classes(3));
      const x = tf.randomNormal([2, 40], 0, 1, "float32", 3);
      const [a, b] = tf.tidy(() =>
        [x, tf.add(tf.mul(x, 7), 2)].map((t) => [...model.apply(t, evaluation).dataSync<"float32">()]),
      );
      if (normalize === "spectrum") expectAllClose(b!, a!, { rtol: 1e-5 });
      else expect(Math.max(...a!.map((v, i) => Math.abs(v - b![i]!)))).toBeGreaterThan(1e-2);
      model.dispose();
    },
  );

  it("takes the training part's mean from each point and divides by its spread, of a still point by the least", async () => {
    const model = await build({ members: 1, depth: 1, filters: 2, kernels: [3] }, classes(3));
    const [n, points, still] = [30, 40, 7];
    const r = rng("spectra");
    const x = Float32Array.from({ length: n * points }, (_, i) => Math.sin(i % points) + 0.1 * r.normal());
    const input = tf.tensor2d(x, [n, points]);
    // The slow version: rows to mean 0 and variance 1, then columns.
    const rows = Array.from({ length: n }, (_, i) => {
      const row = Array.from(x.subarray(i * points, (i + 1) * points));
      const mean = row.reduce((s, v) => s + v, 0) / points;
      const sd = Math.sqrt(row.reduce((s, v) => s + (v - mean) ** 2, 0) / points);
      return row.map((v) => (v - mean) / sd);
    });
    const means = Array.from({ length: points }, (_, k) => rows.reduce((s, row) => s + row[k]!, 0) / n);
    const spreads = means.map((m, k) => Math.sqrt(rows.reduce((s, row) => s + (row[k]! - m) ** 2, 0) / n));
    await model.prepare!({ input, target: input, groups: [] });
    const set = (name: string): Float32Array =>
      model.parameters.find((p) => p.name === name)!.variable.dataSync() as Float32Array;
    expectAllClose(set("input.mean"), means, { atol: 1e-5 });
    expectAllClose(set("input.scale"), spreads, { rtol: 1e-4 });
    // Rows that are all the same do not vary anywhere: nothing is divided by 0.
    const same = tf.tile(tf.slice(input, [still, 0], [1, points]), [n, 1]);
    await model.prepare!({ input: same, target: same, groups: [] });
    const out = tf.tidy(() => model.apply(same, evaluation).dataSync<"float32">());
    expect([...out].every(Number.isFinite)).toBe(true);
    tf.dispose([input, same]);
    model.dispose();
  });

  it("is an explicit module of bottleneck, convolutions, pooled branch, norm and ReLU, then a mean and a head", async () => {
    const [filters, points] = [2, 40];
    const model = await build({ members: 1, depth: 2, filters, kernels: [5, 3], normalize: "none" }, classes(3));
    const weights = new Map(model.parameters.map((p) => [p.name, p.variable]));
    const values = (name: string): number[] => [...weights.get(`members.0.${name}`)!.dataSync<"float32">()];
    const series = Array.from({ length: points }, (_, k) => Math.sin(k / 3) + 0.1 * k);
    type Channels = number[][];
    const slowConv = (x: Channels, w: readonly number[], kernel: number): Channels =>
      Array.from({ length: filters }, (_, o) =>
        x[0]!.map((__, at) => {
          let sum = 0;
          for (let i = 0; i < kernel; i++)
            for (let c = 0; c < x.length; c++)
              sum += (x[c]![at + i - (kernel - 1) / 2] ?? 0) * w[(i * x.length + c) * filters + o]!;
          return sum;
        }),
      );
    const slowModule = (x: Channels, at: string): Channels => {
      const reduced = x.length > 1 ? slowConv(x, values(`${at}.bottleneck.weight`), 1) : x;
      const pooled = x.map((c) => c.map((_, k) => Math.max(...c.slice(Math.max(0, k - 1), k + 2))));
      return [
        ...slowConv(reduced, values(`${at}.convolutions.0.weight`), 5),
        ...slowConv(reduced, values(`${at}.convolutions.1.weight`), 3),
        ...slowConv(pooled, values(`${at}.pooled.weight`), 1),
        // Fresh statistics: mean 0, variance 1, epsilon 1e-5.
      ].map((c) => c.map((v) => Math.max(0, v / Math.sqrt(1 + 1e-5))));
    };
    const last = slowModule(slowModule([series], "modules.0"), "modules.1");
    const pooled = last.map((c) => c.reduce((a, b) => a + b, 0) / points);
    const [head, bias] = [values("head.weight"), values("head.bias")];
    const expected = bias.map((b, k) => pooled.reduce((s, v, c) => s + v * head[c * 3 + k]!, b));
    const found = tf.tidy(() => model.apply(tf.tensor2d([series]), evaluation).dataSync());
    expectAllClose(found, expected, { rtol: 1e-5 });
    model.dispose();
  });

  it("has the gradients that differences give", async () => {
    const model = await build({ members: 1, depth: 3, filters: 2, kernels: [5, 3], normalize: "none" }, classes(2));
    const x = tf.randomNormal([2, 11], 0, 1, "float32", 5);
    const trainable = model.parameters.filter((p) => p.trainable).map((p) => p.variable);
    // Running statistics, so that a change reaches the output as it is.
    checkGradient(() => model.apply(x, evaluation), trainable, { samples: 12 });
    checkGradient((at) => model.apply(at!, context(true)), [x], { samples: 12, rtol: 5e-3 });
    model.dispose();
  });

  it("is refused for cubes and for spectra out of spectra", async () => {
    for (const refused of [build({}, classes(2), "cube"), build({}, { kind: "spectral", shape: [40] })])
      await expect(refused).rejects.toMatchObject({ code: "SPECTRAI_TASK_UNSUITABLE" });
    expect(inceptionTimeSchema.safeParse({ kernels: [4] }).error?.issues[0]?.message).toBe("must be odd");
  });

  it("gives finite numbers for spectra of equal values", async () => {
    const model = await build({ preset: "small", depth: 1, filters: 2 }, classes(2));
    const out = tf.tidy(() => model.apply(tf.fill([2, 40], 5), context(true)).dataSync());
    expect([...out].every(Number.isFinite)).toBe(true);
    model.dispose();
  });
});

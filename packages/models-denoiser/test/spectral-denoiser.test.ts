import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { type Model, rng } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { logPowerMeans, principalStart, powers, spectralDenoiser, spectralDenoiserSchema } from "../src/index.ts";

const points = 12;
const evaluation = { training: false, seed: 0, update: () => undefined };

async function build(options: Record<string, unknown>): Promise<Model> {
  const architecture = await spectralDenoiser.create(spectralDenoiserSchema.parse(options), {});
  return architecture.build(
    { task: "denoising", data: "spectrum", input: [points], output: { kind: "spectral", shape: [points] } },
    rng("test"),
  );
}

/** Values that any language can make again: 0.3 sin(1 + 0.37 j + 0.11 k). */
const wave = (n: number, k: number): Float32Array =>
  Float32Array.from({ length: n }, (_, j) => 0.3 * Math.sin(1 + 0.37 * j + 0.11 * k));

function set(model: Model, name: string, values: Float32Array): void {
  const { variable } = model.parameters.find((p) => p.name === name)!;
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
}

// Outputs and gradient norms of the same network in PyTorch 2.13 (float64), parameters by `wave`.
const golden = {
  output: [
    0.861174467521175, 1.0143196988582162, 0.9904318512170512, 0.8988207891256276, 0.7504574915365294,
    0.5420952882412596, 0.31071093716114667, 0.0861992966395853, 0.004908814151223226, 0.1185262990114237,
    0.27903798251460304, 0.5303927661977725, 0.8575443652496514, 1.000787039142775, 0.9932573873718145,
    0.9118601337336104, 0.7615956043695492, 0.5565911500638612, 0.3277978324128319, 0.10436581280511666,
    0.02367641080759627, 0.13480634916488496, 0.29676550192516543, 0.5533574041996979, 0.8679981951022302,
    0.9979099715668123, 0.9873138979089976, 0.9125996383911785, 0.7681967057831425, 0.5660762942182347,
    0.3395897888601875, 0.11773001864536216, 0.04880545871325106, 0.15338756853397245, 0.3135241130962295,
    0.5609743170302399,
  ],
  loss: 0.4140354695804518,
  gradientNorms: {
    "members.0.gain.exponents": 0.791735371,
    "members.0.gain.log": 0.828070939,
    "members.0.encode.weight": 0.08060917,
    "members.0.correct.0.weight": 0.001949445,
    "members.0.correct.0.bias": 0.013849458,
    "members.0.correct.1.weight": 0.05011256,
    "members.0.correct.1.bias": 0.143068528,
    "members.0.decode.weight": 0.209437067,
    "members.0.decode.bias": 0.307348541,
    "members.0.convolutions.0.weight": 0.016765271,
    "members.0.convolutions.0.bias": 0.015909111,
    "members.0.convolutions.1.weight": 0.011237524,
    "members.0.convolutions.1.bias": 0.01631268,
    "members.0.convolutions.2.weight": 0.034387862,
    "members.0.convolutions.2.bias": 0.181996834,
  },
};

describe("spectral-denoiser", () => {
  it("computes what the same network does in PyTorch, forward (1e-5) and backward (1e-4)", async () => {
    const model = await build({
      members: 1,
      rank: 4,
      hidden: 5,
      channels: 2,
      kernel: 3,
      dilations: [1, 2],
      gain: "on",
    });
    set(
      model,
      "input.mean",
      wave(points, 50).map((v) => Math.abs(v) + 0.2),
    );
    set(
      model,
      "target.mean",
      wave(points, 51).map((v) => Math.abs(v) + 0.1),
    );
    const dense = [
      "members.0.encode.weight",
      "members.0.correct.0.weight",
      "members.0.correct.0.bias",
      "members.0.correct.1.weight",
      "members.0.correct.1.bias",
      "members.0.decode.weight",
      "members.0.decode.bias",
    ];
    const rest = [0, 1, 2].flatMap((i) => [`members.0.convolutions.${i}.weight`, `members.0.convolutions.${i}.bias`]);
    for (const [k, name] of [...dense, ...rest].entries())
      set(model, name, wave(model.parameters.find((p) => p.name === name)!.variable.size, k));
    set(model, "members.0.gain.exponents", Float32Array.of(0.1, 0.2, 0.8, -0.1));
    set(model, "members.0.gain.log", Float32Array.of(-0.2));
    const x = tf.tensor2d(
      wave(3 * points, 60).map((v) => v + 0.5),
      [3, points],
    );
    const variables = model.parameters.filter((p) => p.trainable).map((p) => p.variable);
    const { value, grads } = tf.variableGrads(
      () => tf.mean(tf.square(model.apply(x, evaluation))) as tf.Scalar,
      variables,
    );
    expectAllClose(await model.apply(x, evaluation).data(), golden.output, { rtol: 1e-5 });
    expect(value.dataSync()[0]).toBeCloseTo(golden.loss, 5);
    for (const [name, norm] of Object.entries(golden.gradientNorms)) {
      const own = tf.norm(grads[model.parameters.find((p) => p.name === name)!.variable.name]!).dataSync()[0]!;
      expect(Math.abs(own / norm - 1), name).toBeLessThan(1e-4);
    }
  });

  it("starts at the mean of the training targets, whatever their unit", async () => {
    const model = await build({ rank: 3, members: 1 });
    const r = rng("pairs");
    const target = tf.tensor2d(
      Float32Array.from({ length: 40 * points }, (_, i) => 1e4 * (1 + Math.sin(i % points) + 0.1 * r.normal())),
      [40, points],
    );
    const input = tf.mul(target, 0.5);
    await model.prepare!({ input, target, groups: [] });
    const mean = await tf.mean(target, 0).data();
    const start = await tf.mean(model.apply(input, evaluation), 0).data();
    // The decoder starts with deviation 1e-3 of the scale.
    expectAllClose(start, mean, { rtol: 0.01 });
    const on = model.parameters.find((p) => p.name === "gain.on")!.variable.dataSync()[0];
    expect(on).toBe(0);
  });

  it("turns the gain on for targets divided by their maximum, unless told otherwise", async () => {
    const r = rng("peaks");
    const rows = Array.from({ length: 30 }, () => {
      const row = Array.from({ length: points }, () => r.next());
      const top = Math.max(...row);
      return row.map((v) => v / top);
    });
    const target = tf.tensor2d(rows);
    for (const [gain, expected] of [
      ["auto", 1],
      ["on", 1],
      ["off", 0],
    ] as const) {
      const model = await build({ gain });
      await model.prepare!({ input: target, target, groups: [] });
      expect(model.parameters.find((p) => p.name === "gain.on")!.variable.dataSync()[0]).toBe(expected);
    }
  });

  it("refuses tasks that do not end in spectra", async () => {
    const architecture = await spectralDenoiser.create(spectralDenoiserSchema.parse({}), {});
    expect(() =>
      architecture.build(
        { task: "denoising", data: "spectrum", input: [points], output: { kind: "class", classes: 2 } },
        rng("x"),
      ),
    ).toThrow(/maps spectra to spectra/);
  });
});

describe("members", () => {
  it("are averaged in use and held to the target one by one in training", async () => {
    const model = await build({ members: 3, rank: 3, components: 0 });
    const x = tf.tensor2d(
      wave(4 * points, 5).map((v) => v + 1),
      [4, points],
    );
    const outputs = model.outputs!(x, evaluation).map((t) => t.dataSync<"float32">());
    expect(outputs.length).toBe(3);
    expect([...outputs[0]!]).not.toEqual([...outputs[1]!]);
    const mean = outputs[0]!.map((v, i) => (v + outputs[1]![i]! + outputs[2]![i]!) / 3);
    expectAllClose(await model.apply(x, evaluation).data(), mean, { rtol: 1e-6 });
  });

  it("that start from principal components start at the regression on them", async () => {
    const r = rng("mixtures");
    const [n, parts] = [60, 2];
    const shapes = Array.from({ length: parts }, (_, p) =>
      Float64Array.from({ length: points }, (__, k) => Math.sin((p + 1) * k)),
    );
    const amounts = Array.from({ length: n }, () => shapes.map(() => 1 + r.next()));
    const rows = amounts.flatMap((a) =>
      Array.from({ length: points }, (_, k) => 5 + a.reduce((s, v, p) => s + v * shapes[p]![k]!, 0)),
    );
    const input = tf.tensor2d(rows, [n, points]);
    const target = tf.mul(input, 2);
    const model = await build({ members: 2, components: 2, rank: 3, channels: 0 });
    await model.prepare!({ input, target, groups: [] });
    const [near, far] = await Promise.all(model.outputs!(input, evaluation).map((t) => t.data()));
    const truth = (await target.data()) as Float32Array;
    const error = (o: ArrayLike<number>): number => truth.reduce((s, v, i) => s + (v - o[i]!) ** 2, 0);
    const spread = truth.reduce(
      (s, v, i) => s + (v - truth.filter((_, j) => j % points === i % points).reduce((a, b) => a + b, 0) / n) ** 2,
      0,
    );
    // Two components explain everything; the damping and the third, near-zero column leave about a percent of the deviation.
    expect(error(far!)).toBeLessThan(1e-3 * spread);
    expect(error(near!)).toBeGreaterThan(0.9 * spread);
  });
});

describe("principalStart", () => {
  it("finds the axes and regressions of orthogonal components", () => {
    // Rows ±3 along the first point and ±1 along the third: axes and variances are known.
    const input = { data: Float64Array.of(3, 0, 0, -3, 0, 0, 0, 0, 1, 0, 0, -1), rows: 4, columns: 3 };
    const target = { data: Float64Array.of(6, 0, -6, 0, 0, 5, 0, -5), rows: 4, columns: 2 };
    const { encode, decode, components } = principalStart(input, target, 3);
    // Nothing is left after two.
    expect(components).toBe(2);
    const predict = (x: readonly number[]): number[] =>
      [0, 1].map((k) =>
        [0, 1].reduce((s, c) => s + x.reduce((t, v, i) => t + v * encode[i * 2 + c]!, 0) * decode[c * 2 + k]!, 0),
      );
    // Damped by 0.003 of the whole, 20, against sums of squares of 18 and 2.
    expectAllClose(predict([3, 0, 0]), [6 * (18 / 18.06), 0], { atol: 1e-9 });
    expectAllClose(predict([0, 0, 1]), [0, 5 * (2 / 2.06)], { atol: 1e-9 });
    expectAllClose(predict([0, 7, 0]), [0, 0], { atol: 1e-9 });
  });
});

describe("logPowerMeans", () => {
  const rows = Float32Array.from({ length: 2 * points }, (_, i) => Math.max(0, Math.sin(1 + i) + 0.3));
  const slow = (row: Float32Array): number[] =>
    powers.map((p) => Math.log(row.reduce((s, v) => s + v ** p, 0) / points) / p);

  it("is the logarithm of the power means", async () => {
    const expected = [slow(rows.subarray(0, points)), slow(rows.subarray(points))].flat();
    expectAllClose(await logPowerMeans(tf.tensor2d(rows, [2, points])).data(), expected, { rtol: 1e-5 });
  });

  it("has the gradient that differences of the slow form give", async () => {
    const weights = tf.tensor2d([
      [0.3, -0.2, 0.7, 0.4],
      [0.1, 0.5, -0.6, 0.2],
    ]);
    const gradient = await tf
      .grad((x: tf.Tensor) => tf.sum(tf.mul(logPowerMeans(x as tf.Tensor2D), weights)))(tf.tensor2d(rows, [2, points]))
      .data();
    const w = weights.arraySync();
    const h = 1e-6;
    const expected = Array.from({ length: 2 * points }, (_, i) => {
      const r = Math.floor(i / points);
      const at = (d: number): number => {
        const row = Float64Array.from(rows.subarray(r * points, (r + 1) * points));
        row[i % points]! += d;
        return powers.reduce(
          (s, p, k) => s + (w[r]![k]! * Math.log(row.reduce((t, v) => t + Math.max(v, 0) ** p, 0) / points)) / p,
          0,
        );
      };
      // One-sided where the value is 0: the mean of the left and right derivative is not what relu hands on.
      return rows[i] === 0 ? (at(h) - at(0)) / h : (at(h) - at(-h)) / (2 * h);
    });
    expectAllClose(gradient, expected, { rtol: 1e-4 });
  });
});

describe("a spectral-denoiser that goes on from a trained one", () => {
  it("does not start its decoders from components where the encoders are a trained model's", async () => {
    const before = tf.memory().numTensors;
    const model = await build({ members: 2, rank: 3, components: 2, hidden: 4, channels: 2, kernel: 3 });
    const valuesOf = (name: string): number[] => [
      ...model.parameters.find((p) => p.name === name)!.variable.dataSync(),
    ];
    const rows = tf.tensor2d(
      Array.from({ length: 8 }, (_, r) => [...wave(points, r)]),
      [8, points],
    );
    const start = valuesOf("members.1.decode.weight");
    const inHead = (name: string): boolean => model.head!.some((h) => name === h || name.startsWith(`${h}.`));
    await model.prepare!({ input: rows, target: rows, groups: [], kept: (name) => !inHead(name) });
    expect(valuesOf("members.1.decode.weight")).toEqual(start);
    expect(valuesOf("target.mean").some((v) => v !== 0)).toBe(true);
    await model.prepare!({ input: rows, target: rows, groups: [] });
    expect(valuesOf("members.1.decode.weight")).not.toEqual(start);
    rows.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("changes the shape of its head alone with the points of the output", async () => {
    const architecture = await spectralDenoiser.create(spectralDenoiserSchema.parse({ members: 2, rank: 3 }), {});
    const [a, b] = [10, 11].map((out) =>
      architecture.build(
        { task: "calibration", data: "spectrum", input: [points], output: { kind: "spectral", shape: [out] } },
        rng("test"),
      ),
    ) as [Model, Model];
    const changed = a.parameters
      .filter((p, i) => `${p.variable.shape}` !== `${b.parameters[i]!.variable.shape}`)
      .map((p) => p.name);
    expect(changed.length).toBeGreaterThan(0);
    for (const name of changed)
      expect(
        a.head!.some((h) => name.startsWith(`${h}.`)),
        name,
      ).toBe(true);
    for (const m of [a, b]) m.dispose();
  });
});

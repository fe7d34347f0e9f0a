import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type Model, type Parameter, type StartConfig, startSchema } from "@spectrai/core";
import { beforeAll, describe, expect, it } from "vitest";
import { optimizers } from "../src/optimizers/index.ts";
import { frozenOf } from "../src/transfer/freeze.ts";
import { matchNames, namePattern } from "../src/transfer/name-pattern.ts";
import { type RateScale, rateScales } from "../src/transfer/rates.ts";

const buffers = ["stem.norm.running_mean", "stem.norm.running_var"];
const names = [
  "stem.conv.weight",
  "stem.norm.weight",
  "stem.norm.bias",
  ...buffers,
  "mid.weight",
  "slope",
  "fc.weight",
];
let parameters: readonly Parameter[];
beforeAll(() => {
  parameters = names.map((name) => ({
    name,
    variable: tf.variable(tf.zeros([2])),
    trainable: !buffers.includes(name),
    decay: true,
  }));
});

const settings = (section: object): StartConfig => startSchema.parse({ from: "old", ...section });
const scales = (section: object, newHead = true): RateScale =>
  rateScales({
    settings: settings(section),
    model: { parameters, head: ["fc"] } as unknown as Model,
    trained: parameters.filter((p) => p.trainable),
    newHead,
    epochs: 10,
    stepsPerEpoch: 4,
  });

describe("patterns of names", () => {
  it.each([
    ["stem.*", ["stem.conv.weight", "stem.norm.weight", "stem.norm.bias", ...buffers]],
    ["*.weight", ["stem.conv.weight", "stem.norm.weight", "mid.weight", "fc.weight"]],
    ["*norm*", ["stem.norm.weight", "stem.norm.bias", ...buffers]],
    ["stem.{conv,norm}.weight", ["stem.conv.weight", "stem.norm.weight"]],
    ["{mid,fc}.*", ["mid.weight", "fc.weight"]],
    ["?c.weight", ["fc.weight"]],
    ["slope", ["slope"]],
    ["*", names],
  ])("%s", (pattern, expected) => expect(matchNames(pattern, names, "at")).toEqual(expected));

  it("take a dot as itself, and a brace without its partner too", () => {
    expect(namePattern("a.b")("axb")).toBe(false);
    expect(namePattern("a{b")("a{b")).toBe(true);
    expect(namePattern("")("a")).toBe(false);
  });

  it("take little time, however they are made", () => {
    const before = performance.now();
    expect(namePattern("*a".repeat(40))("a".repeat(39) + "b".repeat(5000))).toBe(false);
    // A backtracking expression would not come back.
    expect(performance.now() - before).toBeLessThan(2000);
    expect(() => namePattern("{a,b}".repeat(30))).toThrow(/stands for more than 1000 others/);
  });

  it.each([
    [
      "stme.*",
      /at: no parameter's name matches "stme\.\*"\. Did you mean "stem\.\*"\? Names begin with stem, mid, slope, fc\./,
    ],
    ["mid.wieght", /Did you mean "mid\.weight"/],
    ["conv.*", /no parameter's name matches "conv\.\*"/],
  ])("name what is near where they match nothing: %s", (pattern, message) =>
    expect(() => matchNames(pattern, names, "at")).toThrow(message),
  );
});

describe("what is frozen", () => {
  const frozen = (section: object): { parameters: string[]; buffers: string[] } => {
    const found = frozenOf(settings(section), parameters);
    return { parameters: [...found.parameters], buffers: [...found.buffers] };
  };
  it("has the buffers of layers that are frozen whole, and those that a pattern names", () => {
    expect(frozen({ freeze: ["stem.*"] }).buffers).toEqual(buffers);
    expect(frozen({ freeze: ["stem.norm.{weight,bias}"] }).buffers).toEqual(buffers);
    expect(frozen({ freeze: ["stem.norm.weight"] }).buffers).toEqual([]);
    expect(frozen({ freeze: ["stem.norm.running_var"] })).toEqual({
      parameters: [],
      buffers: ["stem.norm.running_var"],
    });
    expect(frozen({ freeze: ["stem.*"], statistics: "updated" })).toEqual({
      parameters: ["stem.conv.weight", "stem.norm.weight", "stem.norm.bias"],
      buffers: [],
    });
  });
});

describe("learning rates", () => {
  it("are scaled by the first pattern that matches", () => {
    const scale = scales({
      rates: [
        { match: "stem.norm.*", scale: 0.5 },
        { match: "*.weight", scale: 3 },
      ],
    });
    expect(["stem.conv.weight", "stem.norm.weight", "slope", "fc.weight"].map((n) => scale(n, 0))).toEqual([
      3, 0.5, 1, 3,
    ]);
  });

  it("rise geometrically from the first layer to the head, by the closed form", () => {
    const scale = scales({ discriminative: 0.01 });
    // Four layers and the head: 0.01 to the power 1, 3/4, 1/2, 1/4 and 0.
    const expected = [0.01, 0.01 ** 0.75, 0.01 ** 0.75, 0.1, 0.01 ** 0.25, 1];
    const trained = names.filter((n) => !buffers.includes(n));
    trained.forEach((n, i) => expect(scale(n, 0)).toBeCloseTo(expected[i]!, 12));
  });

  it("end at the last layer where nothing of the head is trained", () => {
    const scale = rateScales({
      settings: settings({ discriminative: 0.25 }),
      model: { parameters, head: ["fc"] } as unknown as Model,
      trained: parameters.filter((p) => ["stem.conv.weight", "mid.weight", "slope"].includes(p.name)),
      newHead: false,
      epochs: 1,
      stepsPerEpoch: 1,
    });
    expect(["stem.conv.weight", "mid.weight", "slope"].map((n) => scale(n, 0))).toEqual([0.25, 0.5, 1]);
  });

  it("wait for the head in a warm-up, and then rise from step to step", () => {
    const scale = scales({ warmUp: { epochs: 2, rise: 2 }, rates: [{ match: "mid.*", scale: 0.5 }] });
    const steps = Array.from({ length: 18 }, (_, i) => i);
    expect(steps.map((s) => scale("slope", s))).toEqual([
      ...Array.from({ length: 8 }, () => 0),
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((k) => k / 8),
      1,
      1,
    ]);
    expect(steps.map((s) => scale("mid.weight", s))).toEqual(steps.map((s) => 0.5 * scale("slope", s)));
    expect(steps.every((s) => scale("fc.weight", s) === 1)).toBe(true);
  });

  it("are released layer by layer in gradual unfreezing", () => {
    const scale = scales({ warmUp: { epochs: 1, rise: 4, unfreeze: "gradual" } });
    const first = (name: string): number => Array.from({ length: 40 }, (_, s) => s).find((s) => scale(name, s) === 1)!;
    // Four layers over sixteen steps.
    expect(["fc.weight", "slope", "mid.weight", "stem.norm.bias", "stem.conv.weight"].map(first)).toEqual([
      0, 4, 8, 12, 16,
    ]);
  });

  it("have no order of layers where several outputs are trained side by side", () => {
    const model = { parameters, head: ["fc"], outputs: () => [] } as unknown as Model;
    const question = { settings: settings({ discriminative: 0.5 }), model, trained: parameters, newHead: true };
    expect(() => rateScales({ ...question, epochs: 1, stepsPerEpoch: 1 })).toThrow(/side by side/);
  });

  it("scale a step of SGD exactly", () => {
    const sgd = optimizers.find((o) => o.name === "sgd")!;
    const step = (rateScale: number): Float32Array =>
      tf.tidy(() => {
        const variable = tf.variable(tf.zeros([3]));
        const created = sgd.create(
          { momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 } as never,
          {} as never,
        );
        const state = (created as { start(p: readonly object[]): { step(g: tf.Tensor[], r: number): void } }).start([
          { name: "w", variable, trainable: true, decay: true, rateScale },
        ]);
        state.step([tf.tensor1d([0.3, -1.7, 5e-4])], 0.1);
        return variable.dataSync() as Float32Array;
      });
    // From 0, and by a power of two: no rounding.
    expect([...step(0.125)]).toEqual([...step(1)].map((v) => v / 8));
    expect([...step(0)].every((v) => v === 0)).toBe(true);
  });
});

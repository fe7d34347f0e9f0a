import type { Metric, Prediction, Target } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import {
  biasMetric,
  brierMetric,
  eceMetric,
  logLossMetric,
  maeMetric,
  mseMetric,
  precisionMetric,
  r2Metric,
  rmseMetric,
  rocAucMetric,
  rpdMetric,
  sepMetric,
} from "../src/index.ts";
import { make, mask, numbers, prediction, random, score } from "./helpers.ts";

/** Probabilities p as logits log p + any number, and the class. */
const labelled = (p: readonly number[], label: number, shift = 0): [Prediction, Target] => [
  prediction(p.map((v) => Math.log(v) + shift)),
  { kind: "class", value: label },
];

const samples = [
  labelled([0.7, 0.2, 0.1], 0),
  labelled([0.1, 0.6, 0.3], 2, 5),
  labelled([0.25, 0.25, 0.5], 2, -700),
  labelled([0.3, 0.3, 0.4], 1, 700),
];

describe("metrics of probabilities, by hand", () => {
  it("log-loss", () => {
    const expected = -(Math.log(0.7) + Math.log(0.3) + Math.log(0.5) + Math.log(0.3)) / 4;
    expect(score(make<Metric>(logLossMetric), ...samples).value).toBeCloseTo(expected, 12);
  });
  it("log-loss is finite where a probability rounds to 0", () => {
    expect(score(make<Metric>(logLossMetric), [prediction([0, 2000]), { kind: "class", value: 0 }]).value).toBe(2000);
  });
  it("brier", () => {
    const each = [
      0.3 ** 2 + 0.2 ** 2 + 0.1 ** 2,
      0.1 ** 2 + 0.6 ** 2 + 0.7 ** 2,
      2 * 0.25 ** 2 + 0.5 ** 2,
      0.3 ** 2 + 0.7 ** 2 + 0.4 ** 2,
    ];
    expect(score(make<Metric>(brierMetric), ...samples).value).toBeCloseTo(each.reduce((a, b) => a + b, 0) / 4, 10);
    expect(score(make<Metric>(brierMetric), [prediction([0, 900]), { kind: "class", value: 0 }]).value).toBe(2);
  });
  it("ece, its bins open below and closed above", () => {
    // Confidences 0.7 right, 0.6 wrong, 0.5 (just that) right, 0.4 wrong; two bins: (0, 0.5] holds the last two.
    const half = [prediction([0, 0, -Infinity]), { kind: "class", value: 0 }] as const;
    const result = score(make<Metric>(eceMetric, { bins: 2 }), samples[0]!, samples[1]!, half, samples[3]!);
    expect(result.value).toBeCloseTo((Math.abs(1 - 0.9) + Math.abs(1 - 1.3)) / 4, 10);
    expect(result.details!["bins"]).toMatchObject([
      { count: 2, accuracy: 0.5, confidence: expect.closeTo(0.45, 10) },
      { count: 2, accuracy: 0.5, confidence: expect.closeTo(0.65, 10) },
    ]);
  });
  it("ece is nil where confidence is what comes true, and holds certainty in its last bin", () => {
    const fair = Array.from({ length: 10 }, (_, i) => labelled([0.8, 0.2], i < 8 ? 0 : 1));
    expect(score(make<Metric>(eceMetric), ...fair).value).toBeCloseTo(0, 10);
    const sure = score(make<Metric>(eceMetric), [prediction([100, 0]), { kind: "class", value: 1 }]);
    expect(sure.value).toBe(1);
    expect((sure.details!["bins"] as { count: number }[]).at(-1)!.count).toBe(1);
    expect((sure.details!["bins"] as { accuracy: number | null }[])[0]!.accuracy).toBeNull();
  });
  it("are no numbers for logits that are none", () => {
    for (const metric of [logLossMetric, brierMetric, eceMetric])
      expect(score(make<Metric>(metric), [prediction([NaN, 1]), { kind: "class", value: 0 }]).value).toBeNaN();
  });
  it("leave pixels without a label out", () => {
    const pair = [prediction([1, 0, 5, 5], [1, 2, 2]), mask([0, 255], [1, 2])] as const;
    expect(score(make<Metric>(logLossMetric), pair).value).toBeCloseTo(Math.log(1 + Math.exp(-1)), 12);
  });
});

describe("roc-auc", () => {
  /** The share of pairs in the right order, the obvious way. */
  const slow = (scores: readonly number[], positive: readonly boolean[]): number => {
    let sum = 0;
    let pairs = 0;
    scores.forEach((a, i) =>
      scores.forEach((b, j) => {
        if (!positive[i] || positive[j]) return;
        pairs++;
        sum += a > b ? 1 : a === b ? 0.5 : 0;
      }),
    );
    return sum / pairs;
  };

  it("is the share of pairs in order, ties half, for each class", () => {
    // Probabilities in steps of a tenth, so that many are equal.
    const steps = random("auc", 120, 0, 5);
    const many = Array.from({ length: 60 }, (_, i) => {
      const [a, b] = [1 + Math.floor(steps[2 * i]!), 1 + Math.floor(steps[2 * i + 1]!)];
      return { p: [a / 12, b / 12, (12 - a - b) / 12], label: (i * 7) % 3 };
    });
    const result = score(
      make<Metric>(rocAucMetric),
      ...many.map(({ p, label }) => [prediction(p.map(Math.log)), { kind: "class", value: label }] as const),
    );
    const each = [0, 1, 2].map((k) =>
      slow(
        many.map(({ p }) => p[k]!),
        many.map(({ label }) => label === k),
      ),
    );
    (result.details!["classes"] as number[]).forEach((v, k) => expect(v).toBeCloseTo(each[k]!, 12));
    expect(result.value).toBeCloseTo((each[0]! + each[1]! + each[2]!) / 3, 12);
  });
  it("keeps probabilities apart that round to one", () => {
    const at = (s: number, value: number) => [prediction([s, 0]), { kind: "class", value }] as const;
    expect(score(make<Metric>(rocAucMetric), at(90, 0), at(80, 1)).value).toBe(1);
    expect(score(make<Metric>(rocAucMetric), at(80, 0), at(90, 1)).value).toBe(0);
    expect(score(make<Metric>(rocAucMetric), at(80, 0), at(80, 1)).value).toBe(0.5);
  });
  it("has none for classes that do not occur, and is no number with one class alone", () => {
    const result = score(make<Metric>(rocAucMetric), labelled([0.5, 0.3, 0.2], 0), labelled([0.4, 0.4, 0.2], 1));
    expect(result).toEqual({ value: 1, details: { classes: [1, 1, null] } });
    expect(score(make<Metric>(rocAucMetric), labelled([0.5, 0.5], 0)).value).toBeNaN();
  });
  it("refuses another number of classes", () => {
    expect(() => score(make<Metric>(rocAucMetric), labelled([0.5, 0.5], 0), labelled([0.2, 0.3, 0.5], 0))).toThrow(
      /3 classes after predictions of 2/,
    );
  });
});

describe("precision", () => {
  it("is TP / (TP + FP), 0 where a class is never predicted, none where it does not occur either", () => {
    const at = (predicted: number, truth: number) =>
      [prediction([0, 1, 2, 3].map((k) => (k === predicted ? 1 : 0))), { kind: "class", value: truth }] as const;
    const result = score(make<Metric>(precisionMetric), at(0, 0), at(0, 1), at(0, 2), at(2, 2));
    expect(result.details!["classes"]).toEqual([1 / 3, 0, 1, null]);
    expect(result.value).toBeCloseTo((1 / 3 + 0 + 1) / 3, 12);
  });
});

describe("errors of several targets", () => {
  // Two targets of very different scale, around a large offset.
  const truth = [
    [1e6 + 1, 0.1],
    [1e6 + 2, 0.3],
    [1e6 + 4, 0.2],
    [1e6 + 9, 0.4],
  ];
  const errors = [
    [1, -0.01],
    [2, -0.02],
    [1, 0.01],
    [4, -0.06],
  ];
  const pairs = truth.map(
    (t, i) => [prediction(t.map((v, j) => v + errors[i]![j]!)), numbers(...t)] as [Prediction, Target],
  );
  const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  const of = (j: number): number[] => errors.map((e) => e[j]!);
  const deviation = (v: readonly number[]): number =>
    Math.sqrt(v.reduce((s, x) => s + (x - mean(v)) ** 2, 0) / (v.length - 1));
  const rmse = [0, 1].map((j) => Math.sqrt(mean(of(j).map((e) => e * e))));

  it.each([
    ["rmse", rmseMetric, rmse],
    ["mse", mseMetric, rmse.map((v) => v * v)],
    ["mae", maeMetric, [0, 1].map((j) => mean(of(j).map(Math.abs)))],
    ["sep", sepMetric, [0, 1].map((j) => deviation(of(j)))],
    ["rpd", rpdMetric, [0, 1].map((j) => deviation(truth.map((t) => t[j]!)) / rmse[j]!)],
    ["r2", r2Metric, [0, 1].map((j) => 1 - (4 * rmse[j]! ** 2) / (3 * deviation(truth.map((t) => t[j]!)) ** 2))],
  ] as const)("%s: each in the details, their mean the value", (_, metric, expected) => {
    const result = score(make<Metric>(metric as never), ...pairs);
    // 1e6 + 1.01 keeps ten digits of an error of 0.01.
    (result.details!["targets"] as number[]).forEach((v, j) => expect(v / expected[j]!).toBeCloseTo(1, 8));
    expect(result.value / mean(expected)).toBeCloseTo(1, 8);
  });

  it("bias: each with its sign in the details, the mean of their sizes the value", () => {
    const result = score(make<Metric>(biasMetric), ...pairs);
    expect((result.details!["targets"] as number[])[0]).toBeCloseTo(2, 8);
    expect((result.details!["targets"] as number[])[1]).toBeCloseTo(-0.02, 8);
    expect(result.value).toBeCloseTo(1.01, 8);
  });

  it("RMSE² = bias² + SEP² (n − 1)/n", () => {
    const [b, s, r] = [biasMetric, sepMetric, rmseMetric].map(
      (m) => (score(make<Metric>(m as never), ...pairs).details!["targets"] as number[])[0]!,
    );
    expect(b! ** 2 + (s! ** 2 * 3) / 4).toBeCloseTo(r! ** 2, 8);
  });
});

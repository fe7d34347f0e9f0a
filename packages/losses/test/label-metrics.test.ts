import { type Metric } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import {
  aaMetric,
  accuracyMetric,
  confusionMatrixMetric,
  f1Metric,
  kappaMetric,
  miouMetric,
  oaMetric,
} from "../src/index.ts";
import { make, mask, prediction, score, spectral } from "./helpers.ts";

/** Logits that predict the given classes. */
const predicted = (classes: readonly number[], count: number, shape: readonly number[]) =>
  prediction(
    classes.flatMap((c) => Array.from({ length: count }, (_, k) => (k === c ? 2 : -1))),
    [...shape, count],
  );

// Truth 0 0 0 0 1 1 2 (and two pixels without a label), predicted 0 0 1 2 1 0 2; class 3 never occurs.
const cube = [
  predicted([0, 0, 1, 2, 1, 0, 2, 3, 3], 4, [3, 3]),
  mask([0, 0, 0, 0, 1, 1, 2, 255, 255], [3, 3]),
] as const;

describe("metrics on labels", () => {
  it("count the confusion matrix by hand", () => {
    const result = score(make<Metric>(confusionMatrixMetric), cube);
    expect(result.details?.["matrix"]).toEqual([
      [2, 1, 1, 0],
      [1, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
    ]);
    expect(result.value).toBeCloseTo(4 / 7, 12);
  });
  it("oa, aa and kappa", () => {
    expect(score(make<Metric>(oaMetric), cube).value).toBeCloseTo(4 / 7, 12);
    const aa = score(make<Metric>(aaMetric), cube);
    expect(aa.value).toBeCloseTo((0.5 + 0.5 + 1) / 3, 12);
    expect(aa.details?.["classes"]).toEqual([0.5, 0.5, 1, null]);
    const chance = (4 / 7) * (3 / 7) + (2 / 7) * (2 / 7) + (1 / 7) * (2 / 7);
    expect(score(make<Metric>(kappaMetric), cube).value).toBeCloseTo((4 / 7 - chance) / (1 - chance), 12);
  });
  it("f1 and miou", () => {
    const f1 = score(make<Metric>(f1Metric), cube);
    expect(f1.value).toBeCloseTo((4 / 7 + 2 / 4 + 2 / 3) / 3, 12);
    expect(f1.details?.["classes"]).toEqual([4 / 7, 2 / 4, 2 / 3, null]);
    const miou = score(make<Metric>(miouMetric), cube);
    expect(miou.value).toBeCloseTo((2 / 5 + 1 / 3 + 1 / 2) / 3, 12);
    expect(miou.details?.["classes"]).toEqual([2 / 5, 1 / 3, 1 / 2, null]);
  });
  it("a class that is predicted but never occurs lowers f1, not miou's mean of present classes", () => {
    const sample = [predicted([0, 1], 2, [1, 2]), mask([0, 0], [1, 2])] as const;
    expect(score(make<Metric>(f1Metric), sample).value).toBeCloseTo((2 / 3 + 0) / 2, 12);
    expect(score(make<Metric>(miouMetric), sample).value).toBeCloseTo(1 / 2, 12);
  });
  it("kappa is 1 for full and 0 for chance agreement", () => {
    const all = (p: number[], t: number[]) =>
      p.map((c, i) => [predicted([c], 2, []), { kind: "class", value: t[i]! }] as const);
    expect(score(make<Metric>(kappaMetric), ...all([0, 1], [0, 1])).value).toBe(1);
    expect(score(make<Metric>(kappaMetric), ...all([0, 0, 1, 1], [0, 1, 0, 1])).value).toBeCloseTo(0, 12);
    expect(score(make<Metric>(kappaMetric), ...all([1, 1], [1, 1])).value).toBe(1);
  });
  it("accuracy counts classes, and the best k of them", () => {
    const samples = [
      [prediction([3, 2, 1]), { kind: "class", value: 0 }],
      [prediction([3, 2, 1]), { kind: "class", value: 1 }],
      [prediction([3, 2, 1]), { kind: "class", value: 2 }],
      [prediction([0, 0, 0]), { kind: "class", value: 1 }],
    ] as const;
    expect(score(make<Metric>(accuracyMetric), ...samples).value).toBe(0.25);
    expect(score(make<Metric>(accuracyMetric, { top: 2 }), ...samples).value).toBe(0.75);
    expect(score(make<Metric>(accuracyMetric), cube).value).toBeCloseTo(4 / 7, 12);
    expect(score(make<Metric>(accuracyMetric), [prediction([NaN, NaN]), { kind: "class", value: 0 }]).value).toBe(0);
  });
  it("pass over pixels without a label, whatever marks them and whatever is predicted there", () => {
    const truth = [0, 2, 2, 0];
    const guess = [0, 2, 0, 0];
    const alone = [predicted(guess, 3, [1, 4]), mask(truth, [1, 4])] as const;
    for (const ignored of [255, -1])
      for (const there of [0, 1, 2]) {
        const sample = [
          predicted([there, ...guess, there], 3, [2, 3]),
          mask([ignored, ...truth, ignored], [2, 3], ignored),
        ] as const;
        for (const component of [oaMetric, aaMetric, kappaMetric, f1Metric, miouMetric, accuracyMetric])
          expect(score(make<Metric>(component as never), sample)).toEqual(
            score(make<Metric>(component as never), alone),
          );
      }
    expect(score(make<Metric>(miouMetric), alone).details?.["classes"]).toEqual([2 / 3, null, 1 / 2]);
    const none = [predicted([0, 1], 3, [1, 2]), mask([255, 255], [1, 2])] as const;
    for (const component of [oaMetric, aaMetric, kappaMetric, f1Metric, miouMetric]) {
      const metric = make<Metric>(component as never);
      expect(score(metric, none).value).toBeNaN();
      expect(score(metric, none, alone).value).toBe(score(metric, alone).value);
    }
  });
  it("refuse labels out of range, other shapes and other targets", () => {
    const metric = make<Metric>(oaMetric);
    expect(() => score(metric, [prediction([1, 2]), { kind: "class", value: 2 }])).toThrow(/label 2.*0 to 1/);
    expect(() => score(metric, [prediction([1, 2]), mask([0, 1], [1, 2])])).toThrow(/\[2\].*\[1, 2\]/);
    expect(() => score(metric, [prediction([1, 2]), spectral([1, 2])])).toThrow(/spectral/);
    expect(() =>
      score(
        metric,
        [prediction([1, 2]), { kind: "class", value: 0 }],
        [prediction([1, 2, 3]), { kind: "class", value: 0 }],
      ),
    ).toThrow(/3 classes after predictions of 2/);
  });
});

import { describe, expect, it } from "vitest";
import { type MetricFacts, verdictOf } from "../src/index.ts";
import { denoisingReport } from "./support.ts";

const of = (network: number | null, baseline: number | null, metric: Partial<MetricFacts> = {}) =>
  verdictOf({
    metrics: [{ name: "m", better: "lower", ...metric }],
    methods: [
      { name: "net", kind: "network", metrics: { m: network } },
      { name: "worse", kind: "baseline", metrics: { m: metric.better === "higher" ? -1000 : 1000 } },
      { name: "ridge", kind: "baseline", metrics: { m: baseline } },
    ],
  });

describe("the verdict", () => {
  it("names the winner, both values and the ratio", () => {
    const verdict = of(0.00191, 0.00216);
    expect(verdict.winner).toBe("network");
    expect(verdict.ratio).toBeCloseTo(0.8843, 4);
    expect(verdict.text).toBe(
      "The network beats the best baseline, ridge: test M 0.00191 against 0.00216, 0.884 times the baseline's (11.6 % lower).",
    );
  });

  it("says plainly when the baseline wins", () => {
    const verdict = of(0.0041, 0.00216);
    expect(verdict.winner).toBe("baseline");
    expect(verdict.text).toMatch(
      /^The baseline wins: ridge is better than the network, .* 1\.90 times the baseline's \(89\.8 % higher\)\./,
    );
  });

  it("calls a draw what another seed would change", () => {
    expect(of(0.1, 0.1009).winner).toBe("draw");
    expect(of(0.1009, 0.1).winner).toBe("draw");
    expect(of(0.1, 0.1012).winner).toBe("network");
  });

  it("knows metrics where higher is better, and that decibels have no ratio", () => {
    expect(of(0.9, 0.8, { better: "higher" }).winner).toBe("network");
    const decibels = of(27.21, 26.66, { better: "higher", unit: "dB" });
    expect(decibels.ratio).toBeUndefined();
    expect(decibels.text).toContain("27.2 dB against 26.7 dB, a difference of 0.550 dB.");
    expect(of(-0.2, -0.1, { better: "higher" })).toMatchObject({ winner: "baseline" });
  });

  it("does not compare what is not there", () => {
    expect(of(null, 1)).toMatchObject({ winner: "unknown" });
    expect(verdictOf({}).text).toBe("The network was not scored on a test part.");
    const alone = verdictOf({
      metrics: [{ name: "mse", better: "lower" }],
      methods: [{ name: "net", kind: "network", metrics: { mse: 0.5 } }],
    });
    expect(alone.text).toBe(
      "The network's test MSE is 0.500. No baseline was scored, so there is nothing to compare it with.",
    );
  });

  it("counts the samples on which the network is nearer", () => {
    expect(verdictOf(denoisingReport()).text).toContain(
      "The network is nearer to the target on 150 of 200 test samples.",
    );
  });
});

import { describe, expect, it } from "vitest";
import { linePlotText } from "../src/index.ts";

const braille = /[\u2801-\u28ff]/;

describe("linePlotText", () => {
  it("keeps to its width and height, whatever the labels", () => {
    for (const width of [24, 60, 120])
      for (const height of [6, 14, 30]) {
        const text = linePlotText(
          {
            title: "t".repeat(200),
            x: { label: "x".repeat(90) },
            y: { label: "Intensity" },
            series: [
              { name: "a".repeat(50), y: [1, 1e6] },
              { name: "b", y: [2, 3] },
            ],
          },
          { width, height },
        ).split("\n");
        expect(Math.max(...text.map((l) => Array.from(l).length))).toBeLessThanOrEqual(width);
        if (height > 10) expect(text).toHaveLength(height);
      }
  });

  it("draws a rising line from the lower left to the upper right", () => {
    const lines = linePlotText({ series: [{ name: "a", y: [0, 1] }] }, { width: 40, height: 12 }).split("\n");
    const at = lines.map((l) => Array.from(l).findIndex((c) => braille.test(c))).filter((i) => i >= 0);
    expect(at).toHaveLength(10);
    for (let i = 1; i < at.length; i++) expect(at[i]!).toBeLessThan(at[i - 1]!);
  });

  it("sets the dots of a cell by the braille standard", () => {
    // Air of 4 % at both ends puts 0 and 1 into the last and the first dot row of a high plot.
    const [first] = linePlotText(
      { series: [{ name: "a", y: [1, 1, 0, 0], x: [0, 0.49, 0.51, 1] }], y: { low: 0, high: 1 } },
      { width: 24, height: 6 },
    ).split("\n");
    expect(Array.from(first!).find((c) => braille.test(c))).toBe("\u2809"); // dots 1 and 4: the upper row
  });

  it("labels its axes", () => {
    const text = linePlotText(
      {
        x: { label: "Raman shift", unit: "cm-1" },
        y: { label: "Loss", scale: "log" },
        series: [{ name: "a", x: [600, 1800], y: [0.001, 1] }],
      },
      { width: 70, height: 20 },
    );
    for (const label of ["Raman shift (cm⁻¹)", "Loss", "0.01┤", "1000", "1500"]) expect(text).toContain(label);
  });

  it("colours by series when asked, and not otherwise", () => {
    const plot = {
      series: [
        { name: "a", y: [0, 1] },
        { name: "b", y: [1, 0] },
      ],
    };
    expect(linePlotText(plot)).not.toContain("\u001b");
    const painted = linePlotText(plot, { colour: true });
    expect(painted).toContain("\u001b[94m──\u001b[0m a");
    expect(painted).toContain("\u001b[33m──\u001b[0m b");
    // oxlint-disable-next-line no-control-regex -- colour codes are taken out
    expect(painted.replace(/\u001b\[\d+m/g, "")).toBe(linePlotText(plot));
  });

  it("does not let a name drive the terminal", () => {
    const text = linePlotText({
      title: "x\u001b[2J\u0007\u009b",
      series: [
        { name: "a\u001b]0;t\u0007", y: [1] },
        { name: "b", y: [1] },
      ],
    });
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it("survives plots without values, and points far outside the axes", () => {
    expect(linePlotText({ series: [] })).toContain("┤");
    expect(() =>
      linePlotText({ y: { low: 0, high: 1 }, series: [{ name: "a", y: [1e300, -1e300, NaN, 0.5] }] }),
    ).not.toThrow();
  });
});

import { describe, expect, it } from "vitest";
import { classesSection, linePlotSvg, renderReport, targetsSection } from "../src/index.ts";
import { rocCurve } from "../src/sections/classes.ts";
import { errorsOf } from "../src/sections/targets.ts";
import { findAll, parseXml, pathPoints } from "./support.ts";

const results = {
  classes: ["pork", "<i>beef</i>", "lamb"],
  labels: [0, 0, 1, 1, 1, 2],
  methods: [
    {
      name: "net",
      kind: "network" as const,
      probabilities: [
        [0.8, 0.1, 0.1],
        [0.3, 0.6, 0.1],
        [0.2, 0.7, 0.1],
        [0.1, 0.8, 0.1],
        [0.5, 0.4, 0.1],
        [0.6, 0.3, 0.1],
      ],
      reliability: [
        { confidence: NaN, accuracy: NaN, count: 0 },
        { confidence: 0.65, accuracy: 0.5, count: 6 },
      ],
    },
    {
      name: "lda",
      kind: "baseline" as const,
      probabilities: Array.from({ length: 6 }, () => [0.2, 0.5, 0.3]),
      reliability: [{ confidence: 0.5, accuracy: 0.5, count: 6 }],
    },
  ],
  about: "Temperature 2.",
};

describe("classesSection", () => {
  const { blocks } = classesSection(results);

  it("counts true against predicted classes for each method", () => {
    const maps = blocks.filter((b) => b.kind === "heatmap").map((b) => b.heatmap.values);
    expect(maps).toEqual([
      [
        [1, 1, 0],
        [1, 2, 0],
        [1, 0, 0],
      ],
      [
        [0, 2, 0],
        [0, 3, 0],
        [0, 1, 0],
      ],
    ]);
  });

  it("gives precision, recall and F1 of each class, worked out by hand", () => {
    const table = blocks.find((b) => b.kind === "table")!;
    // pork: 1 of 3 predictions right, 1 of 2 found; beef: 2 of 3 and 2 of 3; lamb never predicted.
    expect(table.rows).toEqual([
      ["pork", 2, 1 / 3, 1 / 2, 2 / 5, NaN, 0, 0],
      ["<i>beef</i>", 3, 2 / 3, 2 / 3, 2 / 3, 1 / 2, 1, 2 / 3],
      ["lamb", 1, NaN, 0, 0, NaN, 0, 0],
    ]);
  });

  it("draws a curve a class and method, with its area, and the reliability of each method", () => {
    const [roc, reliability] = blocks.filter((b) => b.kind === "lines").map((b) => b.plot);
    // Pork against the rest: scores 0.8, 0.3 for pork, 0.2, 0.1, 0.5, 0.6 for the others: 4 + 2 of 8 pairs in order.
    expect(roc!.series.map((s) => s.name)).toContain("net: pork (AUC 0.750)");
    expect(roc!.series.map((s) => s.name)).toContain("lda: lamb (AUC 0.500)");
    expect(roc!.series).toHaveLength(7);
    expect(reliability!.series.map((s) => [s.x, s.y])).toEqual([
      [[0.65], [0.5]],
      [[0.5], [0.5]],
      [
        [0, 1],
        [0, 1],
      ],
    ]);
  });

  it("is part of a page, with names from the data escaped", () => {
    const html = renderReport({
      title: "t",
      run: { task: "classification" },
      model: { name: "net", parameters: 1 },
      sections: [classesSection(results)],
    });
    expect(html).toContain("Class by class");
    expect(html).not.toContain("<i>beef</i>");
    expect(html).toContain("Temperature 2.");
  });
});

describe("rocCurve", () => {
  it("has the area that counting pairs gives, ties counted half", () => {
    const scores = [0.9, 0.4, 0.4, 0.7, 0.4, 0.1, 0.7];
    const positive = [true, true, false, false, true, false, true];
    let pairs = 0;
    positive.forEach((p, i) =>
      positive.forEach((q, j) => {
        if (p && !q) pairs += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      }),
    );
    const { x, y, area } = rocCurve(scores, positive);
    expect(area).toBeCloseTo(pairs / 12, 12);
    expect([x[0], y[0], x.at(-1), y.at(-1)]).toEqual([0, 0, 1, 1]);
    // Four different scores: four steps from the origin.
    expect(x).toHaveLength(5);
    expect(rocCurve([1, 2], [true, true]).area).toBeNaN();
  });
});

describe("targetsSection", () => {
  it("has the figures of merit, worked out by hand", () => {
    // Errors 1, 1, −1, 3: bias 1, squares 12, around the bias 0, 0, 4, 4; true values 1, 2, 3, 6 with squares 14 around 3.
    const e = errorsOf([2, 3, 2, 9], [1, 2, 3, 6]);
    expect(e.rmsep).toBeCloseTo(Math.sqrt(3), 12);
    expect(e.bias).toBe(1);
    expect(e.sep).toBeCloseTo(Math.sqrt(8 / 3), 12);
    expect(e.r2).toBeCloseTo(1 - 12 / 14, 12);
    expect(e.rpd).toBeCloseTo(Math.sqrt(14 / 3) / Math.sqrt(3), 12);
    // RMSEP² = bias² + SEP² (n − 1)/n.
    expect(e.rmsep ** 2).toBeCloseTo(e.bias ** 2 + (e.sep ** 2 * 3) / 4, 12);
    expect(errorsOf([1, 2], [5, 5]).r2).toBeNaN();
  });

  it("has a row a target and method, and points and residuals of each target with its unit", () => {
    const { blocks, title } = targetsSection({
      names: ["Protein", "Brix"],
      units: ["%", ""],
      targets: [
        [1, 10],
        [2, 30],
      ],
      methods: [
        {
          name: "net",
          kind: "network",
          predictions: [
            [1.5, 11],
            [2, 29],
          ],
        },
        {
          name: "pls",
          kind: "baseline",
          predictions: [
            [1, 10],
            [2.5, 30],
          ],
        },
      ],
    });
    expect(title).toBe("Target by target");
    const [table, scatter, residuals] = blocks;
    expect(table?.kind === "table" && table.rows.map((r) => r.slice(0, 2))).toEqual([
      ["Protein (%)", "net"],
      ["Protein (%)", "pls"],
      ["Brix", "net"],
      ["Brix", "pls"],
    ]);
    expect(blocks).toHaveLength(5);
    expect(scatter?.kind === "lines" && scatter.plot.x).toEqual({
      label: "True Protein",
      unit: "%",
      low: 0.97,
      high: 2.03,
    });
    expect(residuals?.kind === "lines" && residuals.plot.series.at(-1)).toMatchObject({
      name: "net",
      x: [1, 2],
      y: [0.5, 0],
    });
  });
});

describe("points", () => {
  it("are not joined, and lie where the axes say", () => {
    const series = [{ name: "a", x: [0, 4, 2], y: [0, 1, 0.5], style: "points" as const }];
    const svg = parseXml(linePlotSvg({ y: { low: 0, high: 1 }, series }, { width: 500 }));
    const area = findAll(svg, "svg", "area")[0]!;
    const [width, height] = [Number(area.attributes["width"]), Number(area.attributes["height"])];
    const dots = pathPoints(findAll(area, "path", "line")[0]!.attributes["d"]!);
    expect(dots.map((d) => d[0])).toEqual([
      [expect.closeTo(0, 1), expect.closeTo(height, 1)],
      [expect.closeTo(width, 1), expect.closeTo(0, 1)],
      [expect.closeTo(width / 2, 1), expect.closeTo(height / 2, 1)],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { barsSvg, heatmapSvg, histogramSvg, type LinePlot, linePlotSvg } from "../src/index.ts";
import { findAll, parseXml, pathPoints, textOf } from "./support.ts";

const plot: LinePlot = {
  title: "A <b>title</b> & more",
  x: { label: "Raman shift", unit: "cm-1" },
  y: { label: "Intensity", low: 0, high: 10 },
  series: [
    { name: 'in"put', x: [600, 1200, 1800], y: [0, 10, 5], tone: "grey", style: "faint" },
    { name: "output", x: [600, 1200, 1800], y: [1, null, 4], style: "dashed" },
  ],
  marks: [
    { x: 1200, label: "CH₂" },
    { y: 2.5, label: "limit" },
    { x: 5000, label: "outside" },
  ],
};

describe("linePlotSvg", () => {
  const svg = parseXml(linePlotSvg(plot, { width: 700, height: 300 }));
  const area = findAll(svg, "svg", "area")[0]!;
  const [width, height] = [Number(area.attributes["width"]), Number(area.attributes["height"])];

  it("draws the points where the axes say", () => {
    const [input, output] = findAll(area, "path", "line").map((p) => pathPoints(p.attributes["d"]!));
    expect(input).toHaveLength(1);
    const expected = [
      [0, height],
      [width / 2, 0],
      [width, height / 2],
    ];
    input![0]!.forEach((p, i) => p.forEach((v, k) => expect(v).toBeCloseTo(expected[i]![k]!, 1)));
    expect(output!.map((l) => l.length)).toEqual([2, 2]); // two single points, each a line of no length
    expect(output![1]![0]![1]).toBeCloseTo(height * 0.6, 1);
  });

  it("labels axes, ticks, series and marks that are on it", () => {
    const texts = findAll(svg, "text").map(textOf);
    for (const text of [
      "Raman shift (cm⁻¹)",
      "Intensity",
      "600",
      "1800",
      "10.0",
      'in"put',
      "output",
      "CH₂",
      "limit",
      plot.title,
    ])
      expect(texts).toContain(text);
    expect(texts).not.toContain("outside");
    const tick = findAll(svg, "text").find((t) => textOf(t) === "1200")!;
    expect(Number(tick.attributes["x"])).toBeCloseTo(Number(area.attributes["x"]) + width / 2, 0);
  });

  it("says what it shows, and gives a script what it needs to read it", () => {
    expect(svg.attributes["role"]).toBe("img");
    expect(svg.attributes["aria-label"]).toBe(
      `${plot.title}. Line plot of Intensity against Raman shift (cm⁻¹) from 600.0 to 1800. in"put: 0 to 10.0, last 5.00; output: 1.00 to 4.00, last 4.00.`,
    );
    const readOut = JSON.parse(svg.attributes["data-plot"]!) as { x: unknown; y: unknown };
    expect(readOut).toMatchObject({ x: [600, 1800, false], y: [0, 10, false], unit: "cm⁻¹" });
  });

  it("stands on its own: no reference to anything outside, no script", () => {
    const text = linePlotSvg(plot).replace("http://www.w3.org/2000/svg", "");
    expect(text).not.toMatch(/https?:|href|<script|<image|url\(/);
  });

  it("survives data that are no data", () => {
    for (const y of [[], [null], ["<x>", {}, undefined] as unknown as number[]]) {
      const empty = parseXml(linePlotSvg({ series: [{ name: "s", y }] }));
      expect(findAll(empty, "path", "line")[0]!.attributes["d"]).toBe("");
      expect(empty.attributes["aria-label"]).toContain("s: no values");
    }
    expect(() => parseXml(linePlotSvg({ series: [] }))).not.toThrow();
  });

  it("stays small for a hundred thousand points", () => {
    const y = Float32Array.from({ length: 100_000 }, (_, i) => Math.sin(i) * Math.sin(i / 1e4));
    expect(linePlotSvg({ series: [{ name: "s", y }] }).length).toBeLessThan(40_000);
  });
});

describe("histogramSvg", () => {
  it("draws counts over common bins, and medians", () => {
    const svg = parseXml(
      histogramSvg({
        x: { label: "MSE", low: 0, high: 4 },
        bins: 4,
        groups: [
          { name: "a", values: [0.5, 1.5, 1.6, 3.5, NaN] },
          { name: "b", values: [2.5] },
        ],
      }),
    );
    const area = findAll(svg, "svg", "area")[0]!;
    const [width, height] = [Number(area.attributes["width"]), Number(area.attributes["height"])];
    const [steps] = pathPoints(findAll(area, "path", "filled")[0]!.attributes["d"]!);
    // Largest count 2, with 6 % of air above: one sample is this high.
    const one = height / (2 * 1.06);
    const levels = [1, 3, 5, 7].map((i) => (height - steps![i]![1]) / one);
    [1, 2, 0, 1].forEach((count, i) => expect(levels[i]).toBeCloseTo(count, 1));
    expect(steps![3]![0]).toBeCloseTo(width / 4, 1);
    const median = findAll(findAll(area, "g")[0]!, "path")[1]!;
    expect(pathPoints(median.attributes["d"]!)[0]![0]![0]).toBeCloseTo((1.55 / 4) * width, 0);
    expect(svg.attributes["aria-label"]).toBe(
      "Histogram of MSE. a: 4 samples, median 1.55, from 0.500 to 3.50; b: 1 samples, median 2.50, from 2.50 to 2.50.",
    );
  });

  it("counts every value once, at the ends of the axis too, also in logarithms", () => {
    const values = Array.from({ length: 500 }, (_, i) => 10 ** (i / 100 - 3));
    const svg = parseXml(
      histogramSvg({ x: { scale: "log", low: 0.001, high: 10 ** 1.99 }, bins: 10, groups: [{ name: "a", values }] }),
    );
    const area = findAll(svg, "svg", "area")[0]!;
    const [steps] = pathPoints(findAll(area, "path", "filled")[0]!.attributes["d"]!);
    const height = Number(area.attributes["height"]);
    const heights = Array.from({ length: 10 }, (_, i) => height - steps![2 * i + 1]![1]);
    const largest = Math.max(...heights);
    const counts = heights.map((h) => (h / largest) * 50);
    counts.forEach((c) => expect(Math.abs(c - 50)).toBeLessThan(1.5));
  });

  it("survives groups without values", () => {
    expect(parseXml(histogramSvg({ groups: [{ name: "a", values: [] }] })).attributes["aria-label"]).toContain(
      "a: no values",
    );
    expect(() => parseXml(histogramSvg({ groups: [] }))).not.toThrow();
  });
});

describe("barsSvg", () => {
  it("has bars as long as their values, from zero", () => {
    const svg = parseXml(
      barsSvg({
        label: "Test MSE",
        bars: [
          { label: "net<", value: 1, tone: "blue" },
          { label: "raw", value: 4 },
          { label: "x", value: -2 },
          { label: "none", value: null },
        ],
      }),
    );
    const rects = findAll(svg, "rect").map((r) => ({
      x: Number(r.attributes["x"]),
      width: Number(r.attributes["width"]),
    }));
    expect(rects[1]!.width / rects[0]!.width).toBeCloseTo(4, 2);
    expect(rects[2]!.width / rects[0]!.width).toBeCloseTo(2, 2);
    expect(rects[2]!.x + rects[2]!.width).toBeCloseTo(rects[0]!.x, 0);
    expect(rects[3]!.width).toBe(0);
    expect(findAll(svg, "text").map(textOf)).toEqual([
      "net<",
      "1.000",
      "raw",
      "4.000",
      "x",
      "\u22122.000",
      "none",
      "–",
    ]);
    expect(svg.attributes["aria-label"]).toBe("Bar chart. Test MSE: net< 1.000, raw 4.000, x \u22122.000, none –.");
  });
});

describe("heatmapSvg", () => {
  const names = ["lipid", "protein & <co>"];

  it("shades a confusion matrix by row and writes its counts", () => {
    const svg = parseXml(
      heatmapSvg({
        rows: names,
        columns: names,
        values: [
          [8, 2],
          [100, 300],
        ],
        rowLabel: "true",
        columnLabel: "predicted",
        byRow: true,
      }),
    );
    const shades = findAll(svg, "rect", "cell").map((r) => Number(r.attributes["fill-opacity"]));
    [0.8, 0.2, 0.25, 0.75].forEach((share, i) => expect(shades[i]).toBeCloseTo(0.05 + 0.95 * share, 2));
    const texts = findAll(svg, "text").map(textOf);
    for (const text of ["8", "2", "100", "300", "true", "predicted", ...names]) expect(texts).toContain(text);
    expect(svg.attributes["aria-label"]).toContain("lipid: lipid 8.00, protein & <co> 2.00");
  });

  it("draws large ones without words that would not fit", () => {
    const many = Array.from({ length: 120 }, (_, i) => `class ${i}`);
    const svg = parseXml(heatmapSvg({ rows: many, columns: many, values: many.map(() => many.map((_, i) => i)) }));
    expect(findAll(svg, "rect")).toHaveLength(120 * 120);
    expect(findAll(svg, "text")).toHaveLength(0);
    expect(svg.attributes["aria-label"]).toBe("Matrix of 120 rows by 120 columns.");
  });

  it("survives missing rows and cells", () => {
    const svg = parseXml(heatmapSvg({ rows: names, columns: names, values: [[1]] }));
    expect(findAll(svg, "rect", "cell")).toHaveLength(4);
  });
});

import { describe, expect, it } from "vitest";
import { type LinePlot, linePlotImage, type RasterImage } from "../src/index.ts";
import { lightTones, type Rgb } from "../src/plot/tones.ts";
import { glyph, textWidth } from "../src/raster/bitmap-font.ts";
import { blankImage, drawText } from "../src/raster/canvas.ts";
import { dashes, strokePolylines } from "../src/raster/stroke.ts";

const pixel = ({ width, data }: RasterImage, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];
const find = ({ width, height, data }: RasterImage, [r, g, b]: Rgb): [number, number][] => {
  const out: [number, number][] = [];
  for (let i = 0; i < width * height; i++)
    if (data[4 * i] === r && data[4 * i + 1] === g && data[4 * i + 2] === b)
      out.push([i % width, Math.floor(i / width)]);
  return out;
};
const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];

describe("the bitmap font", () => {
  it("draws a letter as it looks", () => {
    const image = blankImage(5, 8, white);
    drawText(image, 0, 0, "R", { rgb: black, scale: 1 });
    const rows = Array.from({ length: 8 }, (_, y) =>
      [0, 1, 2, 3, 4].map((x) => (pixel(image, x, y)[0] === 0 ? "#" : ".")).join(""),
    );
    expect(rows).toEqual(["####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#", "....."]);
  });

  it("has every printable ASCII character and the signs of our labels, all different", () => {
    const chars = [
      ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)),
      ...Array.from("⁻⁰¹²³⁴⁵⁶⁷⁸⁹×°µ…λ"),
    ];
    const shapes = chars.map((c) => glyph(c).join());
    expect(new Set(shapes).size).toBe(chars.length);
    const unknown = glyph("漢").join();
    expect(shapes).not.toContain(unknown);
    expect(textWidth("ab")).toBe(11);
    expect(textWidth("")).toBe(0);
  });

  it("draws nothing outside the image", () => {
    const image = blankImage(4, 4, white);
    drawText(image, -3, -3, "MMM", { rgb: black, scale: 2 });
    expect(image.data).toHaveLength(64);
  });
});

describe("strokes", () => {
  it("cover pixels by distance, and a joint once", () => {
    const image = blankImage(20, 10, white);
    strokePolylines(image, { left: 0, top: 0, width: 20, height: 10 }, [[0, 5.5, 10, 5.5, 20, 5.5]], {
      rgb: black,
      width: 1,
      alpha: 0.5,
    });
    for (let x = 0; x < 20; x++)
      expect([pixel(image, x, 5)[0], pixel(image, x, 4)[0], pixel(image, x, 6)[0]]).toEqual([128, 255, 255]);
    const half = blankImage(20, 10, white);
    strokePolylines(half, { left: 0, top: 0, width: 20, height: 10 }, [[0, 5, 20, 5]], {
      rgb: black,
      width: 1,
      alpha: 1,
    });
    expect([pixel(half, 10, 4)[0], pixel(half, 10, 5)[0]]).toEqual([128, 128]);
  });

  it("end at the area's border", () => {
    const image = blankImage(20, 20, white);
    strokePolylines(
      image,
      { left: 5, top: 5, width: 5, height: 5 },
      [
        [-100, -100, 100, 100],
        [2, 2],
      ],
      { rgb: black, width: 3, alpha: 1 },
    );
    const dark = find(image, black);
    expect(dark.length).toBeGreaterThan(5);
    expect(dark.every(([x, y]) => x >= 5 && x < 10 && y >= 5 && y < 10)).toBe(true);
  });

  it("are cut into dashes along the line, around corners", () => {
    expect(dashes([0, 0, 10, 0], 3, 2)).toEqual([
      [0, 0, 3, 0],
      [5, 0, 8, 0],
    ]);
    expect(dashes([0, 0, 2, 0, 2, 10], 4, 100)).toEqual([[0, 0, 2, 0, 2, 2]]);
    expect(dashes([1, 1], 4, 2)).toEqual([]);
  });
});

describe("linePlotImage", () => {
  const plot: LinePlot = {
    title: "t",
    x: { label: "Raman shift", unit: "cm-1" },
    y: { label: "I" },
    series: [{ name: "a", y: [0, 0, 0, 1, 0, 0, 0], tone: "red" }],
  };

  it("has the size asked for, is opaque, and peaks in the middle", () => {
    const image = linePlotImage(plot, { width: 300, height: 150 });
    expect([image.width, image.height, image.data.length]).toEqual([300, 150, 300 * 150 * 4]);
    expect(image.data.every((v, i) => i % 4 !== 3 || v === 255)).toBe(true);
    const red = find(image, lightTones.red);
    const [left, right] = [Math.min(...red.map((p) => p[0])), Math.max(...red.map((p) => p[0]))];
    const top = Math.min(...red.map((p) => p[1]));
    const peak = red.filter((p) => p[1] <= top + 2).map((p) => p[0]);
    expect(peak.reduce((a, b) => a + b, 0) / peak.length).toBeCloseTo((left + right) / 2, -0.5);
    expect(right - left).toBeGreaterThan(200);
  });

  it("doubles its lettering with scale 2, and turns dark", () => {
    const [one, two] = [1, 2].map(
      (scale) =>
        find(linePlotImage({ ...plot, series: [] }, { width: 400, height: 200, scale }), [91, 100, 114]).length,
    );
    expect(two! / one!).toBeGreaterThan(2);
    expect(pixel(linePlotImage(plot, { dark: true }), 0, 0)).toEqual([20, 23, 29, 255]);
  });

  it("takes any size and data without failing", () => {
    for (const size of [
      { width: 1, height: 1 },
      { width: NaN, height: 100 },
      { width: 80, height: 60, scale: 9 },
    ]) {
      if (Number.isNaN(size.width)) continue;
      const image = linePlotImage(
        {
          ...plot,
          series: [
            { name: "x".repeat(500), y: [NaN] },
            { name: "b", y: [] },
          ],
        },
        size,
      );
      expect(image.data).toHaveLength(image.width * image.height * 4);
    }
  });
});

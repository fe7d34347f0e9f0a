import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { classOfPixels, compositeBands, labelImage, pngDataUrl, type RasterImage, stretchOf } from "../src/index.ts";
import { classColor, distinctColors } from "../src/image/class-colors.ts";
import { channelsOf, compositeImage } from "../src/image/composite.ts";
import { pixelErrors, rampColor, rampImage, shrinkMap, verdictColors, verdictImage } from "../src/image/maps.ts";
import { gridOver, type SpectralImage } from "../src/image/spectral-image.ts";
import { hexOf, type Rgb } from "../src/plot/tones.ts";

/** A slow, obvious reading of a PNG of 8-bit RGB or RGBA: chunks with their checksums, then the filters of section 9. */
function readPng(url: string): RasterImage {
  const bytes = Buffer.from(url.slice("data:image/png;base64,".length), "base64");
  expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  const chunks: Record<string, Buffer> = {};
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    let crc = 0xffffffff;
    for (const byte of body)
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (((crc ^ (byte >> bit)) & 1) * 0xedb88320);
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(~crc >>> 0);
    chunks[body.toString("latin1", 0, 4)] = body.subarray(4);
    at += 12 + length;
  }
  const [width, height] = [chunks["IHDR"]!.readUInt32BE(0), chunks["IHDR"]!.readUInt32BE(4)];
  const [depth, color] = [chunks["IHDR"]![8]!, chunks["IHDR"]![9]!];
  expect([depth, ...chunks["IHDR"]!.subarray(10)]).toEqual([8, 0, 0, 0]);
  const channels = color === 2 ? 3 : 4;
  const raw = inflateSync(chunks["IDAT"]!);
  expect(raw).toHaveLength(height * (1 + width * channels));
  const rows: number[][] = [];
  for (let y = 0; y < height; y++) {
    const at = y * (1 + width * channels);
    const row: number[] = [];
    for (let i = 0; i < width * channels; i++) {
      const before = [0, row[i - channels] ?? 0, rows[y - 1]?.[i] ?? 0][raw[at]!]!;
      row.push((raw[at + 1 + i]! + before) & 255);
    }
    rows.push(row);
  }
  const data = new Uint8Array(4 * width * height).fill(255);
  rows.flat().forEach((v, i) => (data[Math.floor(i / channels) * 4 + (i % channels)] = v));
  return { width, height, data };
}

const cube = (shape: [number, number, number], value: (y: number, x: number, l: number) => number): SpectralImage => ({
  shape,
  data: Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => {
    const pixel = Math.floor(i / shape[2]);
    return value(Math.floor(pixel / shape[1]), pixel % shape[1], i % shape[2]);
  }),
  axis: { unit: "index", values: Array.from({ length: shape[2] }, (_, i) => i) },
});
const pixel = ({ width, data }: RasterImage, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];
const hole = [0, 0, 0, 0];

describe("pngDataUrl", () => {
  const random = (alpha: (i: number) => number): RasterImage => {
    let state = 7;
    const data = Uint8Array.from({ length: 4 * 37 * 21 }, (_, i) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return i % 4 === 3 ? alpha(i) : state >>> 24;
    });
    return { width: 37, height: 21, data };
  };
  const smooth: RasterImage = {
    width: 40,
    height: 30,
    data: Uint8Array.from({ length: 4 * 40 * 30 }, (_, i) => (i % 4 === 3 ? 255 : ((i >> 2) % 40) * 3 + (i >> 8))),
  };

  it.each([
    ["opaque noise", random(() => 255)],
    ["noise with alpha", random((i) => i & 255)],
    ["a slope", smooth],
    ["one pixel", { width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 0) }],
  ])("keeps every byte of %s", async (_, image) => {
    expect(readPng(await pngDataUrl(image))).toEqual(image);
  });

  it("filters what is smooth, and makes a megabyte of one colour small", async () => {
    expect((await pngDataUrl(smooth)).length).toBeLessThan(700);
    expect((await pngDataUrl({ width: 512, height: 512, data: new Uint8Array(4 << 18) })).length).toBeLessThan(4000);
  });

  it("refuses what is no picture", async () => {
    await expect(pngDataUrl({ width: 2, height: 2, data: new Uint8Array(15) })).rejects.toThrow(/15 bytes/);
    await expect(pngDataUrl({ width: 0, height: 2, data: new Uint8Array(0) })).rejects.toThrow(/0 × 2/);
  });
});

describe("the bands of a colour picture", () => {
  const range = (start: number, stop: number, n: number): number[] =>
    Array.from({ length: n }, (_, i) => start + ((stop - start) * i) / (n - 1));

  it("are those nearest to 640, 550 and 460 nm, whichever way the axis runs and in nm or µm", () => {
    expect(compositeBands({ unit: "nm", values: range(400, 900, 51) })).toEqual({
      bands: [24, 15, 6],
      about: "red 640 nm, green 550 nm, blue 460 nm",
    });
    expect(compositeBands({ unit: "um", values: range(2.4, 0.4, 201) }).bands).toEqual([176, 185, 194]);
    expect(compositeBands({ unit: "nm", values: [443, 490, 560, 665, 842] }).bands).toEqual([3, 2, 0]);
  });

  it("are spread over the axis where that is not possible", () => {
    expect(compositeBands({ unit: "nm", values: range(900, 1700, 60) })).toMatchObject({
      bands: [50, 30, 10],
      about: expect.stringMatching(/^false colour: red 1578 nm/),
    });
    expect(compositeBands({ unit: "nm", values: range(900, 400, 4) }).bands).toEqual([0, 1, 3]);
    expect(compositeBands({ unit: "index", values: range(0, 5, 6) })).toEqual({
      bands: [5, 3, 1],
      about: "false colour: red band 5, green band 3, blue band 1",
    });
    expect(compositeBands({ unit: "cm-1", values: range(3000, 600, 6) }).bands).toEqual([0, 2, 4]);
    expect(compositeBands({ unit: "index", values: [0] }).bands).toEqual([0, 0, 0]);
    expect(compositeBands({ unit: "index", values: [0, 1] }).bands).toEqual([1, 1, 0]);
  });
});

describe("a colour picture", () => {
  it("is stretched from the 2nd to the 98th percentile of each channel over the compared pictures together", () => {
    const a = channelsOf(
      cube([1, 51, 3], (_, x, l) => x * 10 ** l),
      [0, 1, 2],
    );
    const b = channelsOf(
      cube([1, 50, 3], (_, x, l) => (51 + x) * 10 ** l),
      [0, 1, 2],
    );
    const stretch = stretchOf([a, b]);
    expect(stretch.map((s) => [s.low, s.high])).toEqual([
      [2, 98],
      [20, 980],
      [200, 9800],
    ]);
    const [left, right] = [compositeImage(a, stretch), compositeImage(b, stretch)];
    expect(pixel(left, 0, 0)).toEqual([0, 0, 0, 255]);
    expect(pixel(left, 50, 0)).toEqual([128, 128, 128, 255]);
    expect(pixel(right, 49, 0)).toEqual([255, 255, 255, 255]);
  });

  it("has holes where there are no data, which do not count in the stretch", () => {
    const image = cube([2, 2, 3], (y, x) => (y === 1 && x === 1 ? 1e9 : 2 * y + x));
    const nan = cube([2, 2, 3], (y, x, l) => (x + y === 0 && l === 2 ? NaN : 1));
    const channels = channelsOf({ ...image, valid: [1, 1, 1, 0] }, [0, 1, 2]);
    expect(stretchOf([channels])[0]!.high).toBeLessThanOrEqual(2);
    expect(pixel(compositeImage(channels, stretchOf([channels])), 1, 1)).toEqual(hole);
    const flat = channelsOf(nan, [0, 1, 2]);
    expect(pixel(compositeImage(flat, stretchOf([flat])), 0, 0)).toEqual(hole);
    expect(pixel(compositeImage(flat, stretchOf([flat])), 1, 0)).toEqual([128, 128, 128, 255]);
  });

  it("is on a coarser grid where the image is large: means of the blocks, over what counts", () => {
    expect(gridOver(1024, 512)).toEqual({ height: 512, width: 256, step: 2 });
    expect(gridOver(1025, 3)).toEqual({ height: 342, width: 1, step: 3 });
    expect(gridOver(95, 95)).toEqual({ height: 95, width: 95, step: 1 });
    const image = cube([3, 5, 1], (y, x) => 10 * y + x);
    const valid = Array.from({ length: 15 }, (_, i) => (i === 0 ? 0 : 1));
    const { height, width, step, planes } = channelsOf({ ...image, valid }, [0, 0, 0], 3);
    expect([height, width, step]).toEqual([2, 3, 2]);
    expect([...planes[0]]).toEqual([(1 + 10 + 11) / 3, (2 + 3 + 12 + 13) / 4, 9, 20.5, 22.5, 24]);
  });
});

describe("a map of classes", () => {
  const truth = { data: [0, 1, 255, 2], shape: [2, 2], ignored: 255 };

  it("has the colours of the classes, and holes where there is no label or none that counts", () => {
    const image = labelImage(truth);
    expect(pixel(image, 0, 0)).toEqual([...classColor(0), 255]);
    expect(pixel(image, 1, 0)).toEqual([...classColor(1), 255]);
    expect(pixel(image, 0, 1)).toEqual(hole);
    expect(pixel(labelImage(truth, [0, 1, 1, 1]), 0, 0)).toEqual(hole);
    const big = { data: Array.from({ length: 9 }, (_, i) => i), shape: [3, 3], ignored: -1 };
    expect(labelImage(big, undefined, 1)).toEqual({ width: 1, height: 1, data: Uint8Array.of(...classColor(4), 255) });
  });

  it("is compared with the truth where there is one", () => {
    const image = verdictImage([0, 2, 0, 2], truth);
    expect([0, 1, 2, 3].map((i) => pixel(image, i % 2, i >> 1))).toEqual([
      [...verdictColors.right, 255],
      [...verdictColors.wrong, 255],
      hole,
      [...verdictColors.right, 255],
    ]);
  });

  it("comes of the most likely class, of equals the first", () => {
    expect([...classOfPixels([0.2, 0.5, 0.3, 1, 1, 0, -3, -2, -1], 3)]).toEqual([1, 0, 2]);
  });
});

describe("a map of errors", () => {
  it("is the root-mean-square over the bands, with holes where nothing counts", () => {
    const truth = { ...cube([1, 3, 2], () => 1), valid: [1, 1, 0] };
    const errors = pixelErrors([4, 5, 1, 1, 9, 9], truth);
    expect([...errors]).toEqual([Math.sqrt((9 + 16) / 2), 0, NaN]);
    const image = rampImage(shrinkMap(errors, 1, 3), Math.sqrt(12.5));
    expect(pixel(image, 0, 0)).toEqual([253, 231, 37, 255]);
    expect(pixel(image, 1, 0)).toEqual([68, 1, 84, 255]);
    expect(pixel(image, 2, 0)).toEqual(hole);
  });

  it("is thinned out by means", () => {
    expect(shrinkMap([1, 2, NaN, 3, 6, NaN], 2, 3, 2)).toEqual({
      height: 1,
      width: 2,
      step: 2,
      data: Float64Array.of(3, NaN),
    });
  });

  it("rises in lightness from end to end", () => {
    const lightness = Array.from({ length: 101 }, (_, i) => lab(linear(rampColor(i / 100)))[0]!);
    for (let i = 1; i < lightness.length; i++) expect(lightness[i]!).toBeGreaterThan(lightness[i - 1]!);
    expect(rampColor(2)).toEqual(rampColor(1));
  });
});

const linear = (rgb: Rgb): number[] =>
  rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));

/** CIELAB of linear sRGB under D65. */
function lab([r, g, b]: number[]): number[] {
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * (t / 116) + 16 / 116);
  const x = f((0.4124 * r! + 0.3576 * g! + 0.1805 * b!) / 0.95047);
  const y = f(0.2126 * r! + 0.7152 * g! + 0.0722 * b!);
  const z = f((0.0193 * r! + 0.1192 * g! + 0.9505 * b!) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Complete protanopia and deuteranopia on linear sRGB: Viénot, Brettel and Mollon (1999), another model than the colours were chosen by. */
const eyes: readonly number[][][] = [
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
];
const seen = (rgb: Rgb, eye: readonly number[][]): number[] =>
  lab(
    eye.map((row) =>
      Math.max(
        0,
        row.reduce((s, m, i) => s + m * linear(rgb)[i]!, 0),
      ),
    ),
  );

describe("the colours of classes", () => {
  // A difference of 2.3 is just noticeable; several times that is needed for small patches far apart.
  it("can be told apart by all eyes", () => {
    for (const eye of eyes)
      for (let i = 0; i < distinctColors; i++)
        for (let j = 0; j < i; j++) {
          const [a, b] = [seen(classColor(i), eye), seen(classColor(j), eye)];
          const apart = Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!);
          expect(apart, `${hexOf(classColor(i))} and ${hexOf(classColor(j))}`).toBeGreaterThan(15);
        }
    expect(classColor(distinctColors)).toEqual(classColor(0));
  });
});

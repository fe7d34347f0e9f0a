import { describe, expect, it } from "vitest";
import {
  countParts,
  type DividedImage,
  type DrawnImage,
  type ImagesBlock,
  leakText,
  Mosaic,
  type RasterImage,
  renderPreview,
  renderReport,
  splitDrawing,
  splitImage,
  splitMapText,
  type TableBlock,
} from "../src/index.ts";
import { partColors, partsOfRow } from "../src/image/split-map.ts";

const pixel = ({ width, data }: RasterImage, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

/** Columns 0 to 2 train, 3 guard, 4 validation, 5 to 7 test, but the last row of it unused. */
const areas: DividedImage = {
  id: "scene",
  height: 4,
  width: 8,
  parts: {
    kind: "rectangles",
    train: [{ y0: 0, y1: 4, x0: 0, x1: 3 }],
    validation: [{ y0: 0, y1: 4, x0: 4, x1: 5 }],
    test: [{ y0: 0, y1: 3, x0: 5, x1: 8 }],
  },
};
const codes = [1, 1, 1, 0, 2, 3, 3, 3];
const pixels: DividedImage = {
  ...areas,
  parts: { kind: "pixels", part: Uint8Array.from([...codes, ...codes, ...codes, 1, 1, 1, 0, 2, 0, 0, 0]) },
};

describe.each([
  ["rectangles", areas],
  ["a number a pixel", pixels],
])("the parts of an image by %s", (_, image) => {
  it("are told row by row", () => {
    const row = new Uint8Array(8).fill(9);
    partsOfRow(image, 0, row);
    expect([...row]).toEqual(codes);
    partsOfRow(image, 3, row);
    expect([...row]).toEqual([1, 1, 1, 0, 2, 0, 0, 0]);
  });

  it("are counted, with the labels of each class, which are asked for by rows", async () => {
    const asked: (readonly [number, number])[] = [];
    const labels = (rows: readonly [number, number]) => {
      asked.push(rows);
      const row = [0, 1, 255, 0, 1, 1, 0, 7];
      return Promise.resolve({ data: Array.from({ length: rows[1] - rows[0] }, () => row).flat(), ignored: 255 });
    };
    expect(await countParts(image, 2, labels)).toEqual({
      pixels: [7, 12, 4, 9],
      classes: [
        [4 + 1, 4, 0, 3],
        [1, 4, 4, 3],
      ],
    });
    expect(asked).toEqual([[0, 4]]);
    expect(await countParts(image)).toEqual({ pixels: [7, 12, 4, 9], classes: [] });
  });

  it("are drawn, full at their borders and faded where there is none", () => {
    const drawn = splitImage(image);
    expect([drawn.width, drawn.height]).toEqual([8, 4]);
    const paper = [236, 238, 241];
    const half = (color: readonly number[]): number[] => [
      ...color.map((c, i) => Math.round(paper[i]! + (c - paper[i]!) * 0.5)),
      255,
    ];
    expect(pixel(drawn, 1, 1)).toEqual(half(partColors.train));
    expect(pixel(drawn, 4, 1)).toEqual([...partColors.validation, 255]);
    expect(pixel(drawn, 5, 1)).toEqual([...partColors.test, 255]);
    expect(pixel(drawn, 6, 1)).toEqual(half(partColors.test));
    expect(pixel(drawn, 3, 1)).toEqual(half(partColors.unused));
  });

  it("are a block drawing in a terminal, a letter for what most of a cell is", () => {
    expect(splitMapText(image)).toBe("###.+ooo\n###.+ooo");
    // Columns 0–1, 2–3 (as many of training as of none), 4–5 (validation and test), 6–7; all rows in one line.
    expect(splitMapText(image, { width: 4 })).toBe("##+o");
    expect(splitMapText(image, { width: 1 })).toBe("#");
    expect(splitMapText(image, { width: 4, colour: true })).toContain("\u001b[34m#\u001b[0m");
  });
});

describe("a large image", () => {
  it("is read by strips of at most a million pixels", async () => {
    const image: DividedImage = {
      id: "big",
      height: 3000,
      width: 1000,
      parts: { kind: "rectangles", train: [{ y0: 0, y1: 3000, x0: 0, x1: 400 }], validation: [], test: [] },
    };
    let most = 0;
    const labels = ([start, stop]: readonly [number, number]) => {
      most = Math.max(most, (stop - start) * 1000);
      return Promise.resolve({ data: new Int32Array((stop - start) * 1000), ignored: -1 });
    };
    const { pixels: counted, classes } = await countParts(image, 1, labels);
    expect(counted).toEqual([1_800_000, 1_200_000, 0, 0]);
    expect(classes).toEqual([[1_800_000, 1_200_000, 0, 0]]);
    expect(most).toBeLessThanOrEqual(1 << 20);
    expect(splitImage(image)).toMatchObject({ width: 167, height: 500 });
    const lines = splitMapText(image).split("\n");
    expect(lines).toHaveLength(96);
    expect(lines[0]).toBe("#".repeat(26) + ".".repeat(38));
  });
});

describe("Mosaic", () => {
  const window = (height: number, width: number, value: (y: number, x: number) => number, valid?: number[]) => ({
    shape: [height, width, 2],
    data: Array.from({ length: height * width * 2 }, (_, i) => {
      const at = i >> 1;
      return (i & 1) * 100 + value(Math.floor(at / width), at % width);
    }),
    axis: { unit: "index", values: [0, 1] },
    ...(valid ? { valid } : {}),
  });

  it("puts windows where they were cut, and leaves holes between them", () => {
    const mosaic = new Mosaic(2, 4);
    mosaic.add(
      window(2, 1, (y) => y),
      { y0: 0, y1: 2, x0: 0, x1: 1 },
      [0, 1, 0],
    );
    mosaic.add(
      window(1, 2, (_, x) => 10 + x, [0, 1]),
      { y0: 1, y1: 2, x0: 2, x1: 4 },
      [0, 1, 0],
    );
    const { planes } = mosaic.channels();
    expect([...planes[0]]).toEqual([0, NaN, NaN, NaN, 1, NaN, NaN, 11]);
    expect([...planes[1]]).toEqual([100, NaN, NaN, NaN, 101, NaN, NaN, 111]);
  });

  it("takes means on a coarser grid, and spreads a coarser window over its place", () => {
    const mosaic = new Mosaic(4, 4, 2);
    mosaic.add(
      window(2, 2, (y, x) => 2 * y + x),
      { y0: 0, y1: 4, x0: 0, x1: 4 },
      [0, 0, 0],
    );
    mosaic.add(
      window(2, 2, () => 8),
      { y0: 0, y1: 2, x0: 0, x1: 2 },
      [0, 0, 0],
    );
    expect([...mosaic.channels().planes[2]]).toEqual([4, 1, 2, 3]);
  });

  it("is what a split is drawn over", () => {
    const mosaic = new Mosaic(4, 8);
    mosaic.add(
      { shape: [4, 8, 1], data: Array.from({ length: 32 }, (_, i) => i % 8), axis: { unit: "index", values: [0] } },
      { y0: 0, y1: 4, x0: 0, x1: 8 },
      [0, 0, 0],
    );
    const drawn = splitImage(areas, mosaic.channels());
    // Black under blue at the left edge, white under orange at the right one.
    expect(pixel(drawn, 0, 0)).toEqual([...partColors.train.map((c) => Math.round(c / 2)), 255]);
    expect(pixel(drawn, 7, 0)).toEqual([...partColors.test.map((c) => Math.round(255 + (c - 255) / 2)), 255]);
  });
});

describe("the drawing of a split", () => {
  const drawn: DrawnImage = {
    ...areas,
    pixels: [7, 12, 4, 9],
    classes: [
      [5, 4, 0, 3],
      [1, 4, 4, 3],
    ],
  };
  const names = ["road", "<b>roof</b>"];

  it("has a picture of each image, counts in its legend, and a table of the classes", async () => {
    const [pictures, table] = (await splitDrawing([drawn, { ...drawn, id: "<i>" }], names)) as [
      ImagesBlock,
      TableBlock,
    ];
    expect(pictures.keys!.map((k) => k.label)).toEqual([
      "24 training (37.5 %)",
      "8 validation (12.5 %)",
      "18 test (28.1 %)",
      "14 guard or unused (21.9 %)",
    ]);
    expect(pictures.images[0]!.alt).toBe(
      "Split of scene, 4 × 8 pixels: 12 training, 4 validation, 9 test, 7 guard or unused.",
    );
    expect(table.rows).toEqual([
      ["road", 8, 0, 6, 10],
      ["<b>roof</b>", 8, 8, 6, 2],
    ]);
    expect(await splitDrawing([{ ...drawn, classes: [] }], [])).toHaveLength(1);
    expect(await splitDrawing([], names)).toEqual([]);
  });

  it("counts all images and draws the first", async () => {
    const [pictures] = (await splitDrawing(
      Array.from({ length: 9 }, () => drawn),
      names,
    )) as [ImagesBlock];
    expect(pictures.images).toHaveLength(6);
    expect(pictures.caption).toContain("The first 6 of 9 images are drawn.");
    expect(pictures.keys![0]!.label).toContain("108 training");
  });

  it("stands in a report and in a preview instead of the strip of samples, with the leak", async () => {
    const split = {
      method: "block",
      runs: [{ part: "train" as const, count: 3 }],
      drawing: await splitDrawing([{ ...drawn, id: "<script>x" }], names),
      leak: 0.5,
    };
    const pages = [
      renderReport({ title: "T", run: { task: "t" }, model: { name: "m", parameters: 1 }, split }),
      renderPreview({ title: "T", samples: [], split }),
    ];
    for (const html of pages) {
      expect(html).toContain("12 training (37.5 %)");
      expect(html).toMatch(/<img src="data:image\/png;base64,[^"]+" alt="Split of &lt;script&gt;x, 4 × 8/);
      expect(html).toContain("&lt;b&gt;roof&lt;/b&gt;");
      expect(html).not.toContain("in the order of the data");
      expect(html).toContain("Leak: 50.0 % of the test samples");
      expect(html.match(/<script/g)).toHaveLength(1);
    }
    expect(renderPreview({ title: "T", samples: [], split: { ...split, drawing: [] } })).toContain(
      "in the order of the data",
    );
  });

  it("says no more of the leak than was measured", () => {
    expect(leakText({ runs: [] })).toBeUndefined();
    expect(leakText({ runs: [], leak: 0, leakAbout: "Patches of 9 × 9.", counted: "pixels" })).toBe(
      "Leak: 0 % of the test pixels have a training neighbour too near to count as unseen. Patches of 9 × 9.",
    );
  });
});

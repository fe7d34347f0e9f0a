import {
  type ImageParts,
  type ImageSet,
  imageDataset,
  indexAxis,
  type PreparedData,
  type Rectangle,
  spectralArray,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { pickSamples } from "../src/report-images.ts";
import { drawnImages, splitFacts } from "../src/report-split.ts";

describe("the samples that a report shows", () => {
  const of = (...errors: number[]) => errors.map((error, index) => ({ index, error, pixels: 100 }));

  it("are the best, the median and the worst", () => {
    expect(pickSamples(of(3, 1, 5, 2, 4))).toEqual([
      { label: "best", index: 1 },
      { label: "median", index: 0 },
      { label: "worst", index: 2 },
    ]);
  });

  it("are named once, have an error, and are no slivers", () => {
    expect(pickSamples(of(2))).toEqual([{ label: "the only one", index: 0 }]);
    expect(pickSamples(of(NaN, 2, 1)).map((p) => [p.label, p.index])).toEqual([
      ["best", 2],
      ["median", 1],
    ]);
    expect(pickSamples([...of(2, 3), { index: 2, error: 0, pixels: 49 }]).map((p) => p.index)).toEqual([0, 1]);
    expect(pickSamples(of(NaN, NaN))).toEqual([]);
  });
});

describe("a split over images", () => {
  /** Images that are never there as a whole: what is read of them is kept count of. */
  function setOf(sizes: readonly (readonly [number, number])[], bands: number) {
    const read: Rectangle[] = [];
    let labelled = 0;
    const images = sizes.map(([height, width], i) => ({ id: `image ${i}`, group: `${i}`, height, width }));
    const axis = indexAxis(bands);
    const dataset = imageDataset(
      {
        spec: {
          data: "cube",
          shape: [0, 0, bands],
          axis,
          target: { kind: "mask", classes: ["low", "high"], ignored: -1 },
        },
        images,
        source: "a test",
        read: (_, window) => {
          read.push(window);
          const [h, w] = [window.y1 - window.y0, window.x1 - window.x0];
          return Promise.resolve({
            input: spectralArray(new Float32Array(h * w * bands).fill(1), [h, w, bands], axis),
            target: {
              kind: "mask" as const,
              value: { data: new Int32Array(h * w), shape: [h, w], dtype: "int32" as const, ignored: -1 },
            },
          });
        },
        labels: (i, rows = [0, images[i]!.height]) => {
          const { width } = images[i]!;
          const size = (rows[1] - rows[0]) * width;
          labelled = Math.max(labelled, size);
          const data = Int32Array.from({ length: size }, (_, k) => (k % width < width / 2 ? 0 : 1));
          return Promise.resolve({ data, shape: [rows[1] - rows[0], width], dtype: "int32", ignored: -1 });
        },
      },
      { patches: "grid", balance: false, evaluationPatch: 128, seed: 0 },
    );
    const values = () => read.reduce((sum, r) => sum + (r.y1 - r.y0) * (r.x1 - r.x0) * bands, 0);
    return { imageSet: dataset.images!, dataset, images, values, mostLabels: () => labelled };
  }

  /** What a run's data have that a drawing looks at. */
  const prepared = (
    { imageSet, dataset, images }: { imageSet: ImageSet; dataset: PreparedData["dataset"]; images: ImageSet["list"] },
    parts: readonly ImageParts[],
  ): PreparedData =>
    ({
      dataset,
      rawSpec: dataset.spec,
      split: { train: [0], validation: [], test: [] },
      images: images.map((info, i) => ({ info, parts: parts[i]! })),
      imageSet,
    }) as unknown as PreparedData;
  const half = (height: number, width: number): ImageParts => ({
    kind: "rectangles",
    train: [{ y0: 0, y1: height, x0: 0, x1: width / 2 }],
    validation: [],
    test: [],
  });

  it("reads of a large image a bounded number of values, and its labels in strips", async () => {
    const set = setOf([[2000, 2000]], 50);
    const [image] = await drawnImages(prepared(set, [half(2000, 2000)]));
    expect(set.values()).toBeGreaterThan(0.8e8);
    expect(set.values()).toBeLessThan(1.05e8);
    expect(set.mostLabels()).toBeLessThanOrEqual(1 << 20);
    expect(image!.pixels).toEqual([2e6, 2e6, 0, 0]);
    expect(image!.classes).toEqual([
      [0, 2e6, 0, 0],
      [2e6, 0, 0, 0],
    ]);
    expect(image!.background).toMatchObject({ height: 500, width: 500, step: 4 });
    // About half of the picture has holes where windows were passed over.
    const holes = image!.background!.planes[0].filter(Number.isNaN).length / 250_000;
    expect(holes).toBeGreaterThan(0.4);
    expect(holes).toBeLessThan(0.6);
  }, 60_000);

  it("covers a small image with its guard band, and no more than six of many", async () => {
    const set = setOf(
      Array.from({ length: 9 }, () => [20, 30] as const),
      3,
    );
    const images = await drawnImages(
      prepared(
        set,
        Array.from({ length: 9 }, () => half(20, 30)),
      ),
    );
    expect(images).toHaveLength(9);
    expect(images.map((i) => i.background !== undefined)).toEqual([...Array(6).fill(true), ...Array(3).fill(false)]);
    expect(images[0]!.background!.planes[0].some(Number.isNaN)).toBe(false);
    expect(set.values()).toBe(6 * 20 * 30 * 3);
  });

  it("has no picture, but counts, where images are in one part as a whole", async () => {
    const set = setOf(
      [
        [20, 30],
        [20, 30],
      ],
      3,
    );
    const whole: ImageParts = {
      kind: "rectangles",
      train: [{ y0: 0, y1: 20, x0: 0, x1: 30 }],
      validation: [],
      test: [],
    };
    const data = prepared(set, [whole, { kind: "rectangles", train: [], validation: [], test: [] }]);
    const images = await drawnImages(data);
    expect(set.values()).toBe(0);
    expect(images.map((i) => i.pixels)).toEqual([
      [0, 600, 0, 0],
      [600, 0, 0, 0],
    ]);
    const facts = await splitFacts(data, images, { method: "random", leak: 0 });
    expect(facts).toMatchObject({
      counted: "images",
      runs: [
        { part: "train", count: 1 },
        { part: "unused", count: 1 },
      ],
    });
    expect(facts.drawing!.map((b) => b.kind)).toEqual(["table"]);
  });
});

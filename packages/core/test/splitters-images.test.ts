import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ndarray } from "../src/ndarray.ts";
import type { DataFile } from "../src/contracts/reader.ts";
import type { Rectangle } from "../src/contracts/sample.ts";
import type { ImageParts, SplitImage } from "../src/contracts/splitter.ts";
import { rng } from "../src/rng.ts";
import {
  classRowsSplit,
  classRowsSplitSchema,
  imageBlocksSplit,
  imageBlocksSplitSchema,
  leakOfPixels,
  maskFileSplit,
  maskFileSplitSchema,
  randomPixelsSplit,
  randomPixelsSplitSchema,
  stripsSplit,
  stripsSplitSchema,
} from "../src/splitters/index.ts";
import { leakInWindow, countsOf } from "../src/splitters/leak.ts";

const image = (height: number, width: number, label?: (y: number, x: number) => number): SplitImage => ({
  id: "scene",
  group: "scene",
  height,
  width,
  ...(label
    ? {
        labels: () =>
          Promise.resolve({
            ...ndarray(
              Int32Array.from({ length: height * width }, (_, i) => label(Math.floor(i / width), i % width)),
              [height, width],
            ),
            ignored: -1,
          }),
      }
    : {}),
});

/** 0 = none, 1, 2, 3 = the parts; a pixel in two of them is an error. */
function raster({ height, width }: SplitImage, parts: ImageParts): Uint8Array {
  if (parts.kind === "pixels") return parts.part;
  const out = new Uint8Array(height * width);
  const fill = (rectangles: readonly Rectangle[], code: number): void => {
    for (const { y0, y1, x0, x1 } of rectangles)
      for (let y = y0; y < y1; y++)
        for (let x = x0; x < x1; x++) {
          expect(out[y * width + x]).toBe(0);
          out[y * width + x] = code;
        }
  };
  fill(parts.train, 1);
  fill(parts.validation, 2);
  fill(parts.test, 3);
  return out;
}

/** The smallest distance (in rows or columns, whichever is more) between two parts; Infinity where one is empty. */
function distance(width: number, part: Uint8Array, a: number, b: number): number {
  const places = (code: number): [number, number][] =>
    Array.from(part.keys())
      .filter((i) => part[i] === code)
      .map((i) => [Math.floor(i / width), i % width]);
  let least = Infinity;
  for (const [y, x] of places(a))
    for (const [v, u] of places(b)) least = Math.min(least, Math.max(Math.abs(y - v), Math.abs(x - u)));
  return least;
}

const strips = (options: Record<string, unknown>) => stripsSplit.create(stripsSplitSchema.parse(options), {});
const blocks = (options: Record<string, unknown>) => imageBlocksSplit.create(imageBlocksSplitSchema.parse(options), {});
const rows = (options: Record<string, unknown>) => classRowsSplit.create(classRowsSplitSchema.parse(options), {});
const pixels = (options: Record<string, unknown>) =>
  randomPixelsSplit.create(randomPixelsSplitSchema.parse(options), {});
const split = async (
  splitter: Awaited<ReturnType<typeof strips>>,
  images: readonly SplitImage[],
): Promise<readonly ImageParts[]> => splitter.splitPixels!(images, rng(1, "split"));

describe("strips", () => {
  it("train on the left, test on the right, with the guard band between, and validate at the strip's end", async () => {
    const [parts] = await split(await strips({ train: 0.6, validation: 0.2, guard: 3 }), [image(50, 100)]);
    expect(parts).toEqual({
      kind: "rectangles",
      train: [{ y0: 0, y1: 40, x0: 0, x1: 60 }],
      validation: [{ y0: 43, y1: 50, x0: 0, x1: 60 }],
      test: [{ y0: 0, y1: 50, x0: 63, x1: 100 }],
    });
    const [down] = await split(await strips({ direction: "rows", train: 0.5, validation: 0, test: 0.2, guard: 0 }), [
      image(50, 100),
    ]);
    expect(down).toEqual({
      kind: "rectangles",
      train: [{ y0: 0, y1: 25, x0: 0, x1: 100 }],
      validation: [],
      test: [{ y0: 25, y1: 35, x0: 0, x1: 100 }],
    });
  });

  it("are never nearer than the guard band, and no pixel is in two", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 12, max: 30 }),
        fc.integer({ min: 12, max: 30 }),
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom("rows", "columns"),
        async (height, width, guard, direction) => {
          const scene = image(height, width);
          const [parts] = await split(await strips({ train: 0.5, validation: 0.4, guard, direction }), [scene]);
          const part = raster(scene, parts!);
          for (const [a, b] of [
            [1, 2],
            [1, 3],
            [2, 3],
          ] as const)
            expect(distance(width, part, a, b)).toBeGreaterThan(guard);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("say what would be empty, and what samples they are not for", async () => {
    await expect(split(await strips({ train: 0.95, validation: 0, guard: 10 }), [image(50, 60)])).rejects.toMatchObject(
      {
        code: "SPECTRAI_DATA_SPLIT",
        message: expect.stringMatching(/^The test part would be empty: \d+ pixels for training/),
      },
    );
    expect(() => stripsSplitSchema.parse({ train: 0.8, test: 0.4 })).toThrow(/add up to 1.2/);
    const splitter = await strips({});
    expect(() => splitter.split([], rng(1))).toThrow(/^The split strips divides the pixels of images/);
  });
});

describe("image-blocks", () => {
  it("deals blocks out by their shares, a guard band apart, and leaks nothing to a patch of that size", async () => {
    const scene = image(80, 100);
    const [parts] = await split(await blocks({ size: 16, guard: 5, validation: 0.2, test: 0.25 }), [scene]);
    const part = raster(scene, parts!);
    const count = (code: number): number => part.filter((c) => c === code).length / 256;
    // 4 × 5 blocks of 16 with 5 pixels between them.
    expect([count(1), count(2), count(3)]).toEqual([11, 4, 5]);
    expect(distance(100, part, 1, 3)).toBeGreaterThan(5);
    const isPart = (code: number): Uint8Array => part.map((c) => (c === code ? 1 : 0));
    expect(leakOfPixels({ height: 80, width: 100, train: isPart(1), test: isPart(3) }, 7)).toBe(0);
    expect(leakOfPixels({ height: 80, width: 100, train: isPart(1), test: isPart(3) }, 25)).toBeGreaterThan(0);
  });

  it("depend on nothing but the random numbers", async () => {
    const scenes = [image(70, 70), image(40, 90)];
    expect(await split(await blocks({ size: 10 }), scenes)).toEqual(await split(await blocks({ size: 10 }), scenes));
  });
});

describe("class-rows", () => {
  it("cuts every class at its own row", async () => {
    // Class 0 in rows 0 to 9, class 1 in rows 10 to 29; ten pixels a row; row 29 has no labels.
    const scene = image(30, 10, (y) => (y === 29 ? -1 : y < 10 ? 0 : 1));
    const [parts] = await split(await rows({ train: 0.5, validation: 0.2, guard: 0 }), [scene]);
    const part = raster(scene, parts!);
    const byRow = Array.from({ length: 30 }, (_, y) => part[y * 10]);
    expect(byRow.slice(0, 10)).toEqual([1, 1, 1, 1, 1, 2, 2, 3, 3, 3]);
    // 190 pixels: half of them end in row 19, seven tenths in row 23.
    expect(byRow.slice(10)).toEqual([...Array(10).fill(1), ...Array(4).fill(2), ...Array(5).fill(3), 0]);
    const [guarded] = await split(await rows({ train: 0.5, validation: 0, guard: 2 }), [scene]);
    expect(Array.from({ length: 10 }, (_, y) => raster(scene, guarded!)[y * 10])).toEqual([
      1, 1, 1, 1, 1, 0, 0, 3, 3, 3,
    ]);
  });

  it("needs labels", async () => {
    await expect(split(await rows({}), [image(9, 9)])).rejects.toThrow(/goes by the classes of pixels/);
  });
});

describe("random-pixels", () => {
  it("draws a share, or a number, of every class, and leaks", async () => {
    const scene = image(30, 30, (y, x) => (x === 0 ? -1 : y < 3 ? 0 : 1));
    const [parts] = await split(await pixels({ train: 0.1, validation: 10 }), [scene]);
    const part = raster(scene, parts!);
    const of = (code: number, label: number): number =>
      Array.from(part.keys()).filter(
        (i) => part[i] === code && i % 30 > 0 && (Math.floor(i / 30) < 3 ? 0 : 1) === label,
      ).length;
    // 87 pixels of class 0, 783 of class 1.
    expect([of(1, 0), of(2, 0), of(3, 0)]).toEqual([9, 10, 68]);
    expect([of(1, 1), of(2, 1), of(3, 1)]).toEqual([78, 10, 695]);
    expect(part.filter((_, i) => i % 30 === 0).every((c) => c === 0)).toBe(true);
    const isPart = (code: number): Uint8Array => part.map((c) => (c === code ? 1 : 0));
    expect(leakOfPixels({ height: 30, width: 30, train: isPart(1), test: isPart(3) }, 7)).toBeGreaterThan(0.9);
  });
});

describe("mask-file", () => {
  const create = (options: Record<string, unknown>, masks: Record<string, readonly number[]>, shape = [2, 3]) =>
    maskFileSplit.create(maskFileSplitSchema.parse(options), {
      files: {
        list: () => Promise.resolve([]),
        stat: () => Promise.resolve(undefined),
        open: (path) => Promise.resolve({ name: path, size: 1, read: () => Promise.resolve(new Uint8Array(1)) }),
      },
      formats: {
        open: (source) =>
          Promise.resolve({
            variables: [{ name: "mask", kind: "numeric", shape, dtype: "uint8" }],
            attributes: {},
            read: () => Promise.resolve(ndarray(Uint8Array.from(masks[source.name]!), shape)),
            readText: () => Promise.resolve([]),
            close: () => Promise.resolve(),
          } satisfies DataFile),
        extensions: () => Promise.resolve([]),
        writer: () => Promise.reject(new Error("none")),
      },
    });

  it("takes the pixels that are not 0, and the rest for the part without a mask", async () => {
    const scene = image(2, 3);
    const both = await create({ train: "a", test: "b" }, { a: [1, 0, 0, 5, 0, 0], b: [0, 1, 0, 0, 0, 2] });
    expect(await split(both, [scene])).toEqual([{ kind: "pixels", part: Uint8Array.of(1, 3, 0, 1, 0, 3) }]);
    const one = await create({ train: "a" }, { a: [1, 0, 0, 5, 0, 0] });
    expect(await split(one, [scene])).toEqual([{ kind: "pixels", part: Uint8Array.of(1, 3, 3, 1, 3, 3) }]);
  });

  it.each([
    [
      { train: "a", test: "b" },
      { a: [1, 0, 0, 0, 0, 0], b: [1, 1, 0, 0, 0, 0] },
      [2, 3],
      /row 0, column 0 of scene is both in the train and in the test mask/,
    ],
    [{ train: "a" }, { a: [1, 0, 0, 0, 0, 0] }, [3, 2], /has the shape \[3, 2\], but scene has 2 × 3 pixels/],
    [
      { train: "a" },
      { a: [1, 0, 0, 0, 0] },
      [5],
      /a has no images of 2 × 3 pixels, as scene has; its variables: mask \[5\]/,
    ],
    [{ train: "a", trainVariable: "x" }, { a: [1, 0, 0, 0, 0, 0] }, [2, 3], /a has no variable "x"/],
    [{ train: "a" }, { a: [0, 0, 0, 0, 0, 0] }, [2, 3], /The training part would be empty/],
    [{}, {}, [2, 3], /needs a train or a test mask/],
  ])("says what is wrong (%#)", async (options, masks, shape, sentence) => {
    await expect(split(await create(options, masks as never, shape), [image(2, 3)])).rejects.toThrow(sentence);
  });
});

describe("the leak inside a window", () => {
  it("is what looking at every pixel's surroundings says", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 63, maxLength: 63 }),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        (codes, field, whole) => {
          const [height, width] = [7, 9];
          const isTrain = (i: number): boolean => codes[i] === 1;
          const isTest = (i: number): boolean => codes[i]! >= 5;
          const window = whole ? { y0: 0, y1: 7, x0: 0, x1: 9 } : { y0: 2, y1: 6, x0: 1, x1: 7 };
          let tested = 0;
          let leaking = 0;
          for (let y = window.y0; y < window.y1; y++)
            for (let x = window.x0; x < window.x1; x++) {
              if (!isTest(y * width + x)) continue;
              tested++;
              const before = Math.floor(field / 2);
              let seen = false;
              for (let v = Math.max(window.y0, y - before); v < Math.min(window.y1, y - before + field); v++)
                for (let u = Math.max(window.x0, x - before); u < Math.min(window.x1, x - before + field); u++)
                  seen ||= isTrain(v * width + u);
              if (seen) leaking++;
            }
          expect(leakInWindow(countsOf(height, width, isTrain), window, [field, field], isTest)).toEqual({
            tested,
            leaking,
          });
        },
      ),
    );
  });
});

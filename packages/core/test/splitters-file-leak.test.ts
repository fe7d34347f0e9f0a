import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FileSystem } from "../src/contracts/files.ts";
import type { SampleInfo } from "../src/contracts/sample.ts";
import type { Splitter } from "../src/contracts/splitter.ts";
import { SpectraiError } from "../src/errors.ts";
import { rng } from "../src/rng.ts";
import { fileSplit, fileSplitSchema, leakOfPixels, leakOfSamples } from "../src/splitters/index.ts";

const filesOf = (content: Readonly<Record<string, string>>): FileSystem => ({
  list: () => Promise.resolve([]),
  stat: () => Promise.resolve(undefined),
  open: (path) => {
    const text = content[path];
    if (text === undefined) return Promise.reject(new SpectraiError("SPECTRAI_FILE_NOT_FOUND", path));
    const bytes = new TextEncoder().encode(text);
    return Promise.resolve({
      name: path,
      size: text === "huge" ? 1e12 : bytes.length,
      read: (at, n) => Promise.resolve(bytes.slice(at, at + n)),
    });
  },
});
const samples: SampleInfo[] = Array.from({ length: 10 }, (_, i) => ({ id: `cell ${i}.mat`, group: `${i}` }));
const create = async (
  options: Record<string, unknown>,
  content: Readonly<Record<string, string>> = {},
): Promise<Splitter> => fileSplit.create(fileSplitSchema.parse(options), { files: filesOf(content) });

describe("file", () => {
  it("reads ids, whatever the line ends, with comments and a byte order mark", async () => {
    const splitter = await create(
      { train: "train.txt", validation: "val.txt", test: "test.txt" },
      {
        "train.txt": "\ufeffcell 3.mat\r\ncell 1.mat\r\n\r\n",
        "val.txt": "# chosen by hand\n  cell 5.mat\n",
        "test.txt": "cell 9.mat\rcell 8.mat\rcell 9.mat",
      },
    );
    expect(splitter.split(samples, rng(1))).toEqual({ train: [1, 3], validation: [5], test: [8, 9] });
  });

  it("reads the first column of tables, with a heading, and paths that lead to the ids", async () => {
    const splitter = await create(
      { train: "train.csv", test: "test.csv" },
      {
        "train.csv": "image,mask\nimages/cell 3.mat,labels/cell 3.mat\nimages/a/cell 1.mat,x\n",
        "test.csv": '"cell 9.mat";1',
      },
    );
    expect(splitter.split(samples, rng(1))).toEqual({ train: [1, 3], validation: [], test: [9] });
    await expect(
      create({ test: "t.csv" }, { "t.csv": "image\nimages/other.mat" }).then((s) => s.split(samples, rng(1))),
    ).rejects.toThrow(/no sample "images\/other\.mat"; ids look like "cell 0\.mat"/);
  });

  it("trains on all that is not listed, less what is drawn for validation", async () => {
    const splitter = await create({ test: "test.txt", validation: 0.25 }, { "test.txt": "cell 0.mat\ncell 1.mat" });
    const { train, validation, test } = splitter.split(samples, rng(1));
    expect(test).toEqual([0, 1]);
    expect(validation).toHaveLength(2);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("takes rows", async () => {
    const splitter = await create({
      train: [
        [0, 3],
        [5, 6],
      ],
      validation: [3, 5],
      test: [6, 10],
    });
    expect(splitter.split(samples, rng(1))).toEqual({ train: [0, 1, 2, 5], validation: [3, 4], test: [6, 7, 8, 9] });
  });

  it("says what is wrong with a list", async () => {
    const refused = async (
      options: Record<string, unknown>,
      content: Record<string, string>,
      message: RegExp,
      code = "SPECTRAI_DATA_SPLIT",
    ): Promise<void> =>
      expect(create(options, content).then((s) => s.split(samples, rng(1)))).rejects.toEqual(
        expect.objectContaining({ code, message: expect.stringMatching(message) }),
      );
    await refused(
      { test: "t" },
      { t: "cell 0.mat\nnone\na\nb\nc" },
      /test: the data have no sample "none", "a", "b" and 1 more.*look like "cell 0\.mat"/,
    );
    await refused(
      { test: "t", validation: "v" },
      { t: "cell 0.mat", v: "cell 0.mat" },
      /Row 0 is both in the validation and in the test part/,
    );
    await refused({ test: "t" }, { t: "\n# nothing\n" }, /"t" lists no sample ids/);
    await refused({ test: "t" }, { t: "huge" }, /"t" has 1000000000000 bytes/, "SPECTRAI_FILE_TOO_LARGE");
    await refused({ test: "t" }, {}, /t/, "SPECTRAI_FILE_NOT_FOUND");
    await refused({ test: [5, 20] }, {}, /beyond the 10 samples/);
    await refused({ test: [0, 10] }, {}, /training part would be empty/);
  });
});

describe("leakOfSamples", () => {
  const of = (groups: readonly string[]): SampleInfo[] => groups.map((group, i) => ({ id: `${i}`, group }));

  it("counts test samples whose group was trained on", () => {
    const list = of(["a", "a", "b", "b", "c", "c"]);
    expect(leakOfSamples(list, { train: [0, 2], validation: [4], test: [1, 5] })).toBe(0.5);
    expect(leakOfSamples(list, { train: [0, 1], validation: [], test: [2, 3, 4, 5] })).toBe(0);
    expect(leakOfSamples(list, { train: [0, 2, 4], validation: [], test: [1, 3, 5] })).toBe(1);
  });

  it("counts test samples beside training ones where every sample is its own group", () => {
    const list = of(["a", "b", "c", "d", "e", "f"]);
    expect(leakOfSamples(list, { train: [0, 1, 2], validation: [], test: [3, 4, 5] })).toBeCloseTo(1 / 3);
    expect(leakOfSamples(list, { train: [0, 1, 2], validation: [], test: [3, 4, 5] }, 2)).toBeCloseTo(2 / 3);
    expect(leakOfSamples(list, { train: [0, 1], validation: [2], test: [3, 4, 5] })).toBe(0);
    expect(leakOfSamples(list, { train: [0, 2, 4], validation: [], test: [1, 3, 5] })).toBe(1);
    expect(leakOfSamples(list, { train: [0], validation: [], test: [] })).toBe(0);
  });
});

describe("leakOfPixels", () => {
  it("is what looking into every patch finds", () => {
    const cases = fc.record({
      height: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 9 }),
      patch: fc.integer({ min: 1, max: 8 }),
      labels: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 81, maxLength: 81 }),
    });
    fc.assert(
      fc.property(cases, ({ height, width, patch, labels }) => {
        const part = (label: number): number[] => labels.slice(0, height * width).map((v) => (v === label ? 1 : 0));
        const [train, test] = [part(1), part(2)];
        let tested = 0;
        let leaking = 0;
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) {
            if (!test[y * width + x]) continue;
            tested++;
            let found = false;
            for (let dy = 0; dy < patch; dy++)
              for (let dx = 0; dx < patch; dx++) {
                const [v, u] = [y + dy - Math.floor(patch / 2), x + dx - Math.floor(patch / 2)];
                if (v >= 0 && v < height && u >= 0 && u < width && train[v * width + u]) found = true;
              }
            if (found) leaking++;
          }
        expect(leakOfPixels({ height, width, train, test }, patch)).toBe(tested === 0 ? 0 : leaking / tested);
      }),
    );
  });

  it("is nearly all for pixels drawn at random, and none for blocks with a guard", () => {
    const [height, width] = [64, 64];
    const stream = rng(1, "pixels");
    const random = Float32Array.from({ length: height * width }, () => (stream.chance(0.1) ? 1 : 0));
    const rest = random.map((v) => 1 - v);
    // 1 − 0.9^48 = 0.994 inside the image, a little less at its edges.
    expect(leakOfPixels({ height, width, train: random, test: rest }, 7)).toBeGreaterThan(0.98);
    const columns = (from: number, to: number): number[] =>
      Array.from({ length: height * width }, (_, i) => (i % width >= from && i % width < to ? 1 : 0));
    expect(leakOfPixels({ height, width, train: columns(0, 30), test: columns(33, 64) }, 7)).toBe(0);
    expect(leakOfPixels({ height, width, train: columns(0, 30), test: columns(32, 64) }, 7)).toBe(1 / 32);
  });
});

import { linearAxis, ndarray, type Dataset, type FileContent, type Writer } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { matWriter, npyWriter, npzWriter, spectra, spectraSchema } from "../src/index.ts";
import { filePool } from "../src/dataset/pool.ts";
import { describeSpectra, matrixCache } from "../src/dataset/rows.ts";
import { written } from "./collect.ts";
import { collectingLogger, memoryFiles, ownFormats } from "./memory-files.ts";

type Contents = Record<string, Uint8Array | string>;
const open = (contents: Contents, options: Record<string, unknown>, logger = collectingLogger()): Promise<Dataset> =>
  Promise.resolve(
    spectra.create(spectraSchema.parse(options), { files: memoryFiles(contents), formats: ownFormats(), logger }),
  );
const npy = (rows: readonly (readonly number[])[], float32 = false): Promise<Uint8Array> => {
  const data = (float32 ? Float32Array : Float64Array).from(rows.flat());
  return written(npyWriter.create({}, {}) as Writer, {
    variables: { x: ndarray(data, [rows.length, rows[0]!.length]) },
  });
};
const mat = (content: FileContent): Promise<Uint8Array> =>
  written(matWriter.create({ compress: true }, {}) as Writer, content);
const npz = (content: FileContent): Promise<Uint8Array> =>
  written(npzWriter.create({ compress: false }, {}) as Writer, content);
const matrix = (rows: number, length: number, offset = 0): number[][] =>
  Array.from({ length: rows }, (_, r) => Array.from({ length }, (_c, c) => offset + r * length + c));
const values = async (set: Dataset, i: number): Promise<number[]> => Array.from((await set.read(i)).input.data);
const targetValues = async (set: Dataset, i: number): Promise<number[]> => {
  const { target } = await set.read(i);
  return target.kind === "spectral" ? Array.from(target.value.data) : [];
};

describe("where the spectra are", () => {
  it("a matrix, a row each, in the element type of the file", async () => {
    const set = await open({ "data.npy": await npy(matrix(3, 4), true) }, { input: "data.npy" });
    expect(set.samples.map((s) => [s.id, s.group])).toEqual([
      ["data.npy#0", "data.npy#0"],
      ["data.npy#1", "data.npy#1"],
      ["data.npy#2", "data.npy#2"],
    ]);
    const sample = await set.read(1);
    expect(sample.input).toMatchObject({ shape: [4], dtype: "float32", data: Float32Array.of(4, 5, 6, 7) });
    expect(sample.target).toEqual({ kind: "none" });
    await expect(set.read(3)).rejects.toMatchObject({ code: "SPECTRAI_INTERNAL" });
  });

  it("a matrix, a column each, told or shown by the axis in the file", async () => {
    const turned = matrix(4, 3);
    const told = await open({ "data.npy": await npy(turned) }, { input: "data.npy", orientation: "columns" });
    expect(told.samples).toHaveLength(3);
    expect(await values(told, 1)).toEqual([1, 4, 7, 10]);
    const file = await npz({
      variables: { x: ndarray(Float64Array.from(turned.flat()), [4, 3]) },
      axis: linearAxis(1, 4, 4, "nm"),
    });
    const shown = await open({ "data.npz": file }, { input: "data.npz" });
    expect(shown.spec.shape).toEqual([4]);
    expect(shown.spec.axis.unit).toBe("nm");
    expect(await values(shown, 2)).toEqual([2, 5, 8, 11]);
  });

  it("a folder of files in natural order, whichever way their vectors lie; other files are passed over", async () => {
    const set = await open(
      { "all/s10.npy": await npy([[1, 2, 3]]), "all/s2.npy": await npy([[4], [5], [6]]), "all/notes.md": "hello" },
      { input: "all" },
    );
    expect(set.samples.map((s) => s.id)).toEqual(["s2.npy", "s10.npy"]);
    expect(await values(set, 0)).toEqual([4, 5, 6]);
  });

  it("several matrices, grouped by file", async () => {
    const contents = { "runs/a.npy": await npy(matrix(2, 3)), "runs/b.npy": await npy(matrix(1, 3, 100)) };
    const set = await open(contents, { input: "runs/*.npy" });
    expect(set.samples.map((s) => s.group)).toEqual(["a.npy", "a.npy", "b.npy"]);
    expect(await values(set, 2)).toEqual([100, 101, 102]);
    const alone = await open(contents, { input: "runs/*.npy", groupBy: "none" });
    expect(alone.samples.map((s) => s.group)).toEqual(["a.npy#0", "a.npy#1", "b.npy"]);
  });

  it("a matrix file is read once for all its rows", async () => {
    const files = memoryFiles({ "data.npy": await npy(matrix(50, 40)) });
    const set = await spectra.create(spectraSchema.parse({ input: "data.npy" }), {
      files,
      formats: ownFormats(),
      logger: collectingLogger(),
    });
    for (let i = 0; i < 50; i++) await set.read(i);
    expect(files.read["data.npy"]!).toBeLessThan(1.5 * 50 * 40 * 8);
  });
});

describe("more than is held or looked at", () => {
  it("reads a matrix that is too large row by row, whichever way it lies", async () => {
    const contents = { "rows.npy": await npy(matrix(60, 50)), "columns.npy": await npy(matrix(50, 60)) };
    for (const [path, orientation] of [
      ["rows.npy", "rows"],
      ["columns.npy", "columns"],
    ] as const) {
      const files = memoryFiles(contents);
      const pool = filePool(files, ownFormats());
      const file = await describeSpectra(pool, matrixCache(4, 1000), path, {
        variable: undefined,
        orientation,
        option: "variable",
        length: undefined,
      });
      expect([file.rows, file.length]).toEqual([60, 50]);
      const before = files.read[path]!;
      const row = Array.from(await file.row(7));
      expect(row).toEqual(Array.from({ length: 50 }, (_, i) => (orientation === "rows" ? 7 * 50 + i : i * 60 + 7)));
      if (orientation === "rows") expect(files.read[path]! - before).toBe(50 * 8);
      await pool.dispose();
    }
  });

  it("opens only the first of very many files, and checks the others when they are read", async () => {
    const [one, two, longer] = [
      await npy([[1, 2]]),
      await npy([
        [1, 2],
        [3, 4],
      ]),
      await npy([[1, 2, 3]]),
    ];
    const contents = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`d/${i}.npy`, i === 10 ? two : i === 20 ? longer : one]),
    );
    const files = memoryFiles(contents);
    const set = await spectra.create(spectraSchema.parse({ input: "d" }), {
      files,
      formats: ownFormats(),
      logger: collectingLogger(),
    });
    expect(set.samples).toHaveLength(5000);
    expect(Object.keys(files.read)).toEqual(["d/0.npy"]);
    expect(await values(set, 4999)).toEqual([1, 2]);
    await expect(set.read(10)).rejects.toMatchObject({
      code: "SPECTRAI_DATA_LENGTH",
      message: expect.stringContaining("d/10.npy has 2"),
    });
    await expect(set.read(20)).rejects.toMatchObject({
      code: "SPECTRAI_DATA_LENGTH",
      message: expect.stringContaining("d/20.npy of 3"),
    });
  });
});

describe("which variable", () => {
  const two = {
    variables: {
      low: ndarray(
        Float64Array.from({ length: 12 }, (_, i) => i),
        [3, 4],
      ),
      high: ndarray(
        Float64Array.from({ length: 12 }, (_, i) => -i),
        [3, 4],
      ),
    },
  };

  it("the largest, or the named one; input and target can be in one file", async () => {
    const set = await open({ "a.mat": await mat(two) }, { input: "a.mat", variable: "low", targetVariable: "high" });
    expect(await values(set, 1)).toEqual([4, 5, 6, 7]);
    expect(await targetValues(set, 1)).toEqual([-4, -5, -6, -7]);
    const larger = await open(
      { "a.npz": await npz({ variables: { ...two.variables, small: ndarray(Float64Array.of(1)) } }) },
      { input: "a.npz", variable: "high" },
    );
    expect(larger.samples).toHaveLength(3);
  });

  it("says which there are when it is not clear, or not there", async () => {
    await expect(open({ "a.mat": await mat(two) }, { input: "a.mat" })).rejects.toMatchObject({
      code: "SPECTRAI_CONFIG_INVALID",
      message: expect.stringContaining("low [3, 4], high [3, 4]"),
    });
    await expect(open({ "a.mat": await mat(two) }, { input: "a.mat", variable: "lo" })).rejects.toMatchObject({
      code: "SPECTRAI_CONFIG_INVALID",
      message: expect.stringContaining('no variable "lo"'),
    });
  });

  it("a spectrum beside an axis of its own length is not the axis", async () => {
    const file = await npz({
      variables: { wavelength: ndarray(Float64Array.of(1, 2, 3)), y: ndarray(Float64Array.of(7, 8, 9)) },
    });
    const set = await open({ "a.npz": file }, { input: "a.npz", axis: { variable: "wavelength", unit: "nm" } });
    expect(await values(set, 0)).toEqual([7, 8, 9]);
    expect(set.spec.axis.values).toEqual(Float64Array.of(1, 2, 3));
  });
});

describe("targets", () => {
  it("pairs files by name, whatever their format, and warns of targets left over", async () => {
    const logger = collectingLogger();
    const set = await open(
      {
        "in/x/1.npy": await npy([[1, 2]]),
        "in/x/2.npy": await npy([[3, 4]]),
        "out/x/2.mat": await mat({ variables: { t: ndarray(Float64Array.of(30, 40)) } }),
        "out/x/1.npy": await npy([[10, 20]]),
        "out/x/3.npy": await npy([[0, 0]]),
      },
      { input: "in", target: "out" },
      logger,
    );
    expect(await targetValues(set, 0)).toEqual([10, 20]);
    expect(await targetValues(set, 1)).toEqual([30, 40]);
    expect(logger.warnings.join()).toContain("out/x/3.npy");
  });

  it("gives targets of another length an axis of their own", async () => {
    const set = await open(
      { "in.npy": await npy(matrix(2, 3)), "out.npy": await npy(matrix(2, 5)) },
      { input: "in.npy", target: "out.npy", targetAxis: { unit: "nm", start: 1, stop: 5 } },
    );
    expect(set.spec.target).toEqual({ kind: "spectral", shape: [5], axis: linearAxis(1, 5, 5, "nm") });
  });

  it("takes classes from folders or from file names", async () => {
    const contents = {
      "data/tumour/a.npy": await npy(matrix(1, 3)),
      "data/normal/a.npy": await npy(matrix(1, 3)),
      "data/normal/deep/b.npy": await npy(matrix(1, 3)),
    };
    const set = await open(contents, { input: "data" });
    expect(set.spec.target).toEqual({ kind: "class", classes: ["normal", "tumour"] });
    expect(set.samples.map((s) => s.class)).toEqual([0, 0, 1]);
    const named = await open(contents, { input: "data", classNames: ["tumour", "normal"] });
    expect(named.samples.map((s) => s.class)).toEqual([1, 1, 0]);
    const byFile = await open(
      { "d/oak.npy": await npy(matrix(2, 3)), "d/ash.npy": await npy(matrix(1, 3)) },
      { input: "d", classes: "file" },
    );
    expect(byFile.samples.map((s) => [s.class, s.group])).toEqual([
      [0, "ash.npy"],
      [1, "oak.npy#0"],
      [1, "oak.npy#1"],
    ]);
    expect(await open(contents, { input: "data", classes: "none" }).then((s) => s.spec.target.kind)).toBe("none");
  });

  it("takes classes from numbers that count from 0 or 1", async () => {
    const table = (labels: readonly number[]): string =>
      `label,500,510,530\n${labels.map((k) => `${k},1,3,2`).join("\n")}\n`;
    const classes = async (labels: readonly number[], options: object = {}): Promise<unknown> =>
      (await open({ "t.csv": table(labels) }, { input: "t.csv", labels: "label", ...options })).samples.map(
        (s) => s.class,
      );
    expect(await classes([7, 3, 7])).toEqual([1, 0, 1]);
    expect(await classes([2, 1, 2], { classNames: ["a", "b"] })).toEqual([1, 0, 1]);
    expect(await classes([1, 0, 1], { classNames: ["a", "b"] })).toEqual([1, 0, 1]);
    await expect(classes([1, 3, 2], { classNames: ["a", "b"] })).rejects.toMatchObject({
      code: "SPECTRAI_DATA_LABEL",
      message:
        "t.csv, row 1: the label 3 is out of range: 2 classes are labelled 1 to 2. Mend the label or remove the row.",
    });
    await expect(classes([1, 0.5, 2])).rejects.toMatchObject({ code: "SPECTRAI_DATA_LABEL" });
    await expect(classes([1, 1])).rejects.toMatchObject({
      code: "SPECTRAI_DATA_LABEL",
      message: expect.stringContaining("only one class"),
    });
  });

  it("groups by a column, by folder and by rows", async () => {
    const table = "patient,500,510,530\np1,1,3,2\np1,1,3,2\np2,1,3,2\n";
    const groups = async (options: object): Promise<unknown> =>
      (await open({ "x/t.csv": table, "x/y/u.csv": table }, { input: "x", ...options })).samples.map((s) => s.group);
    expect(await groups({ groupColumn: "patient" })).toEqual(["p1", "p1", "p2", "p1", "p1", "p2"]);
    expect(await groups({ groupBy: "folder" })).toEqual(["", "", "", "y", "y", "y"]);
    expect(await groups({ groupBy: "rows", groupRows: 2 })).toEqual([
      "t.csv#0",
      "t.csv#0",
      "t.csv#2",
      "y/u.csv#0",
      "y/u.csv#0",
      "y/u.csv#2",
    ]);
    await expect(groups({ groupBy: "column" })).rejects.toMatchObject({ code: "SPECTRAI_CONFIG_INVALID" });
  });

  it("refuses two kinds of target", async () => {
    await expect(
      open({ "a.npy": await npy(matrix(2, 3)) }, { input: "a.npy", target: "a.npy", classes: "file" }),
    ).rejects.toMatchObject({
      code: "SPECTRAI_CONFIG_INVALID",
      message: expect.stringContaining("target and classes"),
    });
  });
});

describe("what is wrong with the data", () => {
  const good = matrix(2, 4);
  const cases: [string, () => Promise<Contents>, Record<string, unknown>, string, RegExp][] = [
    ["a missing file", async () => ({}), { input: "no.npy" }, "SPECTRAI_FILE_NOT_FOUND", /no\.npy/],
    [
      "a glob that matches nothing",
      async () => ({ "a.npy": await npy(good) }),
      { input: "*.mat" },
      "SPECTRAI_FILE_NOT_FOUND",
      /\*\.mat/,
    ],
    ["an empty folder", async () => ({}), { input: "empty" }, "SPECTRAI_DATA_EMPTY", /folder empty is empty/],
    [
      "a folder of unknown formats",
      async () => ({ "x/a.docx": "PK" }),
      { input: "x" },
      "SPECTRAI_FILE_UNSUPPORTED",
      /a\.docx/,
    ],
    [
      "an unknown extension",
      async () => ({ "a.xyz1": "1" }),
      { input: "a.xyz1" },
      "SPECTRAI_FILE_UNSUPPORTED",
      /a\.xyz1/,
    ],
    [
      "a wrong extension",
      async () => ({ "a.mat": await npy(good) }),
      { input: "a.mat" },
      "SPECTRAI_FILE_DAMAGED",
      /a\.mat.*not a MATLAB file/,
    ],
    [
      "a 3-D array",
      async () => ({ "a.mat": await mat({ variables: { cube: ndarray(new Float64Array(24), [2, 3, 4]) } }) }),
      { input: "a.mat" },
      "SPECTRAI_DATA_SHAPE",
      /"cube" has the shape \[2, 3, 4\].*"cubes"/,
    ],
    [
      "an empty array",
      async () => ({ "a.mat": await mat({ variables: { x: ndarray(new Float64Array(0), [0, 4]) } }) }),
      { input: "a.mat" },
      "SPECTRAI_DATA_EMPTY",
      /"x" is empty/,
    ],
    [
      "lengths that differ",
      async () => ({ "x/a.npy": await npy(good), "x/b.npy": await npy(matrix(2, 5)) }),
      { input: "x" },
      "SPECTRAI_DATA_LENGTH",
      /x\/a\.npy has spectra of 4 points, x\/b\.npy of 5/,
    ],
    [
      "other numbers of inputs and targets",
      async () => ({ "a.npy": await npy(good), "b.npy": await npy(matrix(3, 4)) }),
      { input: "a.npy", target: "b.npy" },
      "SPECTRAI_DATA_LENGTH",
      /a\.npy has 2 spectra, b\.npy has 3/,
    ],
    [
      "an input without its target",
      async () => ({ "x/1.npy": await npy(good), "x/2.npy": await npy(good), "y/1.npy": await npy(good) }),
      { input: "x", target: "y" },
      "SPECTRAI_FILE_NOT_FOUND",
      /x\/2\.npy has no target: y/,
    ],
    [
      "labels of another number",
      async () => ({ "a.npy": await npy(good), "l.csv": "label\na\nb\nc\n" }),
      { input: "a.npy", table: "l.csv", labels: "label" },
      "SPECTRAI_DATA_LENGTH",
      /3 entries, but a\.npy has 2 spectra/,
    ],
    [
      "a label column that is not there",
      async () => ({ "a.csv": "kind,500,510,530\nx,1,3,2\ny,1,3,2\n" }),
      { input: "a.csv", labels: "label" },
      "SPECTRAI_CONFIG_INVALID",
      /no column or variable "label".*kind/,
    ],
    [
      "an axis of another length",
      async () => ({ "a.npy": await npy(good), "x.npy": await npy([[1, 2, 3]]) }),
      { input: "a.npy", axis: { unit: "nm", file: "x.npy", variable: "data" } },
      "SPECTRAI_DATA_AXIS",
      /3 values in "data", but the spectra have 4/,
    ],
    [
      "an axis that turns back",
      async () => ({ "a.npy": await npy(good), "x.npy": await npy([[1, 2, 2, 3]]) }),
      { input: "a.npy", axis: { unit: "nm", file: "x.npy" } },
      "SPECTRAI_DATA_AXIS",
      /turns at point 2/,
    ],
    [
      "different axes",
      async () => ({ "x/a.csv": "nm,s\n1,5\n2,6\n3,5\n", "x/b.csv": "nm,s\n1,5\n2.5,6\n3,5\n" }),
      { input: "x" },
      "SPECTRAI_DATA_AXIS",
      /x\/a\.csv and x\/b\.csv have different/,
    ],
    [
      "a value that is no number",
      async () => ({ "a.csv": "p,q,500,510,530\n1,2,1,3,2\nx,2,1,3,2\n" }),
      { input: "a.csv", values: ["p"] },
      "SPECTRAI_DATA_VALUE",
      /column "p", row 1: "x"/,
    ],
  ];
  it.each(cases)("%s", async (_, contents, options, code, message) => {
    await expect(contents().then((c) => open(c, options))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it.each([NaN, Infinity, -Infinity])("%d, when the sample is read", async (bad) => {
    const rows = matrix(3, 4);
    rows[1]![2] = bad;
    const set = await open({ "a.npy": await npy(rows) }, { input: "a.npy" });
    await set.read(0);
    await expect(set.read(1)).rejects.toMatchObject({
      code: "SPECTRAI_DATA_VALUE",
      message: expect.stringContaining(`a.npy, row 1, point 2: the value is ${bad}. Remove`),
    });
    const target = await open(
      { "a.npy": await npy(rows), "b.npy": await npy(matrix(3, 4)) },
      { input: "b.npy", target: "a.npy" },
    );
    await expect(target.read(1)).rejects.toMatchObject({ code: "SPECTRAI_DATA_VALUE" });
  });

  it("a misspelt option", () => {
    expect(() => spectraSchema.parse({ input: "a.npy", orientations: "rows" })).toThrow("orientations");
    expect(() => spectraSchema.parse({ input: "a.npy", axis: { unit: "nm", start: 1 } })).toThrow(
      "start and stop go together",
    );
  });
});

import type { DataFile } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/bytes/source.ts";
import { openCsv, type CsvOptions } from "../src/csv/open.ts";
import { parseNumber } from "../src/csv/numbers.ts";

const auto: CsvOptions = { delimiter: "auto", decimal: "auto", header: "auto" };
const open = (text: string | Uint8Array, options: Partial<CsvOptions> = {}): Promise<DataFile> =>
  openCsv(bytesSource("table.csv", typeof text === "string" ? new TextEncoder().encode(text) : text), {
    ...auto,
    ...options,
  });
const numbers = async (file: DataFile, name: string): Promise<number[]> =>
  Array.from((await file.read(name)).data as Float64Array);
const spectraOf = async (file: DataFile): Promise<{ shape: readonly number[]; values: number[] }> => {
  const { shape, data } = await file.read("spectra");
  return { shape, values: Array.from(data as Float64Array) };
};

describe("which way a table lies", () => {
  it("takes the axis from the heading, and labels and values from the other columns", async () => {
    const file = await open('class,moisture,1100,1102.5,1105\n"oak, old",10.5,1,2,3\nbeech,9,4,5,6\n');
    expect(await spectraOf(file)).toEqual({ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] });
    expect(await numbers(file, "axis")).toEqual([1100, 1102.5, 1105]);
    expect(await file.readText("class")).toEqual(["oak, old", "beech"]);
    expect(await numbers(file, "moisture")).toEqual([10.5, 9]);
    expect(file.axis).toBeUndefined();
  });

  it("takes the axis from the first column, and its unit from the heading", async () => {
    const file = await open("Raman shift,leaf,bark\n400.5,1,4\n401.5,2,5\n402.5,3,6\n");
    expect(await spectraOf(file)).toEqual({ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] });
    expect(file.axis).toEqual({ name: "spectral", unit: "cm-1", values: Float64Array.of(400.5, 401.5, 402.5) });
    expect(await file.readText("names")).toEqual(["leaf", "bark"]);
  });

  it("takes two columns without heading for a spectrum over its axis, falling or rising", async () => {
    const file = await open("# exported\n1800.1\t12\n1799\t15\n1798.2\t11\n");
    expect(await spectraOf(file)).toEqual({ shape: [1, 3], values: [12, 15, 11] });
    expect(await numbers(file, "axis")).toEqual([1800.1, 1799, 1798.2]);
  });

  it("takes a first row that rises as an axis does for one, though it has no text", async () => {
    const file = await open("1100,1102,1104,1106\n0.1,0.3,0.2,0.4\n0.2,0.1,0.3,0.2\n");
    expect((await spectraOf(file)).shape).toEqual([2, 4]);
    expect(await numbers(file, "axis")).toEqual([1100, 1102, 1104, 1106]);
  });

  it("numbers the points of a matrix without heading, or with a counting one", async () => {
    expect(await spectraOf(await open("3,1,2\n4,1,5\n"))).toEqual({ shape: [2, 3], values: [3, 1, 2, 4, 1, 5] });
    const counted = await open(",0,1,2\n0,3,1,2\n1,4,1,5\n");
    expect(await spectraOf(counted)).toEqual({ shape: [2, 3], values: [3, 1, 2, 4, 1, 5] });
    expect(counted.variables.map((v) => v.name)).not.toContain("axis");
  });

  it("finds columns that are numbered by name", async () => {
    const names = Array.from({ length: 9 }, (_, i) => `abs_${i + 1}`);
    const file = await open(
      `${names.join(",")},fat\n${names.map((_, i) => i).join(",")},7\n${names.map((_, i) => 2 * i).join(",")},8\n`,
    );
    expect((await spectraOf(file)).shape).toEqual([2, 9]);
    expect(await numbers(file, "fat")).toEqual([7, 8]);
  });

  it("takes a heading that lacks the name of the first column, as R writes it", async () => {
    const file = await open("500,501.5,503\ns1,3,1,2\ns2,4,1,5\ns3,1,1,1\n");
    expect((await spectraOf(file)).shape).toEqual([3, 3]);
    expect(await file.readText("column1")).toEqual(["s1", "s2", "s3"]);
  });

  it("lists the columns of a table that has no spectra", async () => {
    const file = await open("Moisture,Oil\n10.4,3.6\n10.5,NA\n");
    expect(file.variables.map((v) => [v.name, v.kind])).toEqual([
      ["Moisture", "numeric"],
      ["Oil", "numeric"],
    ]);
    expect(await numbers(file, "Oil")).toEqual([3.6, NaN]);
  });
});

describe("dialects", () => {
  it.each([
    ["semicolon and decimal comma", "x;400,5;401,5;402,5\na;1,5;2;-3e-2\nb;4;5,25;6\n"],
    ["tab and decimal comma", "x\t400,5\t401,5\t402,5\na\t1,5\t2\t-3e-2\nb\t4\t5,25\t6\n"],
    ["blanks", "x  400.5 401.5   402.5\na 1.5 2 -3e-2  \n b 4 5.25 6\n"],
    ["pipes, quotes and carriage returns", '"x"|"400.5"|"401.5"|402.5\r\n"a"|"1.5"|2|-3e-2\r\nb|4|5.25|6\r\n'],
    [
      "a byte order mark, a preamble, comments and empty lines",
      "\ufeffInstrument: X\n\nx,400.5,401.5,402.5\n# a comment\na,1.5,2,-3e-2\n\nb,4,5.25,6",
    ],
  ])("finds out %s", async (_, text) => {
    const file = await open(text);
    expect(await spectraOf(file)).toEqual({ shape: [2, 3], values: [1.5, 2, -0.03, 4, 5.25, 6] });
    expect(await numbers(file, "axis")).toEqual([400.5, 401.5, 402.5]);
    expect(await file.readText("x")).toEqual(["a", "b"]);
  });

  it("reads UTF-16 and Windows-1252", async () => {
    const text = "näme,500,510,530\nÄpfel,1,3,2\n";
    const utf16 = new Uint8Array(Uint16Array.from(`\ufeff${text}`, (c) => c.charCodeAt(0)).buffer);
    expect(await (await open(utf16)).readText("näme")).toEqual(["Äpfel"]);
    const latin = Uint8Array.from(text, (c) => c.charCodeAt(0));
    expect(await (await open(latin)).readText("näme")).toEqual(["Äpfel"]);
  });

  it("does as it is told", async () => {
    const file = await open("1,2,3\n3,1,2\n", { header: "no" });
    expect((await spectraOf(file)).shape).toEqual([2, 3]);
    expect(
      (await spectraOf(await open("1;2,5;3\n", { delimiter: "semicolon", decimal: "comma", header: "no" }))).values,
    ).toEqual([1, 2.5, 3]);
  });

  it("keeps quotes, delimiters and newlines inside quoted cells", async () => {
    const file = await open('name,500,510,530\n"a ""b"", c\nd",1,3,2\ne,2,1,3\n');
    expect(await file.readText("name")).toEqual(['a "b", c\nd', "e"]);
  });
});

describe("what is wrong with a table", () => {
  it.each([
    ["a short row", "x,500,510,530\na,1,2,3\nb,1,2\n", "SPECTRAI_FILE_DAMAGED", "line 3 has 3 cells, where 4 are due"],
    [
      "text among the numbers",
      `x,500,510,530\n${"a,1,2,3\n".repeat(60)}b,1,oops,3\n`,
      "SPECTRAI_DATA_VALUE",
      'table.csv, line 62, column 3: "oops" is not a number',
    ],
    ["nothing", "\n\n", "SPECTRAI_DATA_EMPTY", "table.csv has no rows"],
    ["a heading alone", "x,y\n", "SPECTRAI_DATA_EMPTY", "heading but no rows"],
    [
      "an axis that turns back",
      "wavelength (nm),a\n400,1\n401,2\n402,3\n".concat(
        Array.from({ length: 60 }, (_, i) => `${403 + i},1\n`).join(""),
        "5,1\n",
      ),
      "SPECTRAI_DATA_AXIS",
      "turns at point 63",
    ],
    ["no text at all", new Uint8Array([1, 0, 2, 3]), "SPECTRAI_FILE_UNSUPPORTED", "not a text file"],
  ])("says so of %s", async (_, text, code, message) => {
    await expect(open(text)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe("numbers", () => {
  const parse = (text: string): number | undefined => parseNumber(new TextEncoder().encode(text), 0, text.length, 46);

  it("rounds as JavaScript does", () => {
    for (let i = 0; i < 20_000; i++) {
      const value = Math.sin(i) * 10 ** ((i % 60) - 30);
      const digits = 1 + (i % 17);
      for (const text of [
        String(value),
        value.toExponential(digits),
        value.toFixed(Math.min(20, digits)),
        value.toPrecision(digits),
      ])
        expect(parse(text)).toBe(Number(text));
    }
  });

  it("tells text, missing values and infinities apart", () => {
    expect(["", "NaN", "n/a", "-", "?"].map(parse)).toEqual([NaN, NaN, NaN, NaN, NaN]);
    expect(["inf", "-Infinity"].map(parse)).toEqual([Infinity, -Infinity]);
    expect(["1e", "1.2.3", "12a", "abc", "0x10", "1 2", "--1"].map(parse)).toEqual(Array(7).fill(undefined));
    expect(["+5", ".5", "5.", "-0"].map(parse)).toEqual([5, 0.5, 5, -0]);
  });
});

it("reads 10 MB in a moment", async () => {
  const row = Array.from({ length: 1000 }, (_, i) => (Math.sin(i) * 100).toFixed(6)).join(",");
  const text = new TextEncoder().encode(
    `id,${Array.from({ length: 1000 }, (_, i) => 400 + i / 2).join(",")}\n${Array.from({ length: 1000 }, (_, r) => `s${r},${row}`).join("\n")}\n`,
  );
  expect(text.length).toBeGreaterThan(10e6);
  const began = process.cpuUsage();
  const file = await open(text);
  expect((await file.read("spectra")).shape).toEqual([1000, 1000]);
  const { user, system } = process.cpuUsage(began);
  // Processor time, as other tests may run beside this one; the limit only catches a slip to a parser that makes strings.
  expect((user + system) / 1000).toBeLessThan(2000);
});

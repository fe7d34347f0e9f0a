import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DataFile, NdArray } from "@spectrai/core";
import { fileSource } from "@spectrai/core/node";
import { dataFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { openEnvi } from "../src/envi/open.ts";
import { formatsWith } from "./envi-samples.ts";

const data = dataFolder();
const folder = join(data ?? "", "formats/envi");

const opened = async <T>(path: string, work: (file: DataFile) => Promise<T>): Promise<T> => {
  const source = await fileSource(join(folder, path));
  const file = await openEnvi(source);
  try {
    return await work(file);
  } finally {
    await file.close();
    await source.close!();
  }
};

const sum = ({ data: values }: NdArray): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += Number(values[i]);
  return total;
};

interface Expected {
  readonly paths: readonly string[];
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly (readonly [place: readonly number[], value: number])[];
  readonly total: number;
  readonly axis: { readonly unit: string; readonly ends: readonly [number, number] };
}

/** By NumPy: `fromfile(raw, type).reshape(as stored).transpose(to lines, samples, bands)`; sums in float64. */
const expected: readonly Expected[] = [
  {
    paths: ["afalty_polymer_grid/grid.hdr", "afalty_polymer_grid/grid.dat"],
    shape: [20, 20, 256],
    dtype: "uint16",
    values: [
      [[0, 0, 0], 6478],
      [[3, 7, 11], 8172],
      [[19, 19, 255], 78],
    ],
    total: 487829450,
    axis: { unit: "nm", ends: [962.401817, 2492.541856] },
  },
  {
    paths: ["plantcv/corn-kernel-hyperspectral.hdr", "plantcv/corn-kernel-hyperspectral.raw"],
    shape: [31, 43, 580],
    dtype: "uint16",
    values: [
      [[0, 0, 0], 22],
      [[3, 7, 11], 10],
      [[30, 42, 579], 16],
    ],
    total: 465077677,
    axis: { unit: "nm", ends: [366.551, 1048.421] },
  },
  {
    paths: ["enmapbox/engeomap/cubus_gamsberg_subset", "enmapbox/engeomap/cubus_gamsberg_subset.hdr"],
    shape: [25, 10, 189],
    dtype: "float32",
    values: [
      [[0, 0, 0], 662.00634765625],
      [[3, 7, 11], 1703.7744140625],
      [[24, 9, 188], 4438],
    ],
    total: 193859934.66792774,
    axis: { unit: "nm", ends: [426.820007, 2324.909912] },
  },
  {
    paths: ["openspecy/CA_tiny_map.zip"],
    shape: [13, 16, 427],
    dtype: "float32",
    values: [
      [[0, 0, 0], -0.8599975109100342],
      [[3, 7, 11], -0.32741332054138184],
      [[12, 15, 426], -0.740739643573761],
    ],
    total: -17442.98912147709,
    axis: { unit: "cm-1", ends: [717.42, 4003.67] },
  },
  {
    paths: ["enmapbox/envi/library_berlin.hdr", "enmapbox/envi/library_berlin.sli"],
    shape: [75, 177],
    dtype: "float64",
    values: [
      [[0, 0], 589.9561196565628],
      [[5, 9], 495.35300582647324],
      [[74, 176], 108.24301280081272],
    ],
    total: 23583924.414929934,
    axis: { unit: "um", ends: [0.46, 2.409] },
  },
  {
    paths: ["enmapbox/engeomap/gamsberg_field_library", "enmapbox/engeomap/gamsberg_field_library.hdr"],
    shape: [27, 2151],
    dtype: "float64",
    values: [
      [[0, 0], 0.1464546024799347],
      [[5, 9], 0.05395064130425453],
      [[26, 2150], 0.15109555423259735],
    ],
    total: 13291.592923703094,
    axis: { unit: "nm", ends: [350, 2500] },
  },
];

describe.skipIf(!data)("ENVI files of other programs", () => {
  it.each(expected.flatMap((e) => e.paths.map((path) => [path, e] as const)))(
    "%s has the values that NumPy reads",
    async (path, e) => {
      await opened(path, async (file) => {
        const name = e.shape.length === 2 ? "spectra" : "data";
        const array = await file.read(name);
        expect(array).toMatchObject({ shape: e.shape, dtype: e.dtype });
        for (const [place, value] of e.values) {
          expect(array.data[place.reduce((at, p, d) => at * e.shape[d]! + p, 0)]).toBe(value);
          const one = await file.read(
            name,
            place.map((p) => [p, p + 1] as const),
          );
          expect(one.data[0]).toBe(value);
        }
        // NumPy adds pairwise; a sum in another order differs in the last digits.
        expect(Math.abs(sum(array) / e.total - 1)).toBeLessThan(1e-12);
        expect(file.axis?.unit).toBe(e.axis.unit);
        expect([file.axis?.values[0], file.axis?.values.at(-1)]).toEqual(e.axis.ends);
        expect(file.axis?.values.length).toBe(e.shape.at(-1));
      });
    },
  );

  it("tells where the unit of the axis was not given", async () => {
    await opened("enmapbox/engeomap/cubus_gamsberg_subset.hdr", async (file) =>
      expect(file.attributes["notes"]).toEqual([
        expect.stringContaining("no unit for the wavelengths; 426.820007 to 2324.909912 are taken to be nm"),
      ]),
    );
    await opened("openspecy/CA_tiny_map.zip", async (file) =>
      expect(file.attributes["notes"]).toEqual([expect.stringContaining('the plot title "Wavenumbers (cm-1)"')]),
    );
  });

  it("names the spectra of a library as the table beside it does", async () => {
    const table = await readFile(join(folder, "enmapbox/envi/library_berlin.csv"), "utf8");
    const names = table
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(",")[0]);
    await opened("enmapbox/envi/library_berlin.sli", async (file) =>
      expect(await file.readText("names")).toEqual(names),
    );
  });

  it("is found for every file by the formats, whatever its extension", async () => {
    const formats = await formatsWith();
    for (const path of expected.flatMap((e) => e.paths)) {
      const source = await fileSource(join(folder, path));
      const file = await formats.open(source);
      expect(file.attributes["format"], path).toBe("envi");
      await file.close();
      await source.close!();
    }
  });
});

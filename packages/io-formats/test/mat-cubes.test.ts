import { readFileSync } from "node:fs";
import { join } from "node:path";
import { linearAxis, ndarray } from "@spectrai/core";
import { dataFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/bytes/source.ts";
import { matWriter } from "../src/index.ts";
import { openMat } from "../src/mat/open.ts";
import { written } from "./collect.ts";

const open = (name: string, bytes: Uint8Array) => openMat(bytesSource(name, bytes));

describe("cubes in MATLAB files", () => {
  it.each([true, false])("are written with their axis and classes, compressed: %s", async (compress) => {
    const cube = ndarray(
      Float32Array.from({ length: 24 }, (_, i) => i),
      [2, 3, 4],
    );
    const color = [1, 2, 3] as const;
    const bytes = await written(await matWriter.create({ compress }, {}), {
      variables: { data: cube },
      axis: linearAxis(400, 700, 4, "nm"),
      classes: [
        { name: "Straße", color },
        { name: "tree", color },
      ],
    });
    const file = await open("cube.mat", bytes);
    expect(await file.read("data")).toEqual(cube);
    expect(file.axis).toEqual(linearAxis(400, 700, 4, "nm"));
    expect(await file.readText("class_names")).toEqual(["Straße", "tree"]);
    if (compress) return;
    // Column by column: the numbers 0, 12 (next row), 4 and 16 (next column), … follow each other.
    const pattern = new Uint8Array(Float32Array.of(0, 12, 4, 16, 8, 20, 1, 13).buffer);
    expect(Buffer.from(bytes).indexOf(pattern)).toBeGreaterThan(0);
  });

  it.skipIf(!dataFolder())("are read out of structs: wavelengths and bad bands of the Salton Sea scene", async () => {
    const path = join(dataFolder()!, "hsi-salton-sea", "salton_sea_roi.mat");
    const file = await open(path, new Uint8Array(readFileSync(path)));
    const shapes = Object.fromEntries(file.variables.map((v) => [v.name, v.shape]));
    expect(shapes).toMatchObject({ I: [51, 56, 224], wl: [1, 224], bbl: [1, 224], "params.wavelength": [1, 224] });
    // Values from SciPy.
    const pixel = await file.read("I", [
      [3, 4],
      [4, 5],
      [5, 6],
    ]);
    expect(pixel.data[0]).toBe(0.0526);
    const wavelength = (await file.read("params.wavelength")).data as Float64Array;
    expect(Array.from(wavelength.slice(0, 3))).toEqual([365.9136593, 375.5776593, 385.2466593]);
    expect(await file.readText("params.wavelength_units")).toEqual(["Nanometers"]);
    const bad = Array.from((await file.read("bbl")).data as Uint8Array, (g, b) => (g === 0 ? b : -1)).filter(
      (b) => b >= 0,
    );
    const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
    expect(bad).toEqual([...range(107, 113), ...range(153, 167)]);
    // The spectrometers overlap, also where the bad bands are left out.
    const falls = range(1, 224).filter((b) => wavelength[b]! <= wavelength[b - 1]!);
    expect(falls).toEqual([32, 96, 160]);
  });
});

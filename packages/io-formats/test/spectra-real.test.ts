import { existsSync } from "node:fs";
import { join } from "node:path";
import { nodeFileSystem } from "@spectrai/core/node";
import { dataFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { spectra, spectraSchema } from "../src/index.ts";
import { collectingLogger, ownFormats } from "./memory-files.ts";

const data = dataFolder();
const open = (options: Record<string, unknown>, logger = collectingLogger()) =>
  spectra.create(spectraSchema.parse(options), { files: nodeFileSystem(data!), formats: ownFormats(), logger });

describe.skipIf(!data)("spectra of measured data sets", () => {
  it("pairs two matrices by row, with an axis from the options", async () => {
    const set = await open({
      input: "raman-cells/input_spectra.mat",
      target: "raman-cells/target_spectra.mat",
      axis: { unit: "cm-1", start: 500, stop: 1800 },
    });
    expect(set.samples).toHaveLength(1000);
    expect(set.spec.shape).toEqual([500]);
    expect(set.spec.axis.values[499]).toBe(1800);
    expect(set.spec.target).toMatchObject({ kind: "spectral", shape: [500] });
    const sample = await set.read(0);
    expect(sample.id).toBe("input_spectra.mat#0");
    expect(Array.from(sample.input.data.subarray(0, 3))).toEqual([
      0.07792207792207792, 0.07792207792207792, 0.07142857142857142,
    ]);
    expect(sample.target.kind === "spectral" && sample.target.value.data[0]).toBe(0.07706288622319157);
    const last = await set.read(999);
    expect(last.input.data[499]).toBe(0.02666666666666667);
    // Rows are views of one matrix.
    expect(last.input.data.buffer).toBe(sample.input.data.buffer);
    await set.dispose?.();
  });

  it("takes classes from folders", async () => {
    const set = await open({ input: "raman-two-class" });
    expect(set.samples).toHaveLength(400);
    expect(set.spec.target).toEqual({ kind: "class", classes: ["class_1", "class_2"] });
    expect(set.samples[1]).toEqual({
      id: "class_1/Class_1_Sample_2.mat",
      group: "class_1/Class_1_Sample_2.mat",
      class: 0,
    });
    expect((await set.read(399)).target).toEqual({ kind: "class", value: 1 });
    await set.dispose?.();
  });

  it("takes classes from a column, and warns of an axis without a unit", async () => {
    const logger = collectingLogger();
    const set = await open(
      { input: "spectra-chemometricsdata/Fresh_Meats/Fresh_meats.csv", labels: "meat", groupColumn: "sample" },
      logger,
    );
    expect(set.spec.target).toEqual({ kind: "class", classes: ["Chicken", "Pork", "Turkey"] });
    expect(set.spec.axis.unit).toBe("index");
    expect(logger.warnings.join()).toContain("no unit");
    const withUnit = await open({
      input: "spectra-chemometricsdata/Fresh_Meats/Fresh_meats.csv",
      labels: "meat",
      axis: { unit: "cm-1" },
    });
    expect(withUnit.spec.axis.values[0]).toBe(1005.3495);
    await set.dispose?.();
    await withUnit.dispose?.();
  });

  it("takes values from a table beside the spectra", async () => {
    const folder = "spectra-chemometricsdata/Cargill_Corn";
    const set = await open({
      input: `${folder}/m5_spectra.csv`,
      table: `${folder}/property_values.csv`,
      values: ["Moisture", "Protein"],
      valueUnits: ["%", "%"],
    });
    expect(set.spec.target).toEqual({ kind: "numbers", names: ["Moisture", "Protein"], units: ["%", "%"] });
    expect((await set.read(1)).target).toEqual({ kind: "numbers", value: Float64Array.of(10.409, 8.658) });
    await set.dispose?.();
  });

  it("calibrates one instrument to another", async () => {
    const folder = "spectra-chemometricsdata/Cargill_Corn";
    const set = await open({
      input: `${folder}/mp5_spectra.csv`,
      target: `${folder}/m5_spectra.csv`,
      axis: { unit: "nm" },
    });
    expect(set.spec.target).toMatchObject({ kind: "spectral", shape: [700] });
    expect(set.spec.axis.values[699]).toBe(2498);
    await set.dispose?.();
  });

  it("reads an axis from a variable of the same npz", async () => {
    expect(existsSync(join(data!, "raman-chondro-map/chondro.npz"))).toBe(true);
    const set = await open({
      input: "raman-chondro-map/chondro.npz",
      axis: { variable: "axis", unit: "cm-1" },
      table: "raman-chondro-map/chondro.meta.csv",
      groupColumn: "y",
    });
    expect(set.samples).toHaveLength(875);
    expect(new Set(set.samples.map((s) => s.group)).size).toBe(25);
    expect(set.spec.axis.values[0]).toBeCloseTo(602, 0);
    await set.dispose?.();
  });
});

import { openWorkbench, services as tokens } from "@spectrai/core";
import { nodeFileSystem } from "@spectrai/core/node";
import { dataFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import plugin, { cubes, cubesSchema } from "../src/index.ts";
import { allTraining } from "./all-training.ts";
import { collectingLogger, ownFormats } from "./memory-files.ts";

const data = dataFolder();
const open = (options: Record<string, unknown>) =>
  cubes.create(cubesSchema.parse(options), {
    files: nodeFileSystem(data!),
    formats: ownFormats(),
    logger: collectingLogger(),
    seed: 1,
  });

const opened = async (options: Record<string, unknown>) => allTraining(await open(options));

describe.skipIf(!data)("cubes of measured data sets", () => {
  it("takes a scene apart into patches with the class of the largest abundance", async () => {
    const set = await opened({
      input: "hsi-samson/Y_clean.mat",
      target: "hsi-samson/A_true.mat",
      targetAs: "abundance",
      classNames: ["soil", "tree", "water"],
      patch: 32,
      axis: { unit: "nm", start: 401, stop: 889 },
    });
    expect(set.spec).toMatchObject({
      data: "cube",
      shape: [32, 32, 156],
      target: { kind: "mask", classes: ["soil", "tree", "water"], ignored: -1 },
    });
    // 95 = 2 × 32 + 31: the third patch is moved in by a pixel.
    expect(set.samples.map((s) => s.id)).toEqual(
      ["0,0", "0,32", "0,63", "32,0", "32,32", "32,63", "63,0", "63,32", "63,63"].map((p) => `Y_clean.mat@${p}`),
    );
    const first = await set.read(0);
    expect(Array.from(first.input.data.subarray(0, 2))).toEqual([0.025677603423680456, 0.028530670470756064]);
    expect(first.target.kind === "mask" && first.target.value.data[0]).toBe(2);
    const last = await set.read(8);
    expect(last.input.data.at(-1)).toBe(0.536376604850214);
    await set.dispose?.();
  });

  it("names the pixel and band of a missing value, and leaves bad bands out", async () => {
    const broken = await open({ input: "hsi-salton-sea", variable: "I" });
    await expect(broken.read(0)).rejects.toMatchObject({
      code: "SPECTRAI_DATA_VALUE",
      message: expect.stringMatching(/salton_sea_roi\.mat, row 0, column 0, band \d+ .*NaN.*goodBands/),
    });
    const set = await open({ input: "hsi-salton-sea", goodBands: "bbl", axis: { unit: "nm", start: 366, stop: 2496 } });
    expect(set.spec.shape).toEqual([51, 56, 204]);
    expect(set.spec.axis.values).toHaveLength(204);
    const sample = await set.read(0);
    expect(sample.input.data[0]).toBe(0.0764);
    // The four detectors of AVIRIS overlap, so that its wavelengths turn back; fields of structs are variables too.
    const axis = { variable: "params.wavelength", unit: "nm" };
    const sorted = await open({ input: "hsi-salton-sea", goodBands: "params.bbl", axis });
    const { values } = sorted.spec.axis;
    expect(values).toHaveLength(204);
    expect(values.every((v, i) => i === 0 || v > values[i - 1]!)).toBe(true);
    const first = (await sorted.read(0)).input.data;
    // The same values in another order: typed arrays sort by size.
    expect(first.slice(0, 204).sort()).toEqual(sample.input.data.slice(0, 204).sort());
    expect(first.subarray(0, 204)).not.toEqual(sample.input.data.subarray(0, 204));
    await sorted.dispose?.();
    await broken.dispose?.();
    await set.dispose?.();
  });

  it("reads a Zarr folder as an image", async () => {
    const logger = collectingLogger();
    const files = nodeFileSystem(data!);
    const { services } = await openWorkbench({ plugins: [plugin], files, logger, seed: 1 });
    const options = cubesSchema.parse({ input: "formats/zarr/zarrita/v2/data.zarr/3d.contiguous.i2" });
    const set = await cubes.create(options, { files, formats: services.get(tokens.formats), logger, seed: 1 });
    expect(set.spec.shape).toEqual([3, 3, 3]);
    expect(Array.from((await set.read(0)).input.data.subarray(0, 5))).toEqual([0, 1, 2, 3, 4]);
    await set.dispose?.();
  });

  it("reads a scene and its ground truth from one v7.3 file", async () => {
    const set = await opened({
      input: "formats/mat_v73/Sandiego_v73.mat",
      variable: "hsi",
      targetVariable: "hsi_gt",
      firstClass: 0,
      patch: 50,
    });
    expect(set.spec).toMatchObject({ shape: [50, 50, 189], target: { kind: "mask", classes: ["0", "1"] } });
    let planes = 0;
    for (let i = 0; i < set.samples.length; i++) {
      const { target } = await set.read(i);
      if (target.kind === "mask") planes += target.value.data.filter((k) => k === 1).length;
    }
    expect(planes).toBe(58);
    await set.dispose?.();
  });
});

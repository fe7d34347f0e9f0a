import { linearAxis, rng } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { pcaBands, pickBands } from "../src/index.ts";
import { array, make } from "./helpers.ts";

const axisError = expect.objectContaining({ code: "SPECTRAI_DATA_AXIS" });

describe("pick-bands", () => {
  const axis = linearAxis(900, 500, 5, "nm");
  const x = array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 2, 5], axis);

  it("keeps bands by index and by ranges of the axis, in its order", async () => {
    const t = await make(pickBands, { bands: [4, 0, 4], ranges: [[650, 700]] });
    const y = t.apply(x);
    expect(y).toMatchObject({ shape: [1, 2, 3], data: Float64Array.of(1, 3, 5, 6, 8, 10) });
    expect(y.axis).toEqual({ ...axis, values: Float64Array.of(900, 700, 500) });
    expect(t.axis!(axis)).toEqual(y.axis);
  });

  it("drops them, and counts bands where told to", async () => {
    const drop = await make(pickBands, { ranges: [[550, 750]], bands: [0], mode: "drop" });
    expect(drop.apply(x).data).toEqual(Float64Array.of(2, 5, 7, 10));
    const index = await make(pickBands, {
      ranges: [
        [0, 1],
        [3, 9],
      ],
      unit: "index",
    });
    expect(index.apply(x).data).toEqual(Float64Array.of(1, 4, 5, 6, 9, 10));
    for (const mode of ["keep", "drop"]) expect((await make(pickBands, { mode })).apply(x)).toEqual(x);
  });

  it("refuses bands and ranges that do not exist, and to drop all", async () => {
    const refuses = async (options: object, why: string): Promise<void> => {
      const t = await make(pickBands, options);
      expect(() => t.apply(x)).toThrow(axisError);
      expect(() => t.apply(x)).toThrow(why);
    };
    await refuses({ bands: [5] }, "no band 5 among the 5");
    await refuses({ ranges: [[1000, 1100]] }, "from 500 to 900");
    await refuses({ ranges: [[500, 600]], unit: "cm-1" }, "state it in nm");
    await refuses({ ranges: [[0, 2000]], mode: "drop" }, "All 5 bands");
    await expect(make(pickBands, { ranges: [[3, 2]] })).rejects.toThrow("lower end");
  });
});

describe("pca-bands", () => {
  // NumPy 2: svd of the rows less their mean; each vector's largest element positive.
  const rows = [
    [1, 2, 0.5],
    [2, 3.5, 0],
    [4, 1, 1],
    [3, 3, -1],
    [0, 2.5, 2],
  ];
  const cube = array(rows.flat(), [1, 5, 3]);
  const scores = [
    -0.8525144670735438, -0.0778043429915839, 0.08319626725287732, 1.125878893260941, 1.7497290485955284,
    -1.7695004703565325, 1.462538526354072, 1.2030648268251753, -2.4429493751289337, -0.48163890673799964,
  ];

  it("projects as NumPy's svd does", async () => {
    const t = await make(pcaBands, { components: 2 });
    const state = t.fit!(rows.map((r) => array(r)));
    const y = t.apply(cube, state);
    expect(y.shape).toEqual([1, 5, 2]);
    expect(y.axis).toMatchObject({ unit: "index", values: Float64Array.of(0, 1) });
    expectAllClose(y.data, scores, { rtol: 1e-13 });
    const back = t.inverse!(y, cube, state);
    expect(back.axis).toBe(cube.axis);
    expectAllClose(
      back.data,
      [
        1.250129229398723, 2.4425908456080907, 0.910748438373508, 1.8351802953803755, 3.208359984093696,
        -0.2706578373444556, 3.9496389933995264, 0.9108887811690018, 0.9172999298571058, 3.058812581733112,
        3.1040658476589305, -0.9034212188569062, -0.09376109991173687, 2.3340945414702805, 1.8460306879707475,
      ],
      { rtol: 1e-13 },
    );
  });

  it("whitens by the deviations with n − 1", async () => {
    const t = await make(pcaBands, { components: 2, whiten: true });
    const state = t.fit!([cube]);
    const deviations = [1.724983686116067, 1.233301435852007];
    expectAllClose(
      t.apply(cube, state).data,
      scores.map((v, i) => v / deviations[i % 2]!),
      { rtol: 1e-13 },
    );
  });

  it("has zeros for directions in which the training spectra do not vary", async () => {
    const t = await make(pcaBands, { components: 3, whiten: true });
    const state = t.fit!([array([1, 2, 4]), array([3, 2, 4])]);
    expectAllClose(t.apply(array([4, 9, 9]), state).data, [2 / Math.SQRT2, 0, 0], { rtol: 1e-14 });
  });

  it("finds the components from a sample of many pixels", async () => {
    const random = rng("pixels");
    const many = array(
      Float64Array.from({ length: 30_000 }, (_, i) => random.normal() * (i % 3 === 1 ? 5 : 1)),
      [100, 100, 3],
    );
    const t = await make(pcaBands, { components: 1, spectra: 500 });
    const { loadings } = t.fit!([many]) as { loadings: number[] };
    // Of n = 500 spectra with variances 25 and 1 the angle is off by √(25 / (24² n)) ≈ 0.01 in each of two directions.
    expect(loadings[1]).toBeGreaterThan(Math.cos(0.04));
    expect(loadings[1]).toBeLessThan(1);
  });

  it("refuses more components than bands, other bands, and a state that is not its own", async () => {
    const t = await make(pcaBands, { components: 4 });
    const lengthError = expect.objectContaining({ code: "SPECTRAI_DATA_LENGTH" });
    expect(() => t.fit!([cube])).toThrow(lengthError);
    expect(() => t.axis!(cube.axis)).toThrow("4 principal components");
    const two = await make(pcaBands, { components: 2 });
    const state = two.fit!([cube]);
    expect(() => two.apply(array([1, 2]), state)).toThrow(lengthError);
    expect(() => two.inverse!(cube, cube, state)).toThrow(lengthError);
    const mismatch = expect.objectContaining({ code: "SPECTRAI_MODEL_MISMATCH" });
    expect(() => two.apply(cube)).toThrow(mismatch);
    expect(() => two.apply(cube, { ...state, deviations: [1] })).toThrow(mismatch);
  });
});

import { join } from "node:path";
import { type Matrix, matrix } from "@spectrai/linalg";
import { dataFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import plugin from "../src/index.ts";
import { fit, partOf, score, slice } from "./helpers.ts";
import { readMat } from "./mat.ts";

function overMaximum(a: Matrix): Matrix {
  for (let i = 0; i < a.rows; i++) {
    const row = a.data.subarray(i * a.columns, (i + 1) * a.columns);
    const largest = row.reduce((x, y) => Math.max(x, y), -Infinity);
    for (let j = 0; j < row.length; j++) row[j] = row[j]! / largest;
  }
  return a;
}

/** Known figures, from NumPy and SciPy, for training on all of rows 0–799 and the best setting on the test rows. */
const known = { raw: 0.01454, "savitzky-golay": 0.00753, pca: 0.00709, ridge: 0.00216 };

describe.skipIf(!dataFolder())("raman-cells, rows 0–799 for training, 800–999 for test", () => {
  const load = (name: string): Matrix => {
    const { shape, data } = readMat(join(dataFolder()!, "raman-cells", name));
    return overMaximum(matrix(shape[0]!, shape[1]!, data));
  };
  const data = dataFolder()
    ? { inputs: load("input_spectra.mat"), targets: load("target_spectra.mat") }
    : { inputs: matrix(0, 0), targets: matrix(0, 0) };
  const rows = (keep: (row: number) => boolean): ReturnType<typeof partOf> => {
    const kept = Array.from({ length: data.inputs.rows }, (_, i) => i).filter(keep);
    const pick = (a: Matrix): Matrix =>
      matrix(kept.length, a.columns, Float64Array.from(kept.flatMap((i) => Array.from(slice(a, i, i + 1).data))));
    return partOf(pick(data.inputs), pick(data.targets));
  };
  // The last 30 rows of every 200 are the validation part.
  const train = rows((i) => i < 800 && i % 200 < 170);
  const validation = rows((i) => i < 800 && i % 200 >= 170);
  const test = rows((i) => i >= 800);
  const run = async (name: string): Promise<{ mse: number; chosen: Record<string, unknown> }> => {
    const component = plugin.components.find((c) => c.name === name)!;
    const options = component.schema["~standard"].validate({}) as { value: unknown };
    const fitted = await fit(component.create(options.value, {}), train, validation);
    return { mse: score(fitted, test), chosen: fitted.chosen };
  };

  it("raw: 0.01454", async () => {
    expect(Math.abs((await run("raw")).mse - known.raw)).toBeLessThan(5e-6);
  });
  it("savitzky-golay: within 3 % of the best setting's 0.00753", async () => {
    const { mse } = await run("savitzky-golay");
    expect(mse).toBeGreaterThanOrEqual(known["savitzky-golay"] - 5e-6);
    expect(mse).toBeLessThan(1.03 * known["savitzky-golay"]);
  });
  it("whittaker: much the same as savitzky-golay", async () => {
    expect(Math.abs((await run("whittaker")).mse / known["savitzky-golay"] - 1)).toBeLessThan(0.03);
  });
  it("pca: 0.00709 with 3 components", async () => {
    const { mse, chosen } = await run("pca");
    expect(Math.abs(mse / known.pca - 1)).toBeLessThan(0.02);
    expect(chosen["components"]).toBeLessThan(10);
  });
  it("ridge: 0.00216 with λ 10", async () => {
    const { mse, chosen } = await run("ridge");
    expect(chosen["lambda"]).toBe(10);
    expect(Math.abs(mse - known.ridge)).toBeLessThan(1e-5);
  });
  it("pca-regression: below ridge here", async () => {
    expect((await run("pca-regression")).mse).toBeLessThan(known.ridge);
  });
});

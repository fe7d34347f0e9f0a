import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Matrix, matrix, pickRows } from "@spectrai/linalg";
import { dataFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import plugin from "../src/index.ts";
import { fit, partOf } from "./helpers.ts";
import { classesOf, nothing, numbersOf, predictAll, rowsOf, samplesOf } from "./table.ts";

const folder = join(dataFolder() ?? "", "spectra-chemometricsdata");
const cells = (path: string): string[][] =>
  readFileSync(join(folder, path), "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","));
const numeric = (path: string): Matrix => rowsOf(cells(path).map((line) => line.map(Number)));

const create = (name: string): unknown => {
  const component = plugin.components.find((c) => c.name === name)!;
  const options = component.schema["~standard"].validate({}) as { value: unknown };
  return component.create(options.value, {});
};

/** Every row is in one fold of five: `fold(i)` of row i. Nothing is chosen on the fold that is predicted. */
async function predictFolds(
  name: string,
  rows: number,
  fold: (i: number) => number,
  part: (rows: readonly number[]) => ReturnType<typeof partOf>,
  width: number,
): Promise<Matrix> {
  const out = matrix(rows, width);
  const all = Array.from({ length: rows }, (_, i) => i);
  for (let f = 0; f < 5; f++) {
    const held = all.filter((i) => fold(i) === f);
    const fitted = await fit(create(name), part(all.filter((i) => fold(i) !== f)), nothing);
    const predicted = predictAll(fitted, part(held));
    held.forEach((i, at) => out.data.set(predicted.slice(at * width, (at + 1) * width), i * width));
  }
  return out;
}
const rmse = (a: Matrix, b: Matrix, j: number): number => {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += (a.data[i * a.columns + j]! - b.data[i * b.columns + j]!) ** 2;
  return Math.sqrt(sum / a.rows);
};

describe.skipIf(!dataFolder())("corn, every fifth sample held out in turn", () => {
  const x = dataFolder() ? numeric("Cargill_Corn/m5_spectra.csv") : matrix(80, 1);
  const y = dataFolder() ? numeric("Cargill_Corn/property_values.csv") : matrix(80, 4);
  const part = (rows: readonly number[]): ReturnType<typeof samplesOf> =>
    samplesOf(pickRows(x, rows), numbersOf(pickRows(y, rows)));

  // scikit-learn's PLSRegression on the same folds, with the best number of components of 5, 10, … 30 looked up on the test
  // folds: 0.0066, 0.0245, 0.0711, 0.1095 for moisture, oil, protein and starch. A choice without looking costs up to a third.
  it.each(["pls", "ridge", "pca-regression"])("%s comes near the best that could be chosen", async (name) => {
    const predicted = await predictFolds(name, 80, (i) => i % 5, part, 4);
    [0.0066, 0.0245, 0.0711, 0.1095].forEach((best, j) => {
      expect(rmse(predicted, y, j)).toBeLessThan(1.4 * best);
      expect(rmse(predicted, y, j)).toBeGreaterThan(0.8 * best);
    });
  });

  it("direct standardisation takes five sixths of the difference between two instruments away", async () => {
    const other = numeric("Cargill_Corn/mp5_spectra.csv");
    const pairs = (rows: readonly number[]): ReturnType<typeof partOf> =>
      partOf(pickRows(x, rows), pickRows(other, rows));
    const predicted = await predictFolds("direct-standardisation", 80, (i) => i % 5, pairs, 700);
    const error = (a: Matrix): number => Math.hypot(...a.data.map((v, at) => v - other.data[at]!));
    expect(error(predicted)).toBeLessThan(error(x) / 5);
  });
});

describe.skipIf(!dataFolder())("fresh meats, samples held out with both of their spectra", () => {
  const table = dataFolder() ? cells("Fresh_Meats/Fresh_meats.csv") : [];
  const names = Array.from(new Set(table.map((line) => line[0]!)));
  const groups = table.map((line) => `${line[0]} ${line[2]}`);
  const order = Array.from(new Set(groups));
  const x = table.length > 0 ? rowsOf(table.map((line) => line.slice(4).map(Number))) : matrix(1, 1);
  const labels = table.map((line) => names.indexOf(line[0]!));
  const part = (rows: readonly number[]): ReturnType<typeof samplesOf> =>
    samplesOf(
      pickRows(x, rows),
      classesOf(rows.map((i) => labels[i]!)),
      rows.map((i) => groups[i]!),
    );

  it.each(["pls-da", "lda"])("%s recognizes 19 of 20", async (name) => {
    const logits = await predictFolds(name, x.rows, (i) => order.indexOf(groups[i]!) % 5, part, 3);
    const right = labels.filter((label, i) => {
      const own = Array.from(logits.data.subarray(3 * i, 3 * i + 3));
      return own.indexOf(Math.max(...own)) === label;
    });
    expect(right.length / labels.length).toBeGreaterThan(0.95);
  });
});

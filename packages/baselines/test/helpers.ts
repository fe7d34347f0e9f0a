import {
  type Baseline,
  type BaselineData,
  type FittedBaseline,
  rng,
  type Sample,
  spectralArray,
  linearAxis,
  type Axis,
} from "@spectrai/core";
import { matrix, type Matrix } from "@spectrai/linalg";

export { randomMatrix, slowMultiply, slowSolve, slowTranspose } from "../../linalg/test/slow.ts";

/** Samples from the rows of two matrices. */
export function partOf(inputs: Matrix, targets: Matrix, axes: { input?: Axis; target?: Axis } = {}): BaselineData {
  const input = axes.input ?? linearAxis(500, 1800, inputs.columns, "cm-1");
  const target =
    axes.target ?? (targets.columns === inputs.columns ? input : linearAxis(500, 1800, targets.columns, "cm-1"));
  const sample = (i: number): Sample => ({
    id: `s${i}`,
    group: "g",
    input: spectralArray(inputs.data.slice(i * inputs.columns, (i + 1) * inputs.columns), [inputs.columns], input),
    target: {
      kind: "spectral",
      value: spectralArray(
        targets.data.slice(i * targets.columns, (i + 1) * targets.columns),
        [targets.columns],
        target,
      ),
    },
  });
  return { size: inputs.rows, sample };
}

export const slice = (a: Matrix, from: number, to: number): Matrix =>
  matrix(to - from, a.columns, a.data.slice(from * a.columns, to * a.columns));

/** Mean squared error of a fitted baseline over a part. */
export function score(fitted: FittedBaseline, part: BaselineData): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < part.size; i++) {
    const { input, target } = part.sample(i);
    const { data } = fitted.predict(input);
    if (target.kind !== "spectral") throw new Error("not spectral");
    target.value.data.forEach((t, j) => (sum += (data[j]! - t) ** 2));
    count += data.length;
  }
  return sum / count;
}

export const fit = async (baseline: unknown, train: BaselineData, validation: BaselineData): Promise<FittedBaseline> =>
  (await (baseline as Promise<Baseline> | Baseline)).fit(train, validation);

/** Smooth curves from three shapes with noise, and the same without. */
export function curves(rows: number, points: number, noise: number, seed: string): { inputs: Matrix; targets: Matrix } {
  const random = rng(2, seed);
  const inputs = matrix(rows, points);
  const targets = matrix(rows, points);
  for (let i = 0; i < rows; i++) {
    const c = [random.uniform(0.5, 1.5), random.normal(), random.normal()];
    for (let j = 0; j < points; j++) {
      const t = j / (points - 1);
      const y = c[0]! * Math.exp(-((t - 0.3) ** 2) / 0.02) + 0.4 * c[1]! * t + 0.3 * c[2]! * Math.cos(6 * t);
      targets.data[i * points + j] = y;
      inputs.data[i * points + j] = y + noise * random.normal();
    }
  }
  return { inputs, targets };
}

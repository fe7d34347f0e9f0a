import { type Matrix, principalComponents } from "@spectrai/linalg";

/** A linear map through few numbers: `x · encode` has unit variance, `· decode` predicts the target. */
export interface LinearStart {
  /** `[input points, components]` */
  readonly encode: Float64Array;
  /** `[components, output points]` */
  readonly decode: Float64Array;
  readonly components: number;
}

/** By what share of the inputs' whole variance the regression on each component is damped. */
const damping = 3e-3;

/** Regression of the targets on the inputs' first principal components. Both must be centred. */
export function principalStart(input: Matrix, target: Matrix, components: number): LinearStart {
  const { rows, columns } = input;
  const { axes, variances } = principalComponents(input);
  const penalty = damping * variances.reduce((s, v) => s + v, 0);
  const found = Math.min(components, axes.rows);
  const encode = new Float64Array(columns * found);
  const decode = new Float64Array(found * target.columns);
  for (let c = 0; c < found; c++) {
    const square = variances[c]!;
    const deviation = Math.sqrt(square / rows);
    for (let k = 0; k < columns; k++) encode[k * found + c] = axes.data[c * columns + k]! / deviation;
    // Scores of different components are orthogonal, so each has a regression of its own.
    for (let r = 0; r < rows; r++) {
      let score = 0;
      for (let k = 0; k < columns; k++) score += input.data[r * columns + k]! * axes.data[c * columns + k]!;
      const weight = (score * deviation) / (square + penalty);
      for (let k = 0; k < target.columns; k++)
        decode[c * target.columns + k]! += weight * target.data[r * target.columns + k]!;
    }
  }
  return { encode, decode, components: found };
}

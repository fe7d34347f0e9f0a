/** Rows of float64 values, one after another. */
export interface Rows {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** A linear map through few numbers: `x · encode` has unit variance, `· decode` predicts the target. */
export interface LinearStart {
  /** `[input points, components]` */
  readonly encode: Float64Array;
  /** `[components, output points]` */
  readonly decode: Float64Array;
  readonly components: number;
}

const iterations = 30;
/** By what share of the inputs' whole variance the regression on each component is damped. */
const damping = 3e-3;

/**
 * Regression of the targets on the inputs' first principal components. Both must be centred.
 *
 * The axes are found one by one by power iteration on the rows less what the axes before explain; axes of nearly equal
 * variance come out mixed, which the regression does not mind.
 */
export function principalStart(input: Rows, target: Rows, components: number): LinearStart {
  const { rows, columns } = input;
  const count = Math.min(components, rows - 1, columns);
  const rest = input.data.slice();
  const penalty = damping * rest.reduce((s, v) => s + v * v, 0);
  const axes: Float64Array[] = [];
  const scores: Float64Array[] = [];
  for (let c = 0; c < count; c++) {
    const axis = firstAxis(rest, rows, columns);
    if (!axis) break;
    const score = times(rest, axis, rows, columns);
    for (let r = 0; r < rows; r++) for (let k = 0; k < columns; k++) rest[r * columns + k]! -= score[r]! * axis[k]!;
    axes.push(axis);
    scores.push(score);
  }
  const found = axes.length;
  const encode = new Float64Array(columns * found);
  const decode = new Float64Array(found * target.columns);
  for (let c = 0; c < found; c++) {
    const score = scores[c]!;
    const square = score.reduce((s, v) => s + v * v, 0);
    const deviation = Math.sqrt(square / rows);
    for (let k = 0; k < columns; k++) encode[k * found + c] = axes[c]![k]! / deviation;
    // Scores of different components are orthogonal, so each has a regression of its own.
    for (let r = 0; r < rows; r++) {
      const weight = (score[r]! * deviation) / (square + penalty);
      for (let k = 0; k < target.columns; k++)
        decode[c * target.columns + k]! += weight * target.data[r * target.columns + k]!;
    }
  }
  return { encode, decode, components: found };
}

/** The direction of most variance, of length 1; undefined where nothing is left. */
function firstAxis(x: Float64Array, rows: number, columns: number): Float64Array | undefined {
  let axis = longestRow(x, rows, columns);
  for (let i = 0; i < iterations; i++) {
    const scores = times(x, axis, rows, columns);
    const next = new Float64Array(columns);
    for (let r = 0; r < rows; r++) for (let k = 0; k < columns; k++) next[k]! += scores[r]! * x[r * columns + k]!;
    const length = Math.sqrt(next.reduce((s, v) => s + v * v, 0));
    if (!(length > 1e-12)) return undefined;
    axis = next.map((v) => v / length);
  }
  return axis;
}

function longestRow(x: Float64Array, rows: number, columns: number): Float64Array {
  let best = 0;
  let longest = -1;
  for (let r = 0; r < rows; r++) {
    let square = 0;
    for (let k = r * columns; k < (r + 1) * columns; k++) square += x[k]! * x[k]!;
    if (square > longest) [best, longest] = [r, square];
  }
  return x.slice(best * columns, (best + 1) * columns);
}

/** `x · v`, one number a row. */
function times(x: Float64Array, v: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += x[r * columns + k]! * v[k]!;
    out[r] = sum;
  }
  return out;
}

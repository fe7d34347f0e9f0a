/** Value at `at`; writes the gradient there into `gradient`. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

const MEMORY = 12;
const MOST_STEPS = 1000;

/**
 * The minimum of a smooth convex function by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.4), from `start`.
 *
 * @param curvature - about the second derivative along each coordinate; the closer, the fewer steps
 * @param tolerance - stops when the next step is predicted to lower the value by less than this share
 */
export function minimize(
  objective: Objective,
  start: Float64Array,
  curvature: Float64Array,
  tolerance: number,
): Float64Array {
  const size = start.length;
  let at = start.slice();
  let gradient = new Float64Array(size);
  let value = objective(at, gradient);
  const pairs: { readonly s: Float64Array; readonly y: Float64Array; readonly sy: number }[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    const direction = descent(gradient, pairs, curvature);
    const slope = dot(gradient, direction);
    if (!(-slope > tolerance * Math.abs(value))) break;
    const nextGradient = new Float64Array(size);
    let next = at;
    let nextValue = Infinity;
    let length = 1;
    // Halved until the value falls by a fair share of what the slope promises (Armijo).
    for (let halving = 0; halving < 40; halving++, length /= 2) {
      next = at.map((v, i) => v + length * direction[i]!);
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope) break;
    }
    if (!(nextValue < value)) break;
    const s = direction.map((v) => length * v);
    const y = nextGradient.map((v, i) => v - gradient[i]!);
    const sy = dot(s, y);
    if (sy > 0) {
      pairs.push({ s, y, sy });
      if (pairs.length > MEMORY) pairs.shift();
    }
    [at, gradient, value] = [next, nextGradient, nextValue];
  }
  return at;
}

/** The two loops: −H g with H made from the last steps. */
function descent(
  gradient: Float64Array,
  pairs: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly sy: number }[],
  curvature: Float64Array,
): Float64Array {
  const d = gradient.map((v) => -v);
  const shares = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, sy } = pairs[i]!;
    shares[i] = dot(s, d) / sy;
    for (let k = 0; k < d.length; k++) d[k] = d[k]! - shares[i]! * y[k]!;
  }
  // How much flatter than `curvature` the last step was.
  const last = pairs.at(-1);
  const scale = last ? last.sy / last.y.reduce((sum, v, k) => sum + (v * v) / curvature[k]!, 0) : 1;
  for (let k = 0; k < d.length; k++) d[k] = (d[k]! * scale) / curvature[k]!;
  for (const [i, { s, y, sy }] of pairs.entries()) {
    const share = shares[i]! - dot(y, d) / sy;
    for (let k = 0; k < d.length; k++) d[k] = d[k]! + share * s[k]!;
  }
  return d;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

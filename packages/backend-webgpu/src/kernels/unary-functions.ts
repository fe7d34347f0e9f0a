import { backend_util } from "@tensorflow/tfjs-core";

/** A function of single values: the body of `fn value(x: T) -> T`, where `T` is `f32` or `vec4<f32>`, `U` and `I` likewise. */
export interface UnaryFunction {
  readonly code: string;
  /** Whether it says itself what becomes of what is no number; others pass it on. */
  readonly nan?: boolean;
}

/**
 * WGSL: `r` and `quarter` with `x = r + quarter · π/2`, |r| ≤ π/4, by a π/2 in three parts (Cody and Waite), and sine and
 * cosine of r by the polynomials of Cephes (Moshier, sinf.c), 1e-7 off. The language's own functions may be 5e-4 off. Beyond
 * 1e4 the error grows by 1e-11 · |x|; beyond 1e5 the language's own are taken.
 */
const reduced = `
  let turns = round(x * 0.636619772);
  let r = ((x - turns * 1.5703125) - turns * 4.837512969970703125e-4) - turns * 7.54978995489188e-8;
  let quarter = I(clamp(turns, T(-1e5), T(1e5)));
  let z = r * r;
  let s = r + r * z * ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1);
  let c = 1 - 0.5 * z + z * z * ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2);
  let odd = (quarter & I(1)) == I(1);
  let infinite = magnitude(x) == U(0x7f800000u);
  let nothing = bitcast<T>(bitcast<U>(x) | U(0x7fc00000u));`;

/** WGSL: arc sine of 0 … 0.5 (Cephes, asinf.c): of `a` itself, or of √((1 − a) / 2) where `a` is larger. */
const arcsine = `
  let a = abs(x);
  let large = a > T(0.5);
  let z = select(a * a, 0.5 * (1 - a), large);
  let root = select(a, sqrt(max(z, T(0))), large);
  let arc = root + root * z * ((((4.2163199048e-2 * z + 2.4181311049e-2) * z + 4.5470025998e-2) * z + 7.4953002686e-2) * z + 1.6666752422e-1);
  let nothing = bitcast<T>(bitcast<U>(x) | U(0x7fc00000u));`;

/** WGSL: `angle`, the arc tangent of `a`, which is not negative (Cephes, atanf.c). */
export const arctangent = `
  let far = a > T(2.414213562373);
  let near = a > T(0.414213562373);
  let t = select(select(a, (a - 1) / (a + 1), near), -1 / a, far);
  let begin = select(select(T(0), T(0.78539816339), near), T(1.57079632679), far);
  let z = t * t;
  let angle = begin + (t + t * z * (((8.05374449538e-2 * z - 1.38776856032e-1) * z + 1.99777106478e-1) * z - 3.33329491539e-1));`;

/** WGSL: eˣ − 1, by its series where a difference would leave few digits. */
const expm1 = `
  let series = x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5 * (1 + x / 6 * (1 + x / 7))))));
  let grown = select(exp(x) - 1, series, abs(x) < T(0.35));`;

/** WGSL: log(1 + x), by the series of the area tangent where the sum would leave few digits of x. */
const log1p = (x: string): string => `
  let ratio = ${x} / (2 + ${x});
  let w = ratio * ratio;
  let series = 2 * ratio * (1 + w * (1.0 / 3 + w * (0.2 + w * (1.0 / 7 + w * (1.0 / 9)))));
  let grown = select(log(1 + ${x}), series, (${x} > T(-0.3)) & (${x} < T(0.5)));`;

const { ERF_P, ERF_A1, ERF_A2, ERF_A3, ERF_A4, ERF_A5, SELU_SCALE, SELU_SCALEALPHA } = backend_util;

/** By the names of tfjs's kernels, which say what `p` and `q` are. */
export const functions: Readonly<Record<string, UnaryFunction>> = {
  Abs: { code: "return abs(x);" },
  Acos: {
    code: `${arcsine}
      let small = 1.57079632679 - select(arc, -arc, x < T(0));
      let wide = select(2 * arc, 3.14159265359 - 2 * arc, x < T(0));
      return select(select(small, wide, large), nothing, a > T(1));`,
  },
  Asin: {
    code: `${arcsine}
      let y = select(arc, 1.57079632679 - 2 * arc, large);
      return select(select(y, -y, x < T(0)), nothing, a > T(1));`,
  },
  Atan: {
    code: `let a = abs(x);
      ${arctangent}
      return select(angle, -angle, x < T(0));`,
  },
  ClipByValue: { code: "return clamp(x, T(scalars.p), T(scalars.q));" },
  Cos: {
    code: `${reduced}
      let y = select(c, s, odd);
      let below = ((quarter + I(1)) & I(2)) == I(2);
      return select(select(select(y, -y, below), cos(x), abs(x) > T(1e5)), nothing, infinite);`,
  },
  Cosh: {
    code: `let e = exp(abs(x));
      return 0.5 * e + 0.5 / e;`,
  },
  Elu: { code: `${expm1} return select(grown, x, x >= T(0));` },
  // Abramowitz and Stegun, 7.1.26, as tfjs's.
  Erf: {
    code: `let a = abs(x);
      let t = 1 / (1 + ${ERF_P} * a);
      let y = 1 - (((((${ERF_A5} * t + ${ERF_A4}) * t) + ${ERF_A3}) * t + ${ERF_A2}) * t + ${ERF_A1}) * t * exp(-a * a);
      return select(y, -y, x < T(0));`,
  },
  Exp: { code: "return exp(x);" },
  Expm1: { code: `${expm1} return grown;` },
  LeakyRelu: { code: "return select(x, scalars.p * x, x < T(0));" },
  Log: {
    code: `let nothing = bitcast<T>(bitcast<U>(x) | U(0x7fc00000u));
      let least = bitcast<T>(magnitude(x) | U(0xff800000u));
      return select(select(log(x), nothing, x < T(0)), least, magnitude(x) == U(0u));`,
  },
  Log1p: {
    code: `${log1p("x")}
      return select(grown, bitcast<T>(bitcast<U>(x) | U(0x7fc00000u)), x < T(-1));`,
  },
  Neg: { code: "return -x;" },
  Reciprocal: { code: "return 1 / x;" },
  Relu: { code: "return select(x, T(0), x < T(0));" },
  Relu6: { code: "return clamp(x, T(0), T(6));" },
  Rsqrt: { code: "return inverseSqrt(x);" },
  // Klambauer et al., Self-normalizing neural networks, NeurIPS 2017.
  Selu: { code: `${expm1} return select(${SELU_SCALEALPHA} * grown, ${SELU_SCALE} * x, x >= T(0));` },
  // Of −|x|, whose exponential does not overflow.
  Sigmoid: {
    code: `let e = exp(-abs(x));
      return select(T(1), e, x < T(0)) / (1 + e);`,
  },
  // By the bits, as devices may take the smallest numbers for 0. Of what is no number it is 0, as tfjs's.
  Sign: {
    code: `let size = magnitude(x);
      let some = (size > U(0u)) & (size <= U(0x7f800000u));
      return select(T(0), select(T(1), T(-1), (bitcast<U>(x) >> U(31u)) == U(1u)), some);`,
    nan: true,
  },
  Sin: {
    code: `${reduced}
      let y = select(s, c, odd);
      let below = (quarter & I(2)) == I(2);
      return select(select(select(y, -y, below), sin(x), abs(x) > T(1e5)), nothing, infinite);`,
  },
  // By the series where a difference would leave few digits.
  Sinh: {
    code: `let e = exp(abs(x));
      let y = 0.5 * e - 0.5 / e;
      let z = x * x;
      return select(select(y, -y, x < T(0)), x * (1 + z / 6 * (1 + z / 20 * (1 + z / 42))), abs(x) < T(0.5));`,
  },
  Softplus: {
    code: `let e = exp(-abs(x));
      ${log1p("e")}
      return max(x, T(0)) + grown;`,
  },
  Sqrt: { code: "return sqrt(x);" },
  Square: { code: "return x * x;" },
  Step: { code: "return select(T(scalars.p), T(1), x > T(0));" },
  Tan: {
    code: `${reduced}
      let y = select(s, -c, odd) / select(c, s, odd);
      return select(select(y, tan(x), abs(x) > T(1e5)), nothing, infinite);`,
  },
  // (1 − e) / (1 + e) with e = e^(−2|x|), which does not overflow.
  Tanh: {
    code: `let e = exp(-2 * abs(x));
      let y = (1 - e) / (1 + e);
      return select(y, -y, x < T(0));`,
  },
};

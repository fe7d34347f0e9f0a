// Functions of single floats, four at a time.
import { real, word } from "./args";
import { madd, share } from "./vector";

/** Kept in step with src/kernels/elementwise.ts. */
const enum Op {
  exp, tanh, erf, sign, sqrt, rsqrt, leakyRelu, abs, reciprocal, elu, clip, log,
}

// @ts-ignore: decorator
@inline
function c(x: f32): v128 {
  return f32x4.splat(x);
}

/** 2ⁿ·P(r) with x = n·ln 2 + r, |r| ≤ ln 2 / 2; relative error below 2e-7. NaN stays NaN. */
// @ts-ignore: decorator
@inline
function exp(x: v128): v128 {
  const bounded = f32x4.max(f32x4.min(x, c(88.8)), c(-104));
  const n = f32x4.nearest(f32x4.mul(bounded, c(1.44269504)));
  // ln 2 in two parts, so that n·ln 2 loses nothing.
  let r = madd(n, c(-0.693359375), bounded);
  r = madd(n, c(2.12194440e-4), r);
  let p = c(1.9875691500e-4);
  p = madd(p, r, c(1.3981999507e-3));
  p = madd(p, r, c(8.3334519073e-3));
  p = madd(p, r, c(4.1665795894e-2));
  p = madd(p, r, c(1.6666665459e-1));
  p = madd(p, r, c(5.0000001201e-1));
  p = f32x4.add(madd(f32x4.mul(p, r), r, r), c(1));
  // Two factors, as 2^128 and 2^-149 are beyond one float's exponent.
  const k = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(k, 1);
  const first = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(k, half), i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(p, first), second);
}

/** x + x³·P(x²) below 0.625 (Cephes), 1 − 2/(e^2|x| + 1) with the sign of x above; relative error below 3e-7. */
// @ts-ignore: decorator
@inline
function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const s = f32x4.mul(x, x);
  let p = c(-5.70498872745e-3);
  p = madd(p, s, c(2.06390887954e-2));
  p = madd(p, s, c(-5.37397155531e-2));
  p = madd(p, s, c(1.33314422036e-1));
  p = madd(p, s, c(-3.33332819422e-1));
  const near = madd(f32x4.mul(p, s), x, x);
  const far = f32x4.sub(c(1), f32x4.div(c(2), f32x4.add(exp(f32x4.add(size, size)), c(1))));
  return v128.bitselect(near, v128.or(far, v128.and(x, c(-0.0))), f32x4.lt(size, c(0.625)));
}

/** Odd rational approximation on ±4, beyond which float32 has ±1; error below 4e-7 (coefficients as in Eigen). */
// @ts-ignore: decorator
@inline
function erf(y: v128): v128 {
  const x = f32x4.max(f32x4.min(y, c(4)), c(-4));
  const s = f32x4.mul(x, x);
  let p = c(-2.72614225801306e-10);
  p = madd(p, s, c(2.77068142495902e-8));
  p = madd(p, s, c(-2.10102402082508e-6));
  p = madd(p, s, c(-5.69250639462346e-5));
  p = madd(p, s, c(-7.34990630326855e-4));
  p = madd(p, s, c(-2.95459980854025e-3));
  p = madd(p, s, c(-1.60960333262415e-2));
  let q = c(-1.45660718464996e-5);
  q = madd(q, s, c(-2.13374055278905e-4));
  q = madd(q, s, c(-1.68282697438203e-3));
  q = madd(q, s, c(-7.37332916720468e-3));
  q = madd(q, s, c(-1.42647390514189e-2));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** x = 2^k·m with m in [√½, √2): k·ln 2 + P(m − 1) (Cephes); relative error below 2e-7. */
// @ts-ignore: decorator
@inline
function log(x: v128): v128 {
  // Subnormal numbers are brought into range first.
  const tiny = f32x4.lt(x, c(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, c(8388608)), x, tiny);
  let k = i32x4.sub(i32x4.shr_s(scaled, 23), i32x4.splat(127));
  k = i32x4.sub(k, v128.and(tiny, i32x4.splat(23)));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f800000));
  const big = f32x4.gt(m, c(1.41421356));
  m = v128.bitselect(f32x4.mul(m, c(0.5)), m, big);
  k = i32x4.sub(k, big);
  const n = f32x4.convert_i32x4_s(k);
  const r = f32x4.sub(m, c(1));
  const s = f32x4.mul(r, r);
  let p = c(7.0376836292e-2);
  p = madd(p, r, c(-1.1514610310e-1));
  p = madd(p, r, c(1.1676998740e-1));
  p = madd(p, r, c(-1.2420140846e-1));
  p = madd(p, r, c(1.4249322787e-1));
  p = madd(p, r, c(-1.6668057665e-1));
  p = madd(p, r, c(2.0000714765e-1));
  p = madd(p, r, c(-2.4999993993e-1));
  p = madd(p, r, c(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, r), s);
  p = madd(n, c(-2.12194440e-4), p);
  p = madd(s, c(-0.5), p);
  let y = madd(n, c(0.693359375), f32x4.add(r, p));
  // log 0 = −∞, log ∞ = ∞, and of negative numbers and NaN NaN.
  y = v128.bitselect(c(-Infinity), y, f32x4.eq(x, c(0)));
  y = v128.bitselect(x, y, f32x4.eq(x, c(Infinity)));
  return v128.bitselect(y, c(NaN), f32x4.ge(x, c(0)));
}

// @ts-ignore: decorator
@inline
function apply(op: i32, x: v128, a: v128, b: v128): v128 {
  switch (op) {
    case Op.exp: return exp(x);
    case Op.tanh: return tanh(x);
    case Op.erf: return erf(x);
    // The sign bit and 1, where x is not 0; NaN has the sign 0, as on tfjs's cpu backend.
    case Op.sign: {
      const some = v128.or(f32x4.lt(x, c(0)), f32x4.gt(x, c(0)));
      return v128.and(v128.or(v128.and(x, c(-0.0)), c(1)), some);
    }
    case Op.sqrt: return f32x4.sqrt(x);
    case Op.rsqrt: return f32x4.div(c(1), f32x4.sqrt(x));
    case Op.leakyRelu: return v128.bitselect(f32x4.mul(x, a), x, f32x4.lt(x, c(0)));
    case Op.abs: return f32x4.abs(x);
    case Op.reciprocal: return f32x4.div(c(1), x);
    // e^x − 1 by way of tanh where e^x is close to 1: e^x − 1 = t·(e^x + 1), t = tanh(x/2).
    case Op.elu: return v128.bitselect(x, f32x4.mul(tanh(f32x4.mul(x, c(0.5))), f32x4.add(exp(x), c(1))), f32x4.ge(x, c(0)));
    case Op.clip: return f32x4.max(f32x4.min(x, b), a);
    case Op.log: return log(x);
    default: return x;
  }
}

// @ts-ignore: decorator
@inline
function loop(op: i32, from: usize, to: usize, count: i32, a: v128, b: v128): void {
  let i = count;
  for (; i >= 4; i -= 4, from += 16, to += 16) v128.store(to, apply(op, v128.load(from), a, b));
  for (; i > 0; i--, from += 4, to += 4) store<f32>(to, f32x4.extract_lane(apply(op, v128.load_splat<f32>(from), a, b), 0));
}

/** op, from, to, count, two parameters (floats). */
export function unary(args: usize, part: i32, parts: i32): void {
  const count = word(args, 3);
  // Parts begin at multiples of four.
  const quads = (count + 3) >> 2;
  const first = share(quads, part, parts) << 2;
  const end = min(share(quads, part + 1, parts) << 2, count);
  const from = <usize>word(args, 1) + (first << 2);
  const to = <usize>word(args, 2) + (first << 2);
  const a = c(real(args, 4)), b = c(real(args, 5));
  // One loop an operation: each call has a constant, which the compiler turns into its own code.
  switch (word(args, 0)) {
    case Op.exp: loop(Op.exp, from, to, end - first, a, b); break;
    case Op.tanh: loop(Op.tanh, from, to, end - first, a, b); break;
    case Op.erf: loop(Op.erf, from, to, end - first, a, b); break;
    case Op.sign: loop(Op.sign, from, to, end - first, a, b); break;
    case Op.sqrt: loop(Op.sqrt, from, to, end - first, a, b); break;
    case Op.rsqrt: loop(Op.rsqrt, from, to, end - first, a, b); break;
    case Op.leakyRelu: loop(Op.leakyRelu, from, to, end - first, a, b); break;
    case Op.abs: loop(Op.abs, from, to, end - first, a, b); break;
    case Op.reciprocal: loop(Op.reciprocal, from, to, end - first, a, b); break;
    case Op.elu: loop(Op.elu, from, to, end - first, a, b); break;
    case Op.clip: loop(Op.clip, from, to, end - first, a, b); break;
    case Op.log: loop(Op.log, from, to, end - first, a, b); break;
  }
}

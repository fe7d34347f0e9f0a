// Sums of outer products: filter gradients, and products with a transposed left side.
import { madd, share } from "./vector";

const enum Arg {
  x, dy, out,
  n,
  sd, sh, sw,
  od, oh, ow,
  kd, kh, kw,
  ci, co, // as padded in `out`: multiples of 4 and 8
  strideD, strideH, strideW,
  dilationD, dilationH, dilationW,
  padD, padH, padW,
  xStep, dyStep, // floats between positions: the true channels
}

// @ts-ignore: decorator
@inline
function arg(args: usize, i: i32): i32 {
  return load<i32>(args + (<usize>i << 2));
}

/** Positions at a time: strips of x and dy of this many rows stay in the first cache. */
const segment: i32 = 128;

/** out[4 × 8] += Σ over positions of x[position, 4]ᵀ · dy[position, 8]. */
function accumulate(x: usize, xStep: i32, dy: usize, dyStep: i32, positions: i32, out: usize, outStep: i32): void {
  const o1 = out + outStep, o2 = o1 + outStep, o3 = o2 + outStep;
  let c00 = v128.load(out), c01 = v128.load(out, 16);
  let c10 = v128.load(o1), c11 = v128.load(o1, 16);
  let c20 = v128.load(o2), c21 = v128.load(o2, 16);
  let c30 = v128.load(o3), c31 = v128.load(o3, 16);
  let i = positions;
  for (; i >= 2; i -= 2) {
    let b0 = v128.load(dy), b1 = v128.load(dy, 16);
    let a = v128.load_splat<f32>(x);
    c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
    a = v128.load_splat<f32>(x, 4);
    c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
    a = v128.load_splat<f32>(x, 8);
    c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
    a = v128.load_splat<f32>(x, 12);
    c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
    x += xStep; dy += dyStep;
    b0 = v128.load(dy); b1 = v128.load(dy, 16);
    a = v128.load_splat<f32>(x);
    c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
    a = v128.load_splat<f32>(x, 4);
    c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
    a = v128.load_splat<f32>(x, 8);
    c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
    a = v128.load_splat<f32>(x, 12);
    c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
    x += xStep; dy += dyStep;
  }
  if (i > 0) {
    const b0 = v128.load(dy), b1 = v128.load(dy, 16);
    let a = v128.load_splat<f32>(x);
    c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
    a = v128.load_splat<f32>(x, 4);
    c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
    a = v128.load_splat<f32>(x, 8);
    c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
    a = v128.load_splat<f32>(x, 12);
    c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
  }
  v128.store(out, c00); v128.store(out, c01, 16);
  v128.store(o1, c10); v128.store(o1, c11, 16);
  v128.store(o2, c20); v128.store(o2, c21, 16);
  v128.store(o3, c30); v128.store(o3, c31, 16);
}

// @ts-ignore: decorator
@inline
function ceilDiv(a: i32, b: i32): i32 {
  return a > 0 ? (a + b - 1) / b : -(-a / b);
}
// @ts-ignore: decorator
@inline
function floorDiv(a: i32, b: i32): i32 {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/** out[tap, ci, co] += Σ over outputs; threads share (tap, four input channels), so the sums do not depend on their number. */
export function outer(args: usize, part: i32, parts: i32): void {
  const sd = arg(args, Arg.sd), sh = arg(args, Arg.sh), sw = arg(args, Arg.sw);
  const od = arg(args, Arg.od), oh = arg(args, Arg.oh), ow = arg(args, Arg.ow);
  const kd = arg(args, Arg.kd), kh = arg(args, Arg.kh), kw = arg(args, Arg.kw);
  const ci = arg(args, Arg.ci), co = arg(args, Arg.co);
  const strideW = arg(args, Arg.strideW), dilationW = arg(args, Arg.dilationW), padW = arg(args, Arg.padW);
  const channels = arg(args, Arg.xStep);
  const xStep = (strideW * channels) << 2, dyStep = arg(args, Arg.dyStep) << 2;
  const xs = <usize>arg(args, Arg.x), dys = <usize>arg(args, Arg.dy), out = <usize>arg(args, Arg.out);
  const rows = ci >> 2;
  const items = kd * kh * kw * rows;
  const item0 = share(items, part, parts), itemEnd = share(items, part + 1, parts);
  const lines = arg(args, Arg.n) * od * oh;
  for (let line = 0; line < lines; line++) {
    const h = line % oh;
    const d = (line / oh) % od;
    const n = line / (oh * od);
    for (let from = 0; from < ow; from += segment) {
      const to = min(from + segment, ow);
      for (let item = item0; item < itemEnd; item++) {
        const tap = item / rows;
        const c = (item - tap * rows) << 2;
        const tw = tap % kw;
        const th = (tap / kw) % kh;
        const td = tap / (kw * kh);
        const z = d * arg(args, Arg.strideD) - arg(args, Arg.padD) + td * arg(args, Arg.dilationD);
        const y = h * arg(args, Arg.strideH) - arg(args, Arg.padH) + th * arg(args, Arg.dilationH);
        if (z < 0 || z >= sd || y < 0 || y >= sh) continue;
        const x0 = tw * dilationW - padW;
        const lo = max(ceilDiv(-x0, strideW), from);
        const hi = min(floorDiv(sw - 1 - x0, strideW) + 1, to);
        if (lo >= hi) continue;
        const x = xs + <usize>((((n * sd + z) * sh + y) * sw + x0 + lo * strideW) * channels + c) * 4;
        const dy = dys + <usize>((line * ow + lo) * dyStep);
        const o = out + <usize>((tap * ci + c) * co) * 4;
        for (let b = 0; b < co; b += 8) accumulate(x, xStep, dy + (b << 2), dyStep, hi - lo, o + (b << 2), co << 2);
      }
    }
  }
}

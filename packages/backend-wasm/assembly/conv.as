// Convolutions and matrix products whose rows are contiguous: out[row, :] = Σ over taps of source[row of tap, :] · B[tap].
import { madd, share, splat } from "./vector";

/** Layout of the argument block, in 32-bit words. Kept in step with src/kernels/grid.ts. */
const enum Arg {
  source,
  weights,
  out,
  scratch,
  scratchStep,
  zeros,
  n,
  sd, sh, sw, // source grid
  od, oh, ow, // output grid
  kd, kh, kw, // taps
  ci, co, // channels of source and output
  strideD, strideH, strideW,
  dilationD, dilationH, dilationW,
  padD, padH, padW,
  transposed, // 0: output o reads source o·stride − pad + k·dilation; 1: source (o + pad − k·dilation) / stride
  bias,
  activation, // 0 none, 1 ReLU, 2 ReLU6
  shared, // what threads share out: 0 lines, 1 columns, 2 positions of a line
}

// @ts-ignore: decorator
@inline
function arg(args: usize, i: i32): i32 {
  return load<i32>(args + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function finish(v: v128, activation: i32): v128 {
  if (activation == 0) return v;
  v = f32x4.max(v, f32x4.splat(0));
  if (activation == 2) v = f32x4.min(v, f32x4.splat(6));
  return v;
}

/** Writes the first `columns` (1…8) of eight floats. */
// @ts-ignore: decorator
@inline
function put(p: usize, columns: i32, lo: v128, hi: v128): void {
  if (columns == 8) {
    v128.store(p, lo);
    v128.store(p, hi, 16);
    return;
  }
  let v = lo;
  let left = columns;
  if (left >= 4) {
    v128.store(p, lo);
    p += 16;
    left -= 4;
    v = hi;
  }
  if (left > 0) store<f32>(p, f32x4.extract_lane(v, 0));
  if (left > 1) store<f32>(p, f32x4.extract_lane(v, 1), 4);
  if (left > 2) store<f32>(p, f32x4.extract_lane(v, 2), 8);
}

/**
 * Four positions × eight columns. A tap is 16 bytes: address of the source row of position 0, first and last + 1 position
 * that have one, offset into the packed weights.
 */
function tile(
  taps: usize, tapsEnd: usize, at: i32, count: i32, sourceStep: i32, panel: usize, depth: i32, zeros: usize,
  bias: usize, activation: i32, out: usize, outStep: i32, columns: i32,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  if (bias != 0) {
    c00 = v128.load(bias);
    c01 = v128.load(bias, 16);
  }
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
  for (let tap = taps; tap < tapsEnd; tap += 16) {
    const lo = load<i32>(tap, 4);
    const hi = load<i32>(tap, 8);
    if (at + 3 < lo || at >= hi) continue;
    const first = load<usize>(tap) + at * sourceStep;
    let p0 = at >= lo ? first : zeros;
    let p1 = at + 1 >= lo && at + 1 < hi ? first + sourceStep : zeros;
    let p2 = at + 2 >= lo && at + 2 < hi ? first + 2 * sourceStep : zeros;
    let p3 = at + 3 >= lo && at + 3 < hi ? first + 3 * sourceStep : zeros;
    let b = panel + load<usize>(tap, 12);
    let k = depth;
    for (; k >= 4; k -= 4) {
      let b0 = v128.load(b), b1 = v128.load(b, 16);
      let a = v128.load_splat<f32>(p0);
      c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = v128.load_splat<f32>(p1);
      c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = v128.load_splat<f32>(p2);
      c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = v128.load_splat<f32>(p3);
      c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      b0 = v128.load(b, 32); b1 = v128.load(b, 48);
      a = v128.load_splat<f32>(p0, 4);
      c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = v128.load_splat<f32>(p1, 4);
      c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = v128.load_splat<f32>(p2, 4);
      c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = v128.load_splat<f32>(p3, 4);
      c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      b0 = v128.load(b, 64); b1 = v128.load(b, 80);
      a = v128.load_splat<f32>(p0, 8);
      c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = v128.load_splat<f32>(p1, 8);
      c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = v128.load_splat<f32>(p2, 8);
      c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = v128.load_splat<f32>(p3, 8);
      c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      b0 = v128.load(b, 96); b1 = v128.load(b, 112);
      a = v128.load_splat<f32>(p0, 12);
      c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = v128.load_splat<f32>(p1, 12);
      c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = v128.load_splat<f32>(p2, 12);
      c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = v128.load_splat<f32>(p3, 12);
      c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      p0 += 16; p1 += 16; p2 += 16; p3 += 16;
      b += 128;
    }
    for (; k > 0; k--) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let a = splat(p0);
      c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = splat(p1);
      c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = splat(p2);
      c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = splat(p3);
      c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      p0 += 4; p1 += 4; p2 += 4; p3 += 4;
      b += 32;
    }
  }
  put(out, columns, finish(c00, activation), finish(c01, activation));
  if (count < 2) return;
  put(out + outStep, columns, finish(c10, activation), finish(c11, activation));
  if (count < 3) return;
  put(out + 2 * outStep, columns, finish(c20, activation), finish(c21, activation));
  if (count < 4) return;
  put(out + 3 * outStep, columns, finish(c30, activation), finish(c31, activation));
}

/** Floor and ceiling of a / b for b > 0. */
// @ts-ignore: decorator
@inline
function floorDiv(a: i32, b: i32): i32 {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}
// @ts-ignore: decorator
@inline
function ceilDiv(a: i32, b: i32): i32 {
  return -floorDiv(-a, b);
}

/** The source index that output `o` reads through tap `k`, or −1. */
// @ts-ignore: decorator
@inline
function sourceIndex(o: i32, k: i32, size: i32, stride: i32, dilation: i32, pad: i32, transposed: i32): i32 {
  let s: i32;
  if (transposed) {
    s = o + pad - k * dilation;
    if (s < 0 || s % stride != 0) return -1;
    s /= stride;
  } else s = o * stride - pad + k * dilation;
  return s >= 0 && s < size ? s : -1;
}

/** All lines of the output, or this part's share of them. */
export function conv(args: usize, part: i32, parts: i32): void {
  const sd = arg(args, Arg.sd), sh = arg(args, Arg.sh), sw = arg(args, Arg.sw);
  const od = arg(args, Arg.od), oh = arg(args, Arg.oh), ow = arg(args, Arg.ow);
  const kd = arg(args, Arg.kd), kh = arg(args, Arg.kh), kw = arg(args, Arg.kw);
  const ci = arg(args, Arg.ci), co = arg(args, Arg.co);
  const strideW = arg(args, Arg.strideW), dilationW = arg(args, Arg.dilationW), padW = arg(args, Arg.padW);
  const transposed = arg(args, Arg.transposed);
  const bias = <usize>arg(args, Arg.bias);
  const activation = arg(args, Arg.activation);
  const source = <usize>arg(args, Arg.source);
  const weights = <usize>arg(args, Arg.weights);
  const out = <usize>arg(args, Arg.out);
  const zeros = <usize>arg(args, Arg.zeros);
  const taps = <usize>(arg(args, Arg.scratch) + part * arg(args, Arg.scratchStep));
  const lines = arg(args, Arg.n) * od * oh;
  const blocks = (co + 7) >> 3;
  const panelBytes = kd * kh * kw * ci * 32;
  const shared = arg(args, Arg.shared);
  let line = 0, lineEnd = lines, block0 = 0, blockEnd = blocks;
  if (shared == 1) {
    block0 = share(blocks, part, parts);
    blockEnd = share(blocks, part + 1, parts);
  } else if (shared == 0) {
    line = share(lines, part, parts);
    lineEnd = share(lines, part + 1, parts);
  }
  // Transposed with a stride: every `phases`-th output position has the same taps.
  const phases = transposed ? strideW : 1;
  const sourceStep = (transposed ? ci : strideW * ci) << 2;
  const outStep = (co * phases) << 2;
  // Positions whose source rows fit the first cache, so that all columns are made from there.
  const segment = max(16, min(512, (8192 / ci) & ~3));
  for (; line < lineEnd; line++) {
    const h = line % oh;
    const d = (line / oh) % od;
    const n = line / (oh * od);
    for (let phase = 0; phase < phases; phase++) {
      const positions = (ow - phase + phases - 1) / phases;
      if (positions <= 0) continue;
      let end = taps;
      for (let td = 0; td < kd; td++) {
        const z = sourceIndex(d, td, sd, arg(args, Arg.strideD), arg(args, Arg.dilationD), arg(args, Arg.padD), transposed);
        if (z < 0) continue;
        for (let th = 0; th < kh; th++) {
          const y = sourceIndex(h, th, sh, arg(args, Arg.strideH), arg(args, Arg.dilationH), arg(args, Arg.padH), transposed);
          if (y < 0) continue;
          const row = source + <usize>((((n * sd + z) * sh + y) * sw * ci) << 2);
          for (let tw = 0; tw < kw; tw++) {
            // Source column of position 0, and the positions whose column lies on the grid.
            let x0 = phase + padW - tw * dilationW;
            let step = 1;
            if (transposed) {
              if (x0 % strideW != 0) continue;
              x0 /= strideW;
            } else {
              x0 = tw * dilationW - padW;
              step = strideW;
            }
            const lo = max(ceilDiv(-x0, step), 0);
            const hi = min(floorDiv(sw - 1 - x0, step) + 1, positions);
            if (lo >= hi) continue;
            store<usize>(end, row + ((x0 * ci) << 2));
            store<i32>(end, lo, 4);
            store<i32>(end, hi, 8);
            store<i32>(end, (((td * kh + th) * kw + tw) * ci) << 5, 12);
            end += 16;
          }
        }
      }
      const target = out + <usize>((((n * od + d) * oh + h) * ow + phase) * co) * 4;
      let from = 0, until = positions;
      if (shared == 2) {
        const quads = (positions + 3) >> 2;
        from = share(quads, part, parts) << 2;
        until = min(share(quads, part + 1, parts) << 2, positions);
      }
      for (; from < until; from += segment) {
        const to = min(from + segment, until);
        for (let block = block0; block < blockEnd; block++) {
          const columns = min(co - (block << 3), 8);
          const panel = weights + <usize>(block * panelBytes);
          const put = target + <usize>(block << 5);
          const b = bias ? bias + <usize>(block << 5) : 0;
          for (let at = from; at < to; at += 4)
            tile(taps, end, at, min(positions - at, 4), sourceStep, panel, ci, zeros, b, activation, put + at * outStep, outStep, columns);
        }
      }
    }
  }
}

/**
 * Weights as `conv` reads them: blocks of eight columns, zero-filled; within a block taps × depth rows of eight floats.
 * Args: from, to, taps, depth, columns, and the strides of depth and column in the source (of a tap: depth × columns).
 */
export function pack(args: usize, part: i32, parts: i32): void {
  const from = <usize>arg(args, 0);
  let to = <usize>arg(args, 1);
  const taps = arg(args, 2), depth = arg(args, 3), columns = arg(args, 4);
  const strideK = arg(args, 5) << 2, strideC = arg(args, 6) << 2;
  const blocks = (columns + 7) >> 3;
  const block0 = share(blocks, part, parts), blockEnd = share(blocks, part + 1, parts);
  to += <usize>(block0 * taps * depth) * 32;
  for (let block = block0; block < blockEnd; block++) {
    const width = min(columns - (block << 3), 8);
    const column0 = from + (block << 3) * strideC;
    for (let t = 0; t < taps; t++) {
      let row = column0 + <usize>(t * depth * columns) * 4;
      for (let k = 0; k < depth; k++, row += strideK, to += 32) {
        if (width == 8 && strideC == 4) {
          v128.store(to, v128.load(row));
          v128.store(to, v128.load(row, 16), 16);
        } else {
          v128.store(to, f32x4.splat(0));
          v128.store(to, f32x4.splat(0), 16);
          let p = row;
          for (let c = 0; c < width; c++, p += strideC) store<f32>(to + (c << 2), load<f32>(p));
        }
      }
    }
  }
}

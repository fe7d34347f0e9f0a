// Functions of two arrays: equal in size, or the smaller one repeated along the larger.
import { word } from "./args";
import { share } from "./vector";

/** Kept in step with src/kernels/elementwise.ts. */
const enum Op {
  add, sub, mul, div, maximum, minimum, squaredDifference, greater, greaterEqual, less, lessEqual, equal, notEqual,
}

// @ts-ignore: decorator
@inline
function apply(op: i32, x: v128, y: v128): v128 {
  switch (op) {
    case Op.add: return f32x4.add(x, y);
    case Op.sub: return f32x4.sub(x, y);
    case Op.mul: return f32x4.mul(x, y);
    case Op.div: return f32x4.div(x, y);
    case Op.maximum: return f32x4.max(x, y);
    case Op.minimum: return f32x4.min(x, y);
    case Op.squaredDifference: {
      const d = f32x4.sub(x, y);
      return f32x4.mul(d, d);
    }
    case Op.greater: return f32x4.gt(x, y);
    case Op.greaterEqual: return f32x4.ge(x, y);
    case Op.less: return f32x4.lt(x, y);
    case Op.lessEqual: return f32x4.le(x, y);
    case Op.equal: return f32x4.eq(x, y);
    default: return f32x4.ne(x, y);
  }
}

/** Four masks as four bytes of 0 or 1. */
// @ts-ignore: decorator
@inline
function bytes(mask: v128): i32 {
  const bits = i32x4.bitmask(mask);
  return (bits & 1) | ((bits & 2) << 7) | ((bits & 4) << 14) | ((bits & 8) << 21);
}

/** One run of `count`; a step of 0 repeats one value. Comparisons write a byte a value. */
// @ts-ignore: decorator
@inline
function run(op: i32, a: usize, stepA: usize, b: usize, stepB: usize, to: usize, count: i32): void {
  let i = count;
  if (stepA == 4 && stepB == 4) {
    for (; i >= 4; i -= 4, a += 16, b += 16) {
      const v = apply(op, v128.load(a), v128.load(b));
      if (op >= Op.greater) {
        store<i32>(to, bytes(v));
        to += 4;
      } else {
        v128.store(to, v);
        to += 16;
      }
    }
  } else if (stepB == 0) {
    const y = v128.load_splat<f32>(b);
    for (; i >= 4; i -= 4, a += 16) {
      const v = apply(op, v128.load(a), y);
      if (op >= Op.greater) {
        store<i32>(to, bytes(v));
        to += 4;
      } else {
        v128.store(to, v);
        to += 16;
      }
    }
  } else {
    const x = v128.load_splat<f32>(a);
    for (; i >= 4; i -= 4, b += 16) {
      const v = apply(op, x, v128.load(b));
      if (op >= Op.greater) {
        store<i32>(to, bytes(v));
        to += 4;
      } else {
        v128.store(to, v);
        to += 16;
      }
    }
  }
  for (; i > 0; i--, a += stepA, b += stepB) {
    const v = apply(op, v128.load_splat<f32>(a), v128.load_splat<f32>(b));
    if (op >= Op.greater) store<u8>(to++, <u8>(i32x4.extract_lane(v, 0) & 1));
    else {
      store<f32>(to, f32x4.extract_lane(v, 0));
      to += 4;
    }
  }
}

/**
 * The output is `outer` × `middle` runs of `inner`; strides of both sides say where a run starts (0 repeats), and a step
 * of 0 repeats within a run.
 */
// @ts-ignore: decorator
@inline
function all(op: i32, args: usize, part: i32, parts: i32): void {
  const a = <usize>word(args, 1), b = <usize>word(args, 2), to = <usize>word(args, 3);
  const outer = word(args, 4), middle = word(args, 5), inner = word(args, 6);
  const outerA = word(args, 7) << 2, middleA = word(args, 8) << 2, stepA = word(args, 9) << 2;
  const outerB = word(args, 10) << 2, middleB = word(args, 11) << 2, stepB = word(args, 12) << 2;
  const width = op >= Op.greater ? 1 : 4;
  if (outer * middle == 1) {
    const quads = (inner + 3) >> 2;
    const first = share(quads, part, parts) << 2;
    const end = min(share(quads, part + 1, parts) << 2, inner);
    run(op, a + first * stepA, stepA, b + first * stepB, stepB, to + first * width, end - first);
    return;
  }
  const end = share(outer * middle, part + 1, parts);
  for (let row = share(outer * middle, part, parts); row < end; row++) {
    const i = row / middle, j = row % middle;
    run(op, a + i * outerA + j * middleA, stepA, b + i * outerB + j * middleB, stepB, to + row * inner * width, inner);
  }
}

export function binary(args: usize, part: i32, parts: i32): void {
  switch (word(args, 0)) {
    case Op.add: all(Op.add, args, part, parts); break;
    case Op.sub: all(Op.sub, args, part, parts); break;
    case Op.mul: all(Op.mul, args, part, parts); break;
    case Op.div: all(Op.div, args, part, parts); break;
    case Op.maximum: all(Op.maximum, args, part, parts); break;
    case Op.minimum: all(Op.minimum, args, part, parts); break;
    case Op.squaredDifference: all(Op.squaredDifference, args, part, parts); break;
    case Op.greater: all(Op.greater, args, part, parts); break;
    case Op.greaterEqual: all(Op.greaterEqual, args, part, parts); break;
    case Op.less: all(Op.less, args, part, parts); break;
    case Op.lessEqual: all(Op.lessEqual, args, part, parts); break;
    case Op.equal: all(Op.equal, args, part, parts); break;
    case Op.notEqual: all(Op.notEqual, args, part, parts); break;
  }
}

/** out = condition (bytes) ? a : b; count, equal sizes. */
export function select(args: usize, part: i32, parts: i32): void {
  const count = word(args, 4);
  const first = share(count, part, parts), end = share(count, part + 1, parts);
  const condition = <usize>word(args, 0), a = <usize>word(args, 1), b = <usize>word(args, 2), to = <usize>word(args, 3);
  let i = first;
  for (; i <= end - 4; i += 4) {
    // Four bytes widened to four words.
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(condition + i)));
    const mask = i32x4.ne(wide, i32x4.splat(0));
    v128.store(to + (i << 2), v128.bitselect(v128.load(a + (i << 2)), v128.load(b + (i << 2)), mask));
  }
  for (; i < end; i++) store<f32>(to + (i << 2), load<u8>(condition + i) ? load<f32>(a + (i << 2)) : load<f32>(b + (i << 2)));
}

// Sums over one dimension of [outer, length, inner].
import { real, word } from "./args";
import { share } from "./vector";

/** Terms that are added in one go; their sums are added then, so that long sums keep their digits. */
const block: i32 = 128;

/** from, to, outer, length, inner, factor (float). */
export function sum(args: usize, part: i32, parts: i32): void {
  const from = <usize>word(args, 0),
    to = <usize>word(args, 1);
  const outer = word(args, 2),
    length = word(args, 3),
    inner = word(args, 4);
  const factor = f32x4.splat(real(args, 5));
  if (inner == 1) {
    const end = share(outer, part + 1, parts);
    for (let o = share(outer, part, parts); o < end; o++)
      store<f32>(to + (o << 2), row(from + ((o * length) << 2), length) * f32x4.extract_lane(factor, 0));
    return;
  }
  // The parts share columns, four at a time.
  const quads = (inner + 3) >> 2;
  const first = share(quads, part, parts) << 2;
  const end = min(share(quads, part + 1, parts) << 2, inner);
  const step = inner << 2;
  for (let o = 0; o < outer; o++) {
    const base = from + ((o * length * inner) << 2);
    const out = to + ((o * inner) << 2);
    let column = first;
    for (; column <= end - 16; column += 16) {
      let s0 = f32x4.splat(0),
        s1 = s0,
        s2 = s0,
        s3 = s0;
      let p = base + (column << 2);
      for (let i = 0; i < length; i += block) {
        let t0 = f32x4.splat(0),
          t1 = t0,
          t2 = t0,
          t3 = t0;
        for (let k = min(block, length - i); k > 0; k--, p += step) {
          t0 = f32x4.add(t0, v128.load(p));
          t1 = f32x4.add(t1, v128.load(p, 16));
          t2 = f32x4.add(t2, v128.load(p, 32));
          t3 = f32x4.add(t3, v128.load(p, 48));
        }
        s0 = f32x4.add(s0, t0);
        s1 = f32x4.add(s1, t1);
        s2 = f32x4.add(s2, t2);
        s3 = f32x4.add(s3, t3);
      }
      const q = out + (column << 2);
      v128.store(q, f32x4.mul(s0, factor));
      v128.store(q, f32x4.mul(s1, factor), 16);
      v128.store(q, f32x4.mul(s2, factor), 32);
      v128.store(q, f32x4.mul(s3, factor), 48);
    }
    for (; column < end; column++) {
      let s: f32 = 0;
      let p = base + (column << 2);
      for (let i = 0; i < length; i += block) {
        let t: f32 = 0;
        for (let k = min(block, length - i); k > 0; k--, p += step) t += load<f32>(p);
        s += t;
      }
      store<f32>(out + (column << 2), s * f32x4.extract_lane(factor, 0));
    }
  }
}

/** Sum of a contiguous row. */
function row(p: usize, length: i32): f32 {
  let s = f32x4.splat(0);
  let i = 0;
  while (i <= length - 16) {
    let t0 = f32x4.splat(0),
      t1 = t0,
      t2 = t0,
      t3 = t0;
    const end = min(i + 16 * block, length - 15);
    for (; i < end; i += 16, p += 64) {
      t0 = f32x4.add(t0, v128.load(p));
      t1 = f32x4.add(t1, v128.load(p, 16));
      t2 = f32x4.add(t2, v128.load(p, 32));
      t3 = f32x4.add(t3, v128.load(p, 48));
    }
    s = f32x4.add(s, f32x4.add(f32x4.add(t0, t1), f32x4.add(t2, t3)));
  }
  let rest: f32 = 0;
  for (; i < length; i++, p += 4) rest += load<f32>(p);
  return (
    f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3)) + rest
  );
}

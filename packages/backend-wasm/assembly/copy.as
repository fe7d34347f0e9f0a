// Copies between arrays of any strides: slices, transposes, tiles, concatenations, interleaving.
import { word } from "./args";
import { share } from "./vector";

/** from, to, then six extents, six strides of the source and six of the target, outermost first, in floats. */
export function copy(args: usize, part: i32, parts: i32): void {
  const n0 = word(args, 2),
    n1 = word(args, 3),
    n2 = word(args, 4),
    n3 = word(args, 5),
    n4 = word(args, 6),
    n5 = word(args, 7);
  const s0 = word(args, 8) << 2,
    s1 = word(args, 9) << 2,
    s2 = word(args, 10) << 2,
    s3 = word(args, 11) << 2,
    s4 = word(args, 12) << 2,
    s5 = word(args, 13) << 2;
  const t0 = word(args, 14) << 2,
    t1 = word(args, 15) << 2,
    t2 = word(args, 16) << 2,
    t3 = word(args, 17) << 2,
    t4 = word(args, 18) << 2,
    t5 = word(args, 19) << 2;
  const from = <usize>word(args, 0),
    to = <usize>word(args, 1);
  // The parts share rows of the first four dimensions.
  const rows = n0 * n1 * n2 * n3;
  const end = share(rows, part + 1, parts);
  for (let row = share(rows, part, parts); row < end; row++) {
    let rest = row;
    const i3 = rest % n3;
    rest /= n3;
    const i2 = rest % n2;
    rest /= n2;
    const i1 = rest % n1;
    const i0 = rest / n1;
    let s = from + i0 * s0 + i1 * s1 + i2 * s2 + i3 * s3;
    let t = to + i0 * t0 + i1 * t1 + i2 * t2 + i3 * t3;
    if (s5 == 4 && t5 == 4) {
      for (let i4 = 0; i4 < n4; i4++, s += s4, t += t4) {
        let k = 0;
        for (; k <= n5 - 4; k += 4) v128.store(t + (k << 2), v128.load(s + (k << 2)));
        for (; k < n5; k++) store<f32>(t + (k << 2), load<f32>(s + (k << 2)));
      }
    } else if (s5 == 0 && t5 == 4) {
      for (let i4 = 0; i4 < n4; i4++, s += s4, t += t4) {
        const value = v128.load_splat<f32>(s);
        let k = 0;
        for (; k <= n5 - 4; k += 4) v128.store(t + (k << 2), value);
        for (; k < n5; k++) store<f32>(t + (k << 2), f32x4.extract_lane(value, 0));
      }
    } else {
      for (let i4 = 0; i4 < n4; i4++, s += s4, t += t4) {
        let p = s,
          q = t;
        for (let k = 0; k < n5; k++, p += s5, q += t5) store<f32>(q, load<f32>(p));
      }
    }
  }
}

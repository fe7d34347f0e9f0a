import * as tf from "@tensorflow/tfjs-core";

type Triple = readonly [number, number, number];

/** Two broadcast arrays as outer × middle runs of inner values; strides in floats, 0 where a side repeats. */
export interface Runs {
  readonly shape: readonly number[];
  readonly extents: Triple;
  readonly stridesA: Triple;
  readonly stridesB: Triple;
}

/** Neighbouring dimensions in which the same side repeats (or none) are one; undefined when more than three remain. */
export function runsOf(a: readonly number[], b: readonly number[]): Runs | undefined {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b]);
  const groups: { extent: number; a: boolean; b: boolean }[] = [];
  shape.forEach((extent, d) => {
    if (extent === 1) return;
    const hasA = (a[d - shape.length + a.length] ?? 1) !== 1;
    const hasB = (b[d - shape.length + b.length] ?? 1) !== 1;
    const last = groups.at(-1);
    if (last && last.a === hasA && last.b === hasB) last.extent *= extent;
    else groups.push({ extent, a: hasA, b: hasB });
  });
  if (groups.length > 3) return undefined;
  while (groups.length < 3) groups.unshift({ extent: 1, a: false, b: false });
  const strides = (side: "a" | "b"): Triple => {
    let step = 1;
    const out = [0, 0, 0];
    for (let d = 2; d >= 0; d--)
      if (groups[d]![side]) {
        out[d] = step;
        step *= groups[d]!.extent;
      }
    return out as unknown as Triple;
  };
  const extents = groups.map((g) => g.extent) as unknown as Triple;
  return { shape, extents, stridesA: strides("a"), stridesB: strides("b") };
}

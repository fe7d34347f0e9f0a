/**
 * What a linear map along one dimension takes from where, as native/src/resampling.cc wants it: for each output where its
 * entries start (and the end of the last), then the inputs' indices, then their weights (float32, by their bits).
 */
export type Taps = Int32Array;

type Entry = readonly [index: number, weight: number];

/** The entries of each output; those of the same input are added up. */
function pack(outputs: readonly (readonly Entry[])[]): Taps {
  const merged = outputs.map((entries) => {
    const sums = new Map<number, number>();
    for (const [index, weight] of entries) sums.set(index, (sums.get(index) ?? 0) + weight);
    return [...sums].filter(([, weight]) => weight !== 0);
  });
  const count = merged.reduce((n, entries) => n + entries.length, 0);
  const taps = new Int32Array(merged.length + 1 + 2 * count);
  const weights = new Float32Array(taps.buffer, 4 * (merged.length + 1 + count));
  let at = 0;
  merged.forEach((entries, o) => {
    taps[o] = at;
    for (const [index, weight] of entries) {
      taps[merged.length + 1 + at] = index;
      weights[at++] = weight;
    }
  });
  taps[merged.length] = at;
  return taps;
}

/** The same map backwards: from gradients of the outputs to gradients of `inputs` inputs. */
function adjoint(taps: Taps, outputs: number, inputs: number): Taps {
  const count = taps[outputs]!;
  const weights = new Float32Array(taps.buffer, 4 * (outputs + 1 + count));
  const entries: Entry[][] = Array.from({ length: inputs }, () => []);
  for (let o = 0; o < outputs; o++)
    for (let t = taps[o]!; t < taps[o + 1]!; t++) entries[taps[outputs + 1 + t]!]!.push([o, weights[t]!]);
  return pack(entries);
}

const cache = new Map<string, Taps>();
const most = 1000;

function cached(key: string, make: () => Taps): Taps {
  let taps = cache.get(key);
  if (!taps) {
    // Spectra of any length must not fill the memory.
    if (cache.size >= most) cache.clear();
    taps = make();
    cache.set(key, taps);
  }
  return taps;
}

const list = <T>(count: number, f: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => f(i));

/** The mean of the points of each window that lie within the input. */
export function windowTaps(
  from: number,
  to: number,
  window: number,
  stride: number,
  before: number,
  backwards = false,
): Taps {
  return cached(`w${from},${to},${window},${stride},${before},${backwards}`, () => {
    const forward = pack(
      list(to, (o) => {
        const low = Math.max(0, o * stride - before);
        const high = Math.min(from, o * stride - before + window);
        return list(Math.max(0, high - low), (k): Entry => [low + k, 1 / (high - low)]);
      }),
    );
    return backwards ? adjoint(forward, to, from) : forward;
  });
}

/** Each point `factor` times in a row. */
export function repeatTaps(from: number, factor: number, backwards = false): Taps {
  return cached(`r${from},${factor},${backwards}`, () => {
    const forward = pack(list(from * factor, (o) => [[Math.floor(o / factor), 1]]));
    return backwards ? adjoint(forward, from * factor, from) : forward;
  });
}

/** Linear interpolation as `interpolationMatrix` of @spectrai/nn has it. */
export function linearTaps(from: number, to: number, alignCorners: boolean, backwards = false): Taps {
  return cached(`l${from},${to},${alignCorners},${backwards}`, () => {
    const forward = pack(
      list(to, (o) => {
        const exact = alignCorners ? (to > 1 ? (o * (from - 1)) / (to - 1) : 0) : ((o + 0.5) * from) / to - 0.5;
        const at = Math.min(Math.max(exact, 0), from - 1);
        const low = Math.min(Math.floor(at), from - 1);
        return [
          [low, 1 - (at - low)],
          [Math.min(low + 1, from - 1), at - low],
        ];
      }),
    );
    return backwards ? adjoint(forward, to, from) : forward;
  });
}

/** One dimension of tfjs's `ResizeBilinear` and `ResizeNearestNeighbor`. */
export function resizeTaps(
  from: number,
  to: number,
  nearest: boolean,
  alignCorners: boolean,
  halfPixelCenters: boolean,
  backwards = false,
): Taps {
  return cached(`t${from},${to},${nearest},${alignCorners},${halfPixelCenters},${backwards}`, () => {
    const aligned = alignCorners && to > 1;
    const ratio = (aligned ? from - 1 : from) / (aligned ? to - 1 : to);
    const forward = pack(
      list(to, (o) => {
        if (nearest) {
          const exact = ratio * (halfPixelCenters ? o + 0.5 : o);
          return [[Math.max(0, Math.min(from - 1, alignCorners ? Math.round(exact) : Math.floor(exact))), 1]];
        }
        const exact = halfPixelCenters ? ratio * (o + 0.5) - 0.5 : ratio * o;
        const low = Math.max(0, Math.floor(exact));
        return [
          [low, 1 - (exact - low)],
          [Math.max(0, Math.min(from - 1, Math.ceil(exact))), exact - low],
        ];
      }),
    );
    return backwards ? adjoint(forward, to, from) : forward;
  });
}

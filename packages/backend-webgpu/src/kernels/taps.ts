type Entry = readonly [index: number, weight: number];
type Entries = readonly (readonly Entry[])[];

/** A linear map along one dimension: what each output takes from which inputs. */
export interface Taps {
  /** Maps of equal key are equal. */
  readonly key: string;
  readonly entries: () => Entries;
}

/** The entries of the same input are added up, and those without weight left out. */
const merged = (outputs: Entries): Entries =>
  outputs.map((entries) => {
    const sums = new Map<number, number>();
    for (const [index, weight] of entries) sums.set(index, (sums.get(index) ?? 0) + weight);
    return [...sums].filter(([, weight]) => weight !== 0);
  });

const list = <T>(count: number, f: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => f(i));

/** The same map backwards: from gradients of the outputs to gradients of `inputs` inputs. */
export const adjoint = (taps: Taps, inputs: number): Taps => ({
  key: `${taps.key} backwards`,
  entries: () => {
    const entries: Entry[][] = list(inputs, () => []);
    merged(taps.entries()).forEach((of, output) => {
      for (const [index, weight] of of) entries[index]!.push([output, weight]);
    });
    return entries;
  },
});

/** The mean of the points of each window that lie within the input. */
export const windowTaps = (from: number, to: number, window: number, stride: number, before: number): Taps => ({
  key: `window ${from} ${to} ${window} ${stride} ${before}`,
  entries: () =>
    list(to, (o) => {
      const low = Math.max(0, o * stride - before);
      const high = Math.min(from, o * stride - before + window);
      return list(Math.max(0, high - low), (k): Entry => [low + k, 1 / (high - low)]);
    }),
});

/** Each point `factor` times in a row. */
export const repeatTaps = (from: number, factor: number): Taps => ({
  key: `repeat ${from} ${factor}`,
  entries: () => list(from * factor, (o) => [[Math.floor(o / factor), 1]]),
});

/** Linear interpolation as `interpolationMatrix` of @spectrai/nn has it. */
export const linearTaps = (from: number, to: number, alignCorners: boolean): Taps => ({
  key: `linear ${from} ${to} ${alignCorners}`,
  entries: () =>
    merged(
      list(to, (o) => {
        const exact = alignCorners ? (to > 1 ? (o * (from - 1)) / (to - 1) : 0) : ((o + 0.5) * from) / to - 0.5;
        const at = Math.min(Math.max(exact, 0), from - 1);
        const low = Math.min(Math.floor(at), from - 1);
        return [
          [low, 1 - (at - low)],
          [Math.min(low + 1, from - 1), at - low],
        ];
      }),
    ),
});

/** One dimension of tfjs's `ResizeBilinear` and `ResizeNearestNeighbor`. */
export const resizeTaps = (
  from: number,
  to: number,
  nearest: boolean,
  alignCorners: boolean,
  halfPixelCenters: boolean,
): Taps => ({
  key: `resize ${from} ${to} ${nearest} ${alignCorners} ${halfPixelCenters}`,
  entries: () => {
    const aligned = alignCorners && to > 1;
    const ratio = (aligned ? from - 1 : from) / (aligned ? to - 1 : to);
    return merged(
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
  },
});

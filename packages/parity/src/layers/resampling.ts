import {
  averagePool,
  type Dimension,
  globalAveragePool,
  globalMaxPool,
  interpolate,
  type Layer,
  maxPool,
  maxPoolWithIndices,
  maxUnpool,
  pixelShuffle,
  type PoolOptions,
  upsample,
} from "@spectrai/nn";
import type { LayerCase } from "./layer-case.ts";

const dimensions = [1, 2, 3] as const;
/** Odd sizes with 3 channels. */
const shapes: Readonly<Record<Dimension, readonly number[]>> = {
  1: [2, 11, 3],
  2: [2, 7, 5, 3],
  3: [2, 5, 4, 7, 3],
};

const plain = (layer: string, of: string, shape: readonly number[], make: () => Layer): LayerCase => ({
  layer,
  of,
  inputs: [shape],
  make: () => {
    const made = make();
    return ([x], context) => made(x!, context);
  },
});

const windows: readonly (readonly [string, Omit<PoolOptions, "dimension">])[] = [
  ["windows of 2", {}],
  ["windows of 3, stride 2, padded by 1", { size: 3, stride: 2, padding: 1 }],
];

const pools = (): LayerCase[] =>
  dimensions.flatMap((dimension) =>
    windows.flatMap(([of, options]) => [
      plain("maxPool", `${dimension}-D, ${of}`, shapes[dimension], () => maxPool({ dimension, ...options })),
      plain("averagePool", `${dimension}-D, ${of}`, shapes[dimension], () => averagePool({ dimension, ...options })),
    ]),
  );

const unpools = (): LayerCase[] =>
  dimensions.flatMap((dimension): LayerCase[] => {
    const shape = shapes[dimension];
    return [
      {
        layer: "maxPoolWithIndices",
        of: `${dimension}-D`,
        inputs: [shape],
        // Positions are exact in float32, and have no gradient.
        make:
          () =>
          ([x]) =>
            maxPoolWithIndices(x!, { dimension }).values,
      },
      {
        layer: "maxUnpool",
        of: `${dimension}-D`,
        inputs: [shape],
        make:
          () =>
          ([x]) => {
            const { values, indices } = maxPoolWithIndices(x!, { dimension });
            return maxUnpool(values, indices, shape.slice(1, -1), { dimension });
          },
      },
    ];
  });

const finer = (): LayerCase[] =>
  dimensions.flatMap((dimension) => [
    plain("upsample", `${dimension}-D, nearest`, shapes[dimension], () => upsample({ dimension, factor: 3 })),
    plain("upsample", `${dimension}-D, linear`, shapes[dimension], () => upsample({ dimension, mode: "linear" })),
    plain("upsample", `${dimension}-D, corners aligned`, shapes[dimension], () =>
      upsample({ dimension, mode: "linear", alignCorners: true }),
    ),
    plain(
      "interpolate",
      `${dimension}-D, to 4 points`,
      shapes[dimension],
      () => (x) =>
        interpolate(
          x,
          Array.from({ length: dimension }, () => 4),
          false,
        ),
    ),
    plain("pixelShuffle", `${dimension}-D`, [...shapes[dimension].slice(0, -1), 3 * 2 ** dimension], () =>
      pixelShuffle({ dimension }),
    ),
    plain("globalAveragePool", `${dimension}-D`, shapes[dimension], globalAveragePool),
    plain("globalMaxPool", `${dimension}-D`, shapes[dimension], globalMaxPool),
  ]);

/** What makes a grid coarser or finer. */
export const resamplingLayers = (): LayerCase[] => [...pools(), ...unpools(), ...finer()];

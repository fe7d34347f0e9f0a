import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { type BackendCase, compareBackends, expectAllClose } from "@spectrai/testing";
import { beforeAll, expect, test } from "vitest";
import { expectAdjoint, normal, run, sizeOf } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

/** What one output takes from which inputs. */
type Entries = (output: number) => readonly (readonly [index: number, weight: number])[];

const linear =
  (from: number, to: number, alignCorners: boolean): Entries =>
  (o) => {
    const exact = alignCorners ? (to > 1 ? (o * (from - 1)) / (to - 1) : 0) : ((o + 0.5) * from) / to - 0.5;
    const at = Math.min(Math.max(exact, 0), from - 1);
    const low = Math.floor(at);
    return low === from - 1
      ? [[low, 1]]
      : [
          [low, 1 - (at - low)],
          [low + 1, at - low],
        ];
  };
const repeated =
  (factor: number): Entries =>
  (o) => [[Math.floor(o / factor), 1]];

/** A map along one axis in float64, or its adjoint, which scatters what the map gathers. */
function along(x: Float64Array, shape: readonly number[], axis: number, to: number, entries: Entries, adjoint = false) {
  const before = sizeOf(shape.slice(0, axis));
  const after = sizeOf(shape.slice(axis + 1));
  const from = shape[axis]!;
  const y = new Float64Array(before * to * after);
  for (let o = 0; o < (adjoint ? from : to); o++)
    for (const [index, weight] of entries(o)) {
      const [source, target] = adjoint ? [o, index] : [index, o];
      for (let b = 0; b < before; b++)
        for (let a = 0; a < after; a++)
          y[(b * to + target) * after + a]! += weight * x[(b * from + source) * after + a]!;
    }
  return y;
}

async function slow(x: tf.Tensor, to: readonly number[], maps: readonly Entries[], adjoint = false) {
  const shape = [...x.shape];
  let values = Float64Array.from(await x.data());
  to.forEach((n, d) => {
    values = along(values, shape, d + 1, n, maps[d]!, adjoint);
    shape[d + 1] = n;
  });
  return values;
}

// At most eight products a value, of weights that are rounded once each.
const close = { rtol: 1e-6 };

describeWebGpu("resampling", () => {
  beforeAll(async () => (await backendOf()).init());

  const random = rng("resampling");
  const trials = Array.from({ length: 24 }, (_, trial) => {
    const draw = (most: number): number[] => Array.from({ length: 1 + (trial % 3) }, () => 1 + random.integer(most));
    return { shape: [1 + random.integer(3), ...draw(6), 1 + random.integer(70)], to: draw(9), factors: draw(3) };
  });

  test("linear interpolation and its gradient are those of float64, of one to three dimensions", async () => {
    for (const alignCorners of [true, false])
      for (const { shape, to } of [...trials, { shape: [2, 40_000, 1], to: [80_001] }]) {
        const from = shape.slice(1, -1);
        const maps = from.map((n, d) => linear(n, to[d]!, alignCorners));
        const attributes = { from, to, alignCorners };
        const x = normal(shape);
        const [y] = run("InterpolateLinear", { x }, attributes);
        expect(y!.shape).toEqual([shape[0], ...to, shape.at(-1)]);
        expectAllClose(await y!.data(), await slow(x, to, maps), close);
        const dy = normal(y!.shape);
        const [dx] = run("InterpolateLinearGradient", { dy }, attributes);
        expect(dx!.shape).toEqual(shape);
        expectAllClose(await dx!.data(), await slow(dy, from, maps, true), close);
      }
  });

  test("repeated points and the sums of their gradients, of one to three dimensions", async () => {
    for (const { shape, factors } of trials) {
      const from = shape.slice(1, -1);
      const to = from.map((n, d) => n * factors[d]!);
      const x = normal(shape);
      const [y] = run("RepeatPoints", { x }, { factors });
      expect(y!.shape).toEqual([shape[0], ...to, shape.at(-1)]);
      expect([...(await y!.data())]).toEqual([...(await slow(x, to, factors.map(repeated)))]);
      const dy = normal(y!.shape);
      const [dx] = run("RepeatPointsGradient", { dy }, { factors });
      expect(dx!.shape).toEqual(shape);
      expectAllClose(await dx!.data(), await slow(dy, from, factors.map(repeated), true), close);
    }
  });

  test.each(["ResizeBilinear", "ResizeNearestNeighbor"])("the gradient of %s is its adjoint", async (name) => {
    for (const [from, to] of [
      [
        [4, 5],
        [8, 10],
      ],
      [
        [9, 7],
        [4, 3],
      ],
      [
        [1, 6],
        [5, 1],
      ],
    ] as const)
      for (const channels of [3, 8])
        for (const [alignCorners, halfPixelCenters] of [
          [false, false],
          [true, false],
          [false, true],
        ]) {
          const attributes = { size: to, alignCorners, halfPixelCenters };
          const images = normal([2, ...from, channels]);
          const [y] = run(name, { images }, attributes);
          await expectAdjoint(images, y!, (dy) => run(`${name}Grad`, { images, dy }, attributes)[0]!);
        }
  });

  const more: BackendCase[] = [
    {
      title: "resized integers",
      inputs: [{ shape: [2, 3, 5, 4], low: -9, high: 9, dtype: "int32" }],
      run: (x) => [
        tf.image.resizeBilinear(x as tf.Tensor4D, [7, 4]),
        tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [7, 4]),
      ],
    },
    {
      title: "nothing to resize",
      inputs: [[0, 4, 4, 2]],
      run: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [8, 8]),
    },
  ];
  test.each(more.map((one) => [one.title, one] as const))("%s", (_, one) => compareBackends("webgpu", one));
});

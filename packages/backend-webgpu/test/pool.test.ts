import * as tf from "@tensorflow/tfjs-core";
import { type BackendCase, compareBackends, expectAllClose } from "@spectrai/testing";
import { beforeAll, expect, test } from "vitest";
import { coarse, expectAdjoint, normal, run } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

type Shape = readonly number[];
type Pool = readonly [shape: Shape, filterSize: Shape, strides: Shape, pad: unknown];

/** Windows larger and smaller than the stride, on edges and beyond them; channels that four divides and not. */
const planes: readonly Pool[] = [
  [[3, 1, 50, 64], [1, 2], [1, 2], "valid"],
  [[3, 1, 51, 51], [1, 2], [1, 2], "same"],
  [[2, 9, 7, 5], [2, 2], [2, 2], "valid"],
  [[2, 9, 7, 33], [2, 2], [2, 2], "same"],
  [[1, 8, 9, 17], [3, 3], [2, 2], "same"],
  [[1, 8, 9, 12], [3, 3], [2, 2], "same"],
  [[1, 8, 9, 3], [3, 2], [1, 3], "valid"],
  [[2, 11, 5, 132], [1, 1], [3, 2], "valid"],
  [[2, 6, 6, 1], [3, 3], [3, 3], 1],
  [[2, 5, 6, 4], [3, 2], [2, 2], [[0, 0], [1, 2], [0, 1], [0, 0]]], // prettier-ignore
  [[1, 3, 3, 2], [3, 3], [1, 1], "valid"],
  [[1, 4, 4, 2], [3, 3], [2, 2], "valid"],
  [[1, 1, 1, 1], [1, 1], [1, 1], "valid"],
  [[70, 90, 3, 1], [2, 1], [2, 1], "valid"],
];
/** Windows that are not cubes, too. */
const volumes: readonly Pool[] = [
  [[2, 4, 6, 5, 33], [2, 2, 2], [2, 2, 2], "valid"],
  [[1, 5, 3, 4, 6], [2, 2, 2], [2, 2, 2], "same"],
  [[1, 5, 6, 7, 4], [3, 3, 3], [2, 1, 2], "same"],
  [[2, 1, 7, 6, 20], [1, 1, 1], [1, 2, 3], "valid"],
  [[2, 3, 7, 6, 8], [1, 2, 3], [1, 2, 3], "valid"],
  [[1, 6, 7, 5, 3], [3, 1, 2], [1, 2, 1], "same"],
];

/** Max pooling and its gradient as loops; of equal values the first counts on planes and the last in volumes, as in tfjs. */
function slowMaximum([shape, filterSize, strides, pad]: Pool, x: ArrayLike<number>, dyOf: (n: number) => Float32Array) {
  const plane = shape.length === 4;
  const [n, ...rest] = plane ? [shape[0]!, 1, ...shape.slice(1)] : shape;
  const [from, c] = [rest.slice(0, 3), rest[3]!];
  const info = plane
    ? tf.backend_util.computePool2DInfo(shape as never, filterSize as never, strides as never, 1, pad as never)
    : tf.backend_util.computePool3DInfo(shape as never, filterSize as never, strides as never, 1, pad as never);
  const three = (values: Shape, one: number): Shape => (plane ? [one, ...values] : values);
  const [size, step] = [three(filterSize, 1), three(strides, 1)];
  const { padInfo, outShape } = info;
  const before = ["front", "top", "left"].map((side) => (padInfo as unknown as Record<string, number>)[side] ?? 0);
  const to = three(outShape.slice(1, -1), 1);
  const y = new Float32Array(n! * to[0]! * to[1]! * to[2]! * c);
  const dy = dyOf(y.length);
  const dx = new Float32Array(x.length);
  let out = 0;
  for (let b = 0; b < n!; b++)
    for (let o = 0; o < to[0]! * to[1]! * to[2]!; o++)
      for (let k = 0; k < c; k++, out++) {
        const corner = [Math.floor(o / to[2]! / to[1]!), Math.floor(o / to[2]!) % to[1]!, o % to[2]!].map(
          (at, d) => at * step[d]! - before[d]!,
        );
        let [best, place] = [-Infinity, -1];
        for (let p = 0; p < size[0]! * size[1]! * size[2]!; p++) {
          const at = [Math.floor(p / size[2]! / size[1]!), Math.floor(p / size[2]!) % size[1]!, p % size[2]!].map(
            (offset, d) => corner[d]! + offset,
          );
          if (at.some((i, d) => i < 0 || i >= from[d]!)) continue;
          const index = (((b * from[0]! + at[0]!) * from[1]! + at[1]!) * from[2]! + at[2]!) * c + k;
          if (plane ? x[index]! > best : x[index]! >= best) [best, place] = [x[index]!, index];
        }
        y[out] = best;
        if (place >= 0) dx[place]! += dy[out]!;
      }
  return { y, dx };
}

describeWebGpu("pooling", () => {
  beforeAll(async () => (await backendOf()).init());

  test.each([
    ["MaxPool", planes],
    ["MaxPool3D", volumes],
  ] as const)("%s and its gradient are those of loops, equal values too", async (name, pools) => {
    for (const pool of pools) {
      const [shape, filterSize, strides, pad] = pool;
      const attributes = { filterSize, strides, pad };
      const x = coarse(shape);
      const [y] = run(name, { x }, attributes);
      const dy = normal(y!.shape);
      const [dx] = run(`${name}Grad`, { dy, input: x, output: y! }, attributes);
      const slopes = (await dy.data()) as Float32Array;
      const wanted = slowMaximum(pool, await x.data(), () => slopes);
      expect([...(await y!.data())]).toEqual([...wanted.y]);
      // Gradients of several windows are added up, in another order.
      expectAllClose(await dx!.data(), wanted.dx, { rtol: 1e-6 });
    }
  });

  test.each([
    ["AvgPool", planes],
    ["AvgPool3D", volumes],
  ] as const)("%s is tfjs's, and its gradient its adjoint, padded too", async (name, pools) => {
    for (const [shape, filterSize, strides, pad] of pools) {
      const attributes = { filterSize, strides, pad };
      const x = normal(shape);
      const [y] = run(name, { x }, attributes);
      const actual = await y!.data();
      const values = await x.data();
      await tf.setBackend("cpu");
      const expected = await run(name, { x: tf.tensor(values, [...shape]) }, attributes)[0]!.data();
      await tf.setBackend("webgpu");
      // Sums of at most 27 values, each times the inverse of their number.
      expectAllClose(actual, expected, { rtol: 1e-6 });
      await expectAdjoint(x, y!, (dy) => run(`${name}Grad`, { dy, input: x }, attributes)[0]!);
    }
  });

  test("NaN and −∞ in windows are treated as by tfjs", async () => {
    const attributes = { filterSize: [1, 2], strides: [1, 2], pad: "valid" };
    const read = async (): Promise<number[][]> => {
      const x = tf.tensor([NaN, 1, NaN, NaN, -Infinity, -Infinity, 2, NaN], [1, 1, 8, 1]);
      const [y] = run("MaxPool", { x }, attributes);
      const dy = tf.tensor([1, 2, 3, 4], [1, 1, 4, 1]);
      const [dx] = run("MaxPoolGrad", { dy, input: x, output: y! }, attributes);
      return [[...(await y!.data())], [...(await dx!.data())]];
    };
    const actual = await read();
    await tf.setBackend("cpu");
    const expected = await read();
    await tf.setBackend("webgpu");
    expect(actual).toEqual(expected);
  });

  const more: BackendCase[] = [
    ...[true, false].flatMap((batch) =>
      (["valid", "same"] as const).flatMap((pad) =>
        [7, 8].map((channels) => ({
          title: `argmax of windows of ${channels} channels, ${pad}, batch ${batch}`,
          inputs: [{ shape: [3, 5, 6, channels], low: -2, high: 2, dtype: "int32" as const }],
          run: (x: tf.Tensor) => {
            const { result, indexes } = tf.maxPoolWithArgmax(
              tf.cast(x, "float32") as tf.Tensor4D,
              [3, 2],
              2,
              pad,
              batch,
            );
            return [result!, tf.cast(indexes!, "int32")];
          },
        })),
      ),
    ),
    {
      title: "largest of integers",
      inputs: [{ shape: [1, 4, 6, 4], low: -9, high: 9, dtype: "int32" }],
      run: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"),
    },
    {
      title: "nothing to pool",
      inputs: [[0, 4, 4, 2]],
      run: (x) => [tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"), tf.avgPool(x as tf.Tensor4D, 2, 2, "valid")],
    },
  ];
  test.each(more.map((one) => [one.title, one] as const))("%s", (_, one) => compareBackends("webgpu", one));
});

import * as tf from "@tensorflow/tfjs-core";
import { type BackendCase, compareBackends, expectAllClose } from "@spectrai/testing";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type * as Tiles from "../src/kernels/gemm-tiles.ts";
import { type Tile, tilesFor } from "../src/kernels/gemm-tiles.ts";
import { normal, run } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

type Shape = readonly number[];

/** float32 sums of K terms in another order: errors of about √K · 6e-8 of the largest result. */
const tolerance = { rtol: 2e-5, atol: 1e-6 };

/** Rows, inner, columns: every tile, edges beyond it, divisible by four and not, single rows and columns, a long inner dimension (which is split). */
const sizes: readonly Shape[] = [
  [1, 1, 1],
  [5, 7, 3],
  [64, 16, 64],
  [130, 36, 68],
  [129, 33, 35],
  [300, 20, 31],
  [700, 40, 1],
  [257, 24, 9],
  [1, 700, 130],
  [3, 65, 130],
  [20, 3000, 12],
  [33, 5001, 70],
  [1, 40000, 1],
  [1200, 17, 260],
];

const at = (shape: Shape, index: Shape): number => shape.reduce((n, size, d) => n * size + index[d]!, 0);

/** The product in float64, one multiplication at a time. */
async function slowly(
  a: tf.Tensor,
  b: tf.Tensor,
  ta: boolean,
  tb: boolean,
): Promise<{ shape: number[]; values: number[] }> {
  const [x, y] = await Promise.all([a.data(), b.data()]);
  const [rows, inner] = ta ? a.shape.slice(-2).toReversed() : a.shape.slice(-2);
  const columns = b.shape.at(tb ? -2 : -1)!;
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...outer, rows!, columns];
  const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => {
    const index = tf.util.indexToLoc(i, shape.length, tf.util.computeStrides(shape));
    const [row, column] = index.slice(-2) as [number, number];
    const of = (t: tf.Tensor): number[] =>
      t.shape.slice(0, -2).map((size, d) => (size === 1 ? 0 : index[d + outer.length - t.rank + 2]!));
    let sum = 0;
    for (let k = 0; k < inner!; k++)
      sum +=
        x[at(a.shape, [...of(a), ...(ta ? [k, row] : [row, k])])]! *
        y[at(b.shape, [...of(b), ...(tb ? [column, k] : [k, column])])]!;
    return sum;
  });
  return { shape, values };
}

/** A tile that all products are to take, in place of the one for software adapters. */
let forced: Tile | undefined;
vi.mock("../src/kernels/gemm-tiles.ts", async (original) => {
  const module = await original<typeof Tiles>();
  return { ...module, tilesFor: (software: boolean) => (forced ? [forced] : module.tilesFor(software)) };
});

const transposed = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

describeWebGpu("matrix products", () => {
  beforeAll(async () => {
    await (await backendOf()).init();
  });
  afterEach(() => {
    forced = undefined;
  });

  // Rows of four and not, on both sides; beyond one tile in every dimension; split and not.
  test.each(tilesFor(false).flatMap((tile) => transposed.map(([ta, tb]) => [tile, ta, tb] as const)))(
    "in a tile of %j threads, transposed %s and %s",
    async (tile, ta, tb) => {
      forced = tile;
      for (const [rows, inner, columns] of [
        [133, 36, 70],
        [133, 3000, 9],
      ] as const) {
        const [a, b] = [normal(ta ? [inner, rows] : [rows, inner]), normal(tb ? [columns, inner] : [inner, columns])];
        const product = run("BatchMatMul", { a, b }, { transposeA: ta, transposeB: tb })[0]!;
        expectAllClose(await product.data(), (await slowly(a, b, ta, tb)).values, tolerance);
        tf.dispose([a, b, product]);
      }
    },
  );

  for (const [rows, inner, columns] of sizes as readonly [number, number, number][])
    for (const [ta, tb] of transposed)
      test(`${rows} × ${inner}${ta ? "ᵀ" : ""} by ${inner} × ${columns}${tb ? "ᵀ" : ""}, and gradients`, async () => {
        const one: BackendCase = {
          title: `product ${rows} ${inner} ${columns} ${ta} ${tb}`,
          inputs: [ta ? [inner, rows] : [rows, inner], tb ? [columns, inner] : [inner, columns]],
          run: (a, b) => tf.matMul(a!, b!, ta, tb),
          gradients: [0, 1],
        };
        await compareBackends("webgpu", one, tolerance);
      });

  test.each([
    [[3, 5, 7], [3, 7, 9], false, false],
    [[6, 40, 8], [8, 12], false, false],
    [[6, 8, 40], [8, 12], true, false],
    [[40, 8], [5, 12, 8], false, true],
    [[2, 1, 6, 8], [1, 3, 8, 4], false, false],
    [[2, 1, 4, 6, 5], [3, 1, 5, 7], false, false],
    [[2, 1, 3, 1, 6, 5], [4, 1, 2, 7, 5], false, true],
    [[3, 2, 1500], [3, 1500, 4], false, false],
    [[70, 2, 3], [70, 3, 2], false, false],
  ] as const)("batches of [%j] by [%j], transposed %s and %s", async (a, b, ta, tb) => {
    const [x, y] = [normal(a), normal(b)];
    const product = run("BatchMatMul", { a: x, b: y }, { transposeA: ta, transposeB: tb })[0]!;
    const expected = await slowly(x, y, ta, tb);
    expect(product.shape).toEqual(expected.shape);
    expectAllClose(await product.data(), expected.values, tolerance);
    tf.dispose([x, y, product]);
  });

  test("of empty tensors are empty, and sums of nothing are zero", async () => {
    const product = (a: number[], b: number[]) => tf.matMul(tf.zeros(a), tf.zeros(b));
    expect(product([0, 4], [4, 3]).shape).toEqual([0, 3]);
    expect(product([2, 3, 4], [2, 4, 0]).shape).toEqual([2, 3, 0]);
    expect([...(await product([2, 0], [0, 3]).data())]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  const activations = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const;
  for (const inner of [33, 1600])
    test.each(
      activations.flatMap(
        (f) =>
          [
            [f, [18]],
            [f, []],
            [f, undefined],
            [f, [1, 18]],
            [f, [21, 18]],
          ] as const,
      ),
    )(`${inner} terms through %s with a bias of %j`, async (activation, bias) => {
      const one: BackendCase = {
        title: `product of ${inner} through ${activation} ${JSON.stringify(bias)}`,
        inputs: [[21, inner], [inner, 18], [18], bias ?? [1]],
        run: (a, b, slopes, c) =>
          tf.fused.matMul({
            a: tf.mul(a!, 0.2),
            b: b!,
            activation,
            ...(bias && { bias: c! }),
            leakyreluAlpha: 0.3,
            ...(activation === "prelu" && { preluActivationWeights: slopes! }),
          }),
      };
      await compareBackends("webgpu", one, tolerance);
    });

  test("that are split give the same numbers each time", async () => {
    const [a, b] = [normal([40, 9000]), normal([9000, 50])];
    const first = await tf.matMul(a, b).data();
    for (let i = 0; i < 3; i++) expect(await tf.matMul(a, b).data()).toEqual(first);
    tf.dispose([a, b]);
  });

  test("pass NaN on through an activation", async () => {
    const y = run("_FusedMatMul", { a: tf.tensor2d([[NaN, 1]]), b: tf.ones([2, 1]) }, { activation: "relu" })[0]!;
    expect([...(await y.data())]).toEqual([NaN]);
  });

  test("say what does not fit", () => {
    const a = tf.ones([2, 3]);
    expect(() => run("BatchMatMul", { a, b: tf.ones([4, 2]) })).toThrow(
      /\[2, 3\] and \[4, 2\] has the inner sizes 3 and 4/,
    );
    expect(() => run("BatchMatMul", { a, b: tf.ones([3, 2], "int32") })).toThrow(/is of float32 and int32; cast both/);
    expect(() => run("_FusedMatMul", { a, b: tf.ones([3, 1]) }, { activation: "gelu" })).toThrow(
      /no activation "gelu"/,
    );
  });
});

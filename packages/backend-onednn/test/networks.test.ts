import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { type BackendCase, compareBackends, expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, test } from "vitest";
import type { OnednnBackend } from "../src/backend.ts";
import { onednnBackend } from "../src/index.ts";
import { describeNative } from "./support/native.ts";

type Shape = readonly number[];
type Inputs = Readonly<Record<string, tf.Tensor>>;

const random = rng("networks");
const size = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);
const normal = (shape: Shape): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: size(shape) }, () => random.normal()),
    [...shape],
  );
/** Few different values, so that many are equal. */
const coarse = (shape: Shape): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: size(shape) }, () => random.integer(3) - 1),
    [...shape],
  );
const run = (name: string, inputs: Inputs, attributes: object = {}): tf.Tensor[] =>
  [tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap)].flat();
const onednn = (): OnednnBackend => tf.backend() as OnednnBackend;

/** The same values as the backend keeps them under `precision: bf16`, and what they are as float32. */
function halved(x: tf.Tensor): { readonly half: tf.Tensor; readonly rounded: tf.Tensor } {
  const words = Uint16Array.from(new Uint32Array(x.dataSync().slice().buffer), (bits) => (bits + 0x8000) >>> 16);
  const info = onednn().make(x.shape, "float32", true);
  onednn().native.write(onednn().any(info), words);
  const values = new Float32Array(Uint32Array.from(words, (w) => (w << 16) >>> 0).buffer);
  return { half: tf.engine().makeTensorFromTensorInfo(info), rounded: tf.tensor(values, x.shape) };
}
const isHalf = (x: tf.Tensor): boolean => onednn().data(x).half;

const inner = (a: tf.Tensor, b: tf.Tensor): number => {
  const [x, y] = [a.dataSync(), b.dataSync()];
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
};

/** ⟨dy, A x⟩ = ⟨Aᵀ dy, x⟩, up to rounding of float32. */
function expectAdjoint(x: tf.Tensor, y: tf.Tensor, gradient: (dy: tf.Tensor) => tf.Tensor): void {
  const dy = normal(y.shape);
  const dx = gradient(dy);
  expect(dx.shape).toEqual(x.shape);
  const scale = Math.sqrt(inner(dy, dy) * inner(y, y)) + 1e-3;
  expect(Math.abs(inner(dy, y) - inner(dx, x)) / scale).toBeLessThan(1e-5);
}

/** Windows larger and smaller than the stride, on edges and beyond them. */
const pools: readonly (readonly [Shape, readonly number[], readonly number[], unknown])[] = [
  [[3, 1, 50, 64], [1, 2], [1, 2], "valid"],
  [[3, 1, 51, 51], [1, 2], [1, 2], "same"],
  [[2, 9, 7, 5], [2, 2], [2, 2], "valid"],
  [[2, 9, 7, 33], [2, 2], [2, 2], "same"],
  [[1, 8, 9, 17], [3, 3], [2, 2], "same"],
  [[1, 8, 9, 3], [3, 2], [1, 3], "valid"],
  [[2, 11, 5, 130], [1, 1], [3, 2], "valid"],
  [[2, 6, 6, 1], [3, 3], [3, 3], 1],
  [[2, 5, 6, 4], [3, 2], [2, 2], [[0, 0], [1, 2], [0, 1], [0, 0]]], // prettier-ignore
  [[1, 3, 3, 2], [3, 3], [1, 1], "valid"],
  [[1, 4, 4, 2], [3, 3], [2, 2], "valid"],
  [[1, 1, 1, 1], [1, 1], [1, 1], "valid"],
];
const volumes: typeof pools = [
  [[2, 4, 6, 5, 33], [2, 2, 2], [2, 2, 2], "valid"],
  [[1, 5, 3, 4, 6], [2, 2, 2], [2, 2, 2], "same"],
  [[1, 5, 6, 7, 3], [3, 3, 3], [2, 1, 2], "same"],
  [[2, 1, 7, 6, 20], [1, 1, 1], [1, 2, 3], "valid"],
];

describeNative("kernels of networks", () => {
  describe.each([1, 2])("on %i threads", (threads) => {
    beforeAll(async () => (await onednnBackend.create({ threads, precision: "f32" }, {})).init());

    test.each(["MaxPool", "MaxPool3D"])("%s and its gradient are tfjs's, equal values too", async (name) => {
      for (const [shape, filterSize, strides, pad] of name === "MaxPool" ? pools : volumes) {
        const attributes = { filterSize, strides, pad };
        const x = coarse(shape);
        const [y] = run(name, { x }, attributes);
        const dy = normal(y!.shape);
        const [dx] = run(`${name}Grad`, { dy, input: x, output: y! }, attributes);
        const actual = [y!, dx!].map((t) => t.dataSync());
        await tf.setBackend("cpu");
        const expected = [
          ...run(name, { x }, attributes),
          ...run(`${name}Grad`, { dy, input: x, output: y! }, attributes),
        ];
        const [values, gradient] = expected.map((t) => t.dataSync());
        await tf.setBackend("onednn");
        expect([...actual[0]!]).toEqual([...values!]);
        // Gradients of several windows are added up.
        expectAllClose(actual[1]!, gradient!, { rtol: 1e-6 });
      }
    });

    test.each(["AvgPool", "AvgPool3D"])("%s is tfjs's, and its gradient its adjoint, padded too", async (name) => {
      for (const [shape, filterSize, strides, pad] of name === "AvgPool" ? pools : volumes) {
        const attributes = { filterSize, strides, pad };
        const x = normal(shape);
        const [y] = run(name, { x }, attributes);
        await tf.setBackend("cpu");
        const expected = run(name, { x }, attributes)[0]!.dataSync();
        await tf.setBackend("onednn");
        // Sums of at most 27 values, each times the inverse of their number.
        expectAllClose(y!.dataSync(), expected, { rtol: 1e-6 });
        expectAdjoint(x, y!, (dy) => run(`${name}Grad`, { dy, input: x }, attributes)[0]!);
      }
    });

    test("NaN and −∞ in windows are treated as by tfjs", async () => {
      const x = tf.tensor([NaN, 1, NaN, NaN, -Infinity, -Infinity, 2, NaN], [1, 1, 8, 1]);
      const attributes = { filterSize: [1, 2], strides: [1, 2], pad: "valid" };
      const read = (): number[][] => {
        const [y] = run("MaxPool", { x }, attributes);
        const dy = tf.tensor([1, 2, 3, 4], [1, 1, 4, 1]);
        return [y!, run("MaxPoolGrad", { dy, input: x, output: y! }, attributes)[0]!].map((t) => [...t.dataSync()]);
      };
      const actual = read();
      await tf.setBackend("cpu");
      const expected = read();
      await tf.setBackend("onednn");
      expect(actual).toEqual(expected);
    });

    const more: BackendCase[] = [
      ...[true, false].flatMap((batch) =>
        (["valid", "same"] as const).map((pad) => ({
          title: `argmax of windows, ${pad}, batch ${batch}`,
          inputs: [{ shape: [3, 5, 6, 7], low: -2, high: 2, dtype: "int32" as const }],
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
      {
        title: "largest of integers",
        inputs: [{ shape: [1, 4, 6, 3], low: -9, high: 9, dtype: "int32" }],
        run: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"),
      },
      ...[2, 3].map((block) => ({
        title: `depth to space by ${block}`,
        inputs: [[2, 3, 5, 2 * block ** 2]],
        run: (x: tf.Tensor) => tf.depthToSpace(x as tf.Tensor4D, block, "NHWC"),
      })),
      ...[
        [2, 5, 6, 51],
        [1, 1, 3, 300],
        [1, 7, 1, 1],
      ].map((shape) => ({
        title: `norm of [${shape.join()}] by given statistics`,
        inputs: [shape, [shape[3]!], { shape: [shape[3]!], low: 0.1, high: 2 }, [shape[3]!], [shape[3]!]],
        run: (...[x, m, v, o, s]: tf.Tensor[]) =>
          tf.batchNorm(x as tf.Tensor4D, m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D, 1e-3),
      })),
      {
        title: "norm by given statistics alone",
        inputs: [[2, 3, 4, 5], [5], { shape: [5], low: 0.1, high: 2 }],
        run: (x, m, v) => tf.batchNorm(x as tf.Tensor4D, m as tf.Tensor1D, v as tf.Tensor1D),
      },
      {
        title: "nothing to pool",
        inputs: [[0, 4, 4, 2]],
        run: (x) => [
          tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"),
          tf.avgPool(x as tf.Tensor4D, 2, 2, "valid"),
          tf.image.resizeBilinear(x as tf.Tensor4D, [8, 8]),
        ],
      },
    ];
    test.each(more.map((one) => [one.title, one] as const))("%s", (_, one) => compareBackends("onednn", one));

    test.each(["ResizeBilinear", "ResizeNearestNeighbor"])("the gradient of %s is its adjoint", (name) => {
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
        // prettier-ignore
        for (const [alignCorners, halfPixelCenters] of [
          [false, false],
          [true, false],
          [false, true],
        ]) {
          const attributes = { size: to, alignCorners, halfPixelCenters };
          const images = normal([2, ...from, 3]);
          expectAdjoint(images, run(name, { images }, attributes)[0]!, (dy) =>
            run(`${name}Grad`, { images, dy }, attributes)[0]!,
          );
        }
    });

    // What comes out is rounded to 8 bits; arithmetic in between is the same.
    const toEightBits = { rtol: 2 ** -8, atol: 1e-6 };
    const both = (
      name: string,
      inputs: Inputs,
      halve: readonly string[],
      attributes: object,
      halfOut: boolean[],
    ): void => {
      const low: Record<string, tf.Tensor> = { ...inputs };
      const high: Record<string, tf.Tensor> = { ...inputs };
      for (const key of halve) {
        const { half, rounded } = halved(inputs[key]!);
        low[key] = half;
        high[key] = rounded;
      }
      const actual = run(name, low, attributes);
      expect(actual.map(isHalf)).toEqual(halfOut);
      for (const key of halve) expect(isHalf(low[key]!)).toBe(true);
      run(name, high, attributes).forEach((t, i) => expectAllClose(actual[i]!.dataSync(), t.dataSync(), toEightBits));
    };

    test("take tensors kept as bf16, and give some", () => {
      tf.tidy(() => {
        for (const channels of [3, 51]) {
          const x = normal([2, 6, 8, channels]);
          const [scale, offset] = [normal([channels]), normal([channels])];
          const window = { filterSize: 2, strides: 2, pad: "valid" };
          const y = run("MaxPool", { x }, window)[0]!;
          const dy = normal(y.shape);
          const wide = normal(x.shape);
          both("MaxPool", { x }, ["x"], window, [true]);
          both("AvgPool", { x }, ["x"], window, [true]);
          for (const halve of [["dy", "input"], ["dy"], ["input"]]) {
            const large = halve.includes("input");
            both("MaxPoolGrad", { dy, input: x, output: y }, halve, window, [large]);
            both("AvgPoolGrad", { dy, input: x }, halve, window, [large]);
          }
          const overlapping = { filterSize: 3, strides: 2, pad: "same" };
          const out = run("MaxPool", { x }, overlapping)[0]!;
          both("MaxPoolGrad", { dy: normal(out.shape), input: x, output: out }, ["dy", "input"], overlapping, [true]);

          for (const [acrossBatch, groups] of [
            [true, channels],
            [false, channels / 3],
          ] as const) {
            const set = { acrossBatch, groups, eps: 1e-5 };
            both("Normalize", { x, scale, offset }, ["x"], set, [true, false, false]);
            const [, mean, variance] = run("Normalize", { x, scale, offset }, set);
            for (const halve of [["dy", "x"], ["dy"], ["x"]])
              both("NormalizeGradient", { dy: wide, x, scale, mean: mean!, variance: variance! }, halve, set, [
                halve.includes("dy"),
                false,
                false,
              ]);
          }
          const rows = tf.reshape(x, [-1, channels]);
          const set = { acrossBatch: false, groups: 1, eps: 1e-5 };
          both("Normalize", { x: rows, scale, offset }, ["x"], set, [true, false, false]);
          const [, mean, variance] = run("Normalize", { x: rows, scale, offset }, set);
          const gradient = { dy: tf.reshape(wide, rows.shape), x: rows, scale, mean: mean!, variance: variance! };
          both("NormalizeGradient", gradient, ["dy", "x"], set, [true, false, false]);
          const statistics = { mean: offset, variance: tf.square(offset) };
          both("FusedBatchNorm", { x, scale, offset, ...statistics }, ["x"], { varianceEpsilon: 1e-3 }, [true]);

          both("RepeatPoints", { x }, ["x"], { factors: [2, 3] }, [true]);
          both("RepeatPointsGradient", { dy: x }, ["dy"], { factors: [2, 2] }, [true]);
          const linear = { from: [6, 8], to: [9, 5], alignCorners: false };
          both("InterpolateLinear", { x }, ["x"], linear, [true]);
          both("InterpolateLinearGradient", { dy: normal([2, 9, 5, channels]) }, ["dy"], linear, [true]);
          both("PixelUnshuffle", { x }, ["x"], { factor: 2 }, [true]);
          both("PixelShuffle", { x: normal([2, 3, 5, 4 * channels]) }, ["x"], { factor: 2 }, [true]);

          const factors = normal([2, channels]);
          for (const halve of [["x", "y"], ["x"], ["y"]])
            both("AddScaled", { x, y: wide, scale: factors }, halve, {}, [halve.includes("y")]);
          for (const halve of [["dy", "y"], ["dy"], ["y"]])
            both("AddScaledGradient", { dy: x, y: wide, scale: factors }, halve, {}, [halve.includes("dy"), false]);
          both("PositionMean", { x }, ["x"], { shape: x.shape }, [false]);
          const spread = (): tf.Tensor => run("PositionMeanGradient", { dy: factors }, { shape: x.shape })[0]!;
          const plain = spread();
          onednn().bf16 = true;
          const half = spread();
          onednn().bf16 = false;
          expect([isHalf(plain), isHalf(half)]).toEqual([false, true]);
          expectAllClose(half.dataSync(), plain.dataSync(), toEightBits);
        }
      });
    });
  });
});

import * as tf from "@tensorflow/tfjs-core";
import { type BackendCase, compareBackends } from "@spectrai/testing";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type * as Tiles from "../src/kernels/gemm-tiles.ts";
import { expectAdjoint, normal, run } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

type Shape = readonly number[];
type Conv = readonly [x: Shape, filter: Shape, strides: Shape, pad: unknown];

/** float32 sums of K terms in another order: errors of about √K · 6e-8 of the largest result; K is below 3000 here. */
const tolerance = { rtol: 2e-5, atol: 1e-6 };

/** Spectra (height 1) and images; channels that four divides and not; edges of tiles; strides beyond the kernel and below it. */
const planes: readonly Conv[] = [
  [[3, 1, 50, 16], [1, 3, 16, 24], [1, 1], "same"],
  [[70, 1, 7, 64], [1, 3, 64, 8], [1, 1], "same"],
  [[2, 1, 31, 17], [1, 3, 17, 51], [1, 1], [[0, 0], [0, 0], [2, 2], [0, 0]]], // prettier-ignore
  [[2, 1, 600, 1], [1, 7, 1, 16], [1, 1], "same"],
  [[2, 1, 600, 16], [1, 5, 16, 1], [1, 1], "valid"],
  [[1, 8, 8, 16], [5, 3, 16, 33], [1, 1], [[0, 0], [2, 0], [0, 3], [0, 0]]], // prettier-ignore
  [[2, 9, 13, 21], [3, 3, 21, 40], [1, 1], "same"],
  [[2, 1, 19, 5], [1, 5, 5, 7], [1, 2], "same"],
  [[2, 9, 7, 8], [3, 3, 8, 12], [2, 2], "same"],
  [[2, 9, 7, 6], [4, 2, 6, 5], [2, 2], "valid"],
  [[2, 11, 10, 4], [3, 2, 4, 8], [3, 4], 1],
  [[3, 9, 8, 4], [1, 1, 4, 6], [2, 3], "valid"],
  [[1, 1, 64, 3], [1, 16, 3, 20], [1, 16], "valid"],
  [[2, 6, 5, 36], [1, 1, 36, 68], [1, 1], "valid"],
  [[1, 3, 2, 2], [3, 2, 2, 3], [1, 1], "valid"],
  [[1, 1, 1, 1], [1, 1, 1, 1], [1, 1], "valid"],
];
const volumes: readonly Conv[] = [
  [[2, 5, 6, 9, 16], [3, 3, 3, 16, 12], [1, 1, 1], "same"],
  [[1, 4, 5, 11, 8], [3, 1, 3, 8, 8], [1, 1, 1], "valid"],
  [[1, 6, 5, 7, 3], [3, 3, 3, 3, 4], [2, 2, 2], "same"],
  [[2, 5, 4, 7, 1], [2, 3, 5, 1, 9], [1, 2, 3], "valid"],
  [[2, 4, 4, 6, 4], [1, 1, 1, 4, 5], [1, 2, 1], "same"],
];

const convolve = (x: tf.Tensor, filter: tf.Tensor, strides: Shape, pad: unknown): tf.Tensor =>
  x.rank === 4
    ? tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides as [number, number], pad as "same")
    : tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, strides as [number, number, number], pad as "same");

const caseOf = ([x, filter, strides, pad]: Conv): BackendCase => ({
  title: `convolution ${JSON.stringify([x, filter, strides, pad])}`,
  inputs: [x, filter],
  run: (a, b) => convolve(a!, b!, strides, pad),
  gradients: [0, 1],
});

/** A tile that all products are to take, in place of the one for software adapters. */
let forced: Tiles.Tile | undefined;
vi.mock("../src/kernels/gemm-tiles.ts", async (original) => {
  const module = await original<typeof Tiles>();
  return { ...module, tilesFor: (software: boolean) => (forced ? [forced] : module.tilesFor(software)) };
});

describeWebGpu("convolutions", () => {
  beforeAll(async () => {
    await (await backendOf()).init();
  });
  afterEach(() => {
    forced = undefined;
  });

  test.each([...planes, ...volumes].map((conv) => [JSON.stringify(conv), conv] as const))(
    "and gradients: %s",
    async (_, conv) => compareBackends("webgpu", caseOf(conv), tolerance),
  );

  test.each([
    [planes[6]!, { across: 16, down: 16, rows: 8 }],
    [planes[8]!, { across: 4, down: 32, rows: 4 }],
    [volumes[3]!, { across: 16, down: 4, rows: 4 }],
  ] as const)("and gradients: %j in a tile of %j threads", async (conv, tile) => {
    forced = tile;
    await compareBackends("webgpu", caseOf(conv), tolerance);
  });

  test.each([
    [[2, 1, 40, 5], [1, 3, 5, 6], [1, 1], [1, 4], "same"],
    [[1, 17, 15, 4], [3, 3, 4, 4], [1, 1], [2, 3], "valid"],
    [[1, 17, 15, 4], [3, 2, 4, 3], [2, 2], [2, 1], "same"],
    [[1, 17, 25, 2], [2, 3, 2, 3], [4, 3], [2, 5], "same"],
  ] as const)("dilated: %j by %j, strides %j, dilations %j, %s", async (x, filter, strides, dilations, pad) => {
    // Strides and dilations at once are beyond what tf.conv2d allows, and not beyond the kernel.
    const how = { strides: [...strides], dilations: [...dilations], pad, dataFormat: "NHWC" };
    const [a, b] = [normal(x), normal(filter)];
    const y = run("Conv2D", { x: a, filter: b }, how)[0]!;
    if (strides.every((s) => s === 1))
      await compareBackends(
        "webgpu",
        {
          title: `dilated ${JSON.stringify([x, filter, dilations])}`,
          inputs: [x, filter],
          run: (c, d) => tf.conv2d(c as tf.Tensor4D, d as tf.Tensor4D, 1, pad, "NHWC", [...dilations]),
        },
        tolerance,
      );
    await expectAdjoint(
      a,
      y,
      (dy) => run("Conv2DBackpropInput", { dy, filter: b }, { ...how, inputShape: [...x] })[0]!,
    );
    await expectAdjoint(
      b,
      y,
      (dy) => run("Conv2DBackpropFilter", { x: a, dy }, { ...how, filterShape: [...filter] })[0]!,
    );
    tf.dispose([a, b, y]);
  });

  const activations = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const;
  test.each(
    activations.flatMap(
      (f) =>
        [
          [f, 10],
          [f, 9],
        ] as const,
    ),
  )("through bias and %s to %i channels", async (activation, out) => {
    await compareBackends(
      "webgpu",
      {
        title: `fused ${activation} ${out}`,
        inputs: [[2, 6, 7, 5], [3, 3, 5, out], [out], [out]],
        run: (x, filter, bias, slopes) =>
          tf.fused.conv2d({
            x: tf.mul(x!, 0.3) as tf.Tensor4D,
            filter: filter as tf.Tensor4D,
            strides: 1,
            pad: "same",
            bias: bias!,
            activation,
            leakyreluAlpha: 0.3,
            ...(activation === "prelu" && { preluActivationWeights: slopes! }),
          }),
      },
      tolerance,
    );
  });

  test("through a bias that is one number, and slopes of each place", async () => {
    await compareBackends(
      "webgpu",
      {
        title: "odd endings",
        inputs: [[2, 4, 3, 8], [3, 3, 8, 8], [1], [4, 3, 8]],
        run: (x, filter, bias, slopes) =>
          tf.fused.conv2d({
            x: x as tf.Tensor4D,
            filter: filter as tf.Tensor4D,
            strides: 1,
            pad: "same",
            bias: tf.reshape(bias!, []),
            activation: "prelu",
            preluActivationWeights: slopes!,
          }),
      },
      tolerance,
    );
  });

  test.each(["linear", "relu", "sigmoid", "leakyrelu"] as const)(
    "in three dimensions through bias and %s",
    async (activation) => {
      const fused = { strides: [1, 1, 1], pad: "same", activation, leakyreluAlpha: 0.1 };
      await compareBackends(
        "webgpu",
        {
          title: `fused volume ${activation}`,
          inputs: [[1, 4, 3, 5, 6], [3, 3, 3, 6, 7], [7]],
          run: (x, filter, bias) => {
            if (tf.getBackend() === "webgpu") return run("FusedConv3D", { x: x!, filter: filter!, bias: bias! }, fused);
            const y = tf.add(convolve(x!, filter!, [1, 1, 1], "same"), bias!);
            return activation === "linear" ? y : activation === "leakyrelu" ? tf.leakyRelu(y, 0.1) : tf[activation](y);
          },
        },
        tolerance,
      );
    },
  );

  test("of an empty batch are empty, their filter's gradient is zero", async () => {
    // Leaves a buffer of the gradient's size behind that is not zero.
    const used = tf.add(tf.ones([1, 3, 4, 4]), 1);
    await used.data();
    used.dispose();
    const how = { strides: [1, 1], pad: "same", dataFormat: "NHWC", dilations: [1, 1] };
    const [x, filter] = [tf.zeros([0, 1, 42, 4]), tf.ones([1, 3, 4, 4])];
    const y = run("Conv2D", { x, filter }, how)[0]!;
    expect(y.shape).toEqual([0, 1, 42, 4]);
    expect((await y.data()).length).toBe(0);
    const dx = run("Conv2DBackpropInput", { dy: y, filter }, { ...how, inputShape: [0, 1, 42, 4] })[0]!;
    expect(dx.shape).toEqual([0, 1, 42, 4]);
    const dw = run("Conv2DBackpropFilter", { x, dy: y }, { ...how, filterShape: [1, 3, 4, 4] })[0]!;
    expect([...(await dw.data())]).toEqual(Array.from({ length: 48 }, () => 0));
  });

  test("whose filter's gradient is split give the same numbers each time", async () => {
    const [x, dy] = [normal([4, 1, 3000, 4]), normal([4, 1, 3000, 8])];
    const how = { strides: [1, 1], pad: "same", dataFormat: "NHWC", filterShape: [1, 3, 4, 8] };
    const gradient = () => run("Conv2DBackpropFilter", { x, dy }, how)[0]!.data();
    const first = await gradient();
    for (let i = 0; i < 3; i++) expect(await gradient()).toEqual(first);
  });

  test("say what they do not take", () => {
    const inputs = { x: tf.ones([1, 4, 5, 5]), filter: tf.ones([1, 1, 4, 2]) };
    expect(() => run("Conv2D", inputs, { strides: 1, pad: "same", dataFormat: "NCHW" })).toThrow(/channels-last.*NCHW/);
  });
});

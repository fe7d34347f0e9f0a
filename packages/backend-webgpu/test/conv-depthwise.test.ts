import * as tf from "@tensorflow/tfjs-core";
import { compareBackends } from "@spectrai/testing";
import { beforeAll, expect, test } from "vitest";
import { expectAdjoint, normal, run } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

/** float32 sums of up to 1300 terms in another order. */
const tolerance = { rtol: 2e-5, atol: 1e-6 };

describeWebGpu("depthwise convolutions", () => {
  beforeAll(async () => {
    await (await backendOf()).init();
  });

  // Spectra and images, several filters for a channel, strides beyond the kernel; the filter's gradient in one share and in many.
  test.each([
    [[2, 8, 9, 6], [3, 3, 6, 1], [1, 1], "same"],
    [[3, 1, 50, 16], [1, 5, 16, 1], [1, 1], "same"],
    [[2, 1, 650, 3], [1, 4, 3, 2], [1, 2], "valid"],
    [[1, 9, 7, 5], [2, 3, 5, 3], [2, 2], "same"],
    [[2, 7, 8, 4], [1, 2, 4, 1], [3, 4], 0],
    [[1, 1, 1, 1], [1, 1, 1, 1], [1, 1], "valid"],
  ] as const)("and gradients: %j by %j, strides %j, %s", async (x, filter, strides, pad) => {
    await compareBackends(
      "webgpu",
      {
        title: `depthwise ${JSON.stringify([x, filter, strides, pad])}`,
        inputs: [x, filter],
        run: (a, b) => tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, [...strides], pad as "same"),
        gradients: [0, 1],
      },
      tolerance,
    );
  });

  test.each([
    [
      [1, 17, 15, 4],
      [3, 3, 4, 1],
      [1, 1],
      [2, 3],
    ],
    [
      [2, 17, 15, 3],
      [3, 2, 3, 2],
      [2, 2],
      [2, 1],
    ],
  ] as const)("dilated: %j by %j, strides %j, dilations %j", async (x, filter, strides, dilations) => {
    const how = { strides: [...strides], dilations: [...dilations], pad: "valid", dataFormat: "NHWC" };
    const [a, b] = [normal(x), normal(filter)];
    const y = run("DepthwiseConv2dNative", { x: a, filter: b }, how)[0]!;
    if (strides[0] === 1)
      await compareBackends(
        "webgpu",
        {
          title: `depthwise, dilated ${JSON.stringify(x)}`,
          inputs: [x, filter],
          run: (c, d) => tf.depthwiseConv2d(c as tf.Tensor4D, d as tf.Tensor4D, 1, "valid", "NHWC", [...dilations]),
        },
        tolerance,
      );
    const input = (dy: tf.Tensor): tf.Tensor =>
      run("DepthwiseConv2dNativeBackpropInput", { dy, filter: b }, { ...how, inputShape: [...x] })[0]!;
    const kernel = (dy: tf.Tensor): tf.Tensor =>
      run("DepthwiseConv2dNativeBackpropFilter", { x: a, dy }, { ...how, filterShape: [...filter] })[0]!;
    await expectAdjoint(a, y, input);
    await expectAdjoint(b, y, kernel);
    tf.dispose([a, b, y]);
  });

  test.each(["linear", "relu6", "sigmoid", "prelu"] as const)("through bias and %s", async (activation) => {
    await compareBackends(
      "webgpu",
      {
        title: `fused depthwise ${activation}`,
        inputs: [[2, 6, 7, 5], [3, 3, 5, 2], [10], [10]],
        run: (x, filter, bias, slopes) =>
          tf.fused.depthwiseConv2d({
            x: x as tf.Tensor4D,
            filter: filter as tf.Tensor4D,
            strides: 1,
            pad: "same",
            bias: bias!,
            activation,
            ...(activation === "prelu" && { preluActivationWeights: slopes! }),
          }),
      },
      tolerance,
    );
  });

  test("of an empty batch are empty, their filter's gradient is zero", async () => {
    // Leaves a buffer of the gradient's size behind that is not zero.
    const used = tf.add(tf.ones([3, 3, 4, 1]), 1);
    await used.data();
    used.dispose();
    const how = { strides: [1, 1], pad: "same", dataFormat: "NHWC", dilations: [1, 1] };
    const [x, filter] = [tf.zeros([0, 3, 5, 4]), tf.ones([3, 3, 4, 1])];
    const y = run("DepthwiseConv2dNative", { x, filter }, how)[0]!;
    expect(y.shape).toEqual([0, 3, 5, 4]);
    const attrs = { ...how, filterShape: [3, 3, 4, 1] };
    const dw = run("DepthwiseConv2dNativeBackpropFilter", { x, dy: y }, attrs)[0]!;
    expect([...(await dw.data())]).toEqual(Array.from({ length: 36 }, () => 0));
  });
});

import * as tf from "@tensorflow/tfjs-core";
import { testBackend } from "@spectrai/testing";
import { beforeAll } from "vitest";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

describeWebGpu("conformance", () => {
  beforeAll(async () => {
    await (await backendOf()).init();
    // Else tfjs computes what is as small as these cases on the processor.
    tf.env().set("WEBGPU_CPU_FORWARD", false);
  });

  testBackend("webgpu", {
    skip: { "greater of NaN, infinities and zeros": "WGSL lets a graphics card take subnormal numbers for 0" },
  });
});

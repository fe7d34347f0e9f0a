import * as tf from "@tensorflow/tfjs-core";
import { testBackend } from "@spectrai/testing";
import { beforeAll } from "vitest";
import { backendOn } from "../src/backend.ts";
import { cudaBackendSchema } from "../src/cuda.ts";
import { fakeHost } from "./support/fake-host.ts";

// TensorFlow's own kernels are stood in for by those of plain JavaScript, so that this tests what is put around them:
// padding, fallbacks, gradients, what is left behind.
beforeAll(async () => {
  await tf.setBackend("cpu");
  await backendOn(fakeHost(), cudaBackendSchema.parse({}), {}).init();
});

testBackend("tensorflow");

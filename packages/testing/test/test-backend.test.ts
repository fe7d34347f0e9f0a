import * as tf from "@tensorflow/tfjs-core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { type BackendCase, compareBackends } from "../src/index.ts";

/** The cpu backend under another name, with one kernel changed. */
beforeAll(() => {
  tf.registerBackend("faulty", () => new MathBackendCPU());
  for (const kernel of tf.getKernelsForBackend("cpu")) {
    const { kernelFunc } = kernel;
    const faults: Record<string, tf.KernelFunc> = {
      // A value that is slightly off, one gradient kernel that is, a wrong type, and a missing kernel.
      Tanh: (call) => {
        const out = kernelFunc(call) as tf.TensorInfo;
        const values = (call.backend as MathBackendCPU).data.get(out.dataId).values as Float32Array;
        if (values.length > 2) values[2]! *= 1.001;
        return out;
      },
      Step: (call) => kernelFunc({ ...call, attrs: { alpha: 1 } }),
      Sign: (call) => ({ ...(kernelFunc(call) as tf.TensorInfo), dtype: "int32" }),
    };
    if (kernel.kernelName !== "Erf")
      tf.registerKernel({ ...kernel, backendName: "faulty", kernelFunc: faults[kernel.kernelName] ?? kernelFunc });
  }
});

const one = (title: string, run: (x: tf.Tensor) => tf.Tensor, gradients: number[] = []): BackendCase => ({
  title,
  inputs: [[7]],
  run: (x) => run(x!),
  gradients,
});

describe("compareBackends", () => {
  it("passes what is the same", async () => {
    await compareBackends("faulty", one("exp", tf.exp, [0]));
  });
  it("notices a value that is off by 0.1 %", async () => {
    await expect(compareBackends("faulty", one("tanh", tf.tanh))).rejects.toThrow(/the output of tanh: element 2/);
  });
  it("notices a wrong gradient of a right value", async () => {
    await compareBackends("faulty", one("relu", tf.relu));
    await expect(compareBackends("faulty", one("relu", tf.relu, [0]))).rejects.toThrow(
      /gradient with respect to input 0/,
    );
  });
  it("notices a wrong type and a missing kernel", async () => {
    await expect(compareBackends("faulty", one("sign", tf.sign))).rejects.toThrow(/int32/);
    await expect(compareBackends("faulty", one("erf", tf.erf))).rejects.toThrow(/Erf/);
  });
  it("notices tensors that are left behind", async () => {
    const leaky = one("leak", (x) => {
      tf.keep(tf.clone(x));
      return tf.exp(x);
    });
    await expect(compareBackends("faulty", leaky)).rejects.toThrow(/left behind/);
  });
});

import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import type { Backend } from "@spectrai/core";
import { beforeAll, expect, test } from "vitest";
import {
  compareBackend,
  evaluateReference,
  operationCase,
  type ParityCase,
  type ParityProgress,
  summarize,
} from "../src/index.ts";

/** The cpu backend under another name, whose tanh is 0.1 % off, and which has no cosine. */
beforeAll(() => {
  tf.registerBackend("faulty", () => new MathBackendCPU());
  for (const kernel of tf.getKernelsForBackend("cpu")) {
    const { kernelFunc, kernelName } = kernel;
    const wrong: tf.KernelFunc = (call) => {
      const out = kernelFunc(call) as tf.TensorInfo;
      const values = (call.backend as MathBackendCPU).data.get(out.dataId).values as Float32Array;
      values[0]! *= 1.001;
      return out;
    };
    if (kernelName !== "Cos")
      tf.registerKernel({ ...kernel, backendName: "faulty", kernelFunc: kernelName === "Tanh" ? wrong : kernelFunc });
  }
});

const faulty = (more: Partial<Backend> = {}): Backend => ({
  name: "faulty",
  probe: () => Promise.resolve({ available: true, device: "none" }),
  init: async () => void (await tf.setBackend("faulty")),
  capabilities: () => ({ missingKernels: [], bf16: false, threads: 1 }),
  ...more,
});
const unary = (title: string, op: (x: tf.Tensor) => tf.Tensor): ParityCase =>
  operationCase({ title, inputs: [{ shape: [1], low: 1, high: 2 }], run: (x) => op(x!) });
const leaking: ParityCase = {
  kind: "model",
  title: "leaking",
  evaluate: () => {
    if (tf.getBackend() !== "cpu") tf.zeros([3]);
    return Promise.resolve([]);
  },
};
const cases = [unary("exp", tf.exp), unary("tanh", tf.tanh), unary("cos", tf.cos), leaking];

test("tells of each case how far it is or why it failed, and goes on after a failure", async () => {
  const reference = await evaluateReference(cases);
  expect(reference.failed).toEqual([]);
  const seen: ParityProgress[] = [];
  const results = await compareBackend(faulty(), reference, (progress) => seen.push(progress));
  expect(results).toEqual([
    { kind: "operation", title: "exp", difference: 0, what: "the output" },
    {
      kind: "operation",
      title: "tanh",
      difference: expect.closeTo(1e-3, 5) as number,
      what: "the output",
      failure: "the output differs by 1.0e-3, more than 2e-5",
    },
    { kind: "operation", title: "cos", failure: expect.stringContaining("Cos") as string },
    { kind: "model", title: "leaking", failure: "1 tensors were left behind." },
  ]);
  expect(seen.map((s) => s.done)).toEqual([0, 1, 2, 3, 4]);
  expect(summarize(results)).toMatchObject([
    { kind: "operation", run: 3, failed: 2, largest: { title: "tanh", what: "the output" } },
    { kind: "layer", run: 0, failed: 0 },
    { kind: "model", run: 1, failed: 1 },
    { kind: "training", run: 0, failed: 0 },
  ]);
});

test("compares nothing with what fails on the reference, and says so", async () => {
  const broken: ParityCase = { kind: "layer", title: "broken", evaluate: () => Promise.reject(new Error("it broke")) };
  const reference = await evaluateReference([broken]);
  expect(reference.failed).toEqual([{ kind: "layer", title: "broken", failure: "it broke" }]);
  expect(await compareBackend(faulty(), reference)).toEqual([]);
});

test("fails the cases that are left where the backend does not start or its device is lost", async () => {
  const reference = await evaluateReference(cases.slice(0, 2));
  const starts = faulty({ init: () => Promise.reject(new Error("no such device")) });
  expect((await compareBackend(starts, reference)).map((r) => r.failure)).toEqual(["no such device", "no such device"]);
  const lost = faulty({ lost: () => "the driver was renewed" });
  expect((await compareBackend(lost, reference)).map((r) => r.failure)).toEqual([undefined, "the driver was renewed"]);
});

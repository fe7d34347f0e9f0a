import * as tf from "@tensorflow/tfjs-core";
import { registerGradients } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backendOn, type Session } from "../src/backend.ts";
import { cudaBackendSchema } from "../src/cuda.ts";
import { type FakeMachine, fakeHost } from "./support/fake-host.ts";
import { calls, unloadFake } from "./support/fake-package.ts";

const make = (machine: FakeMachine = {}, options: object = {}, session: Session = {}) => {
  const host = fakeHost(machine);
  return { host, session, backend: backendOn(host, cudaBackendSchema.parse(options), session) };
};

beforeEach(() => tf.setBackend("cpu"));
afterEach(unloadFake);

describe("init", () => {
  it("sets the environment before the package is loaded, and makes TensorFlow the current backend", async () => {
    const { host, backend } = make({}, { device: 1, memoryGrowth: false, precision: "tf32", deterministic: true });
    let seen: object | undefined;
    const load = host.load;
    host.load = (file) => {
      seen = { ...host.env, file };
      return load(file);
    };
    host.env["NVIDIA_TF32_OVERRIDE"] = "0";
    await backend.init();
    expect(seen).toEqual({
      HOME: "/home/me",
      CUDA_VISIBLE_DEVICES: "1",
      CUDA_DEVICE_ORDER: "PCI_BUS_ID",
      TF_FORCE_GPU_ALLOW_GROWTH: "false",
      TF_DETERMINISTIC_OPS: "1",
      CUDA_CACHE_MAXSIZE: "4294967296",
      TF_CPP_MIN_LOG_LEVEL: "1",
      file: "/home/me/node_modules/@tensorflow/tfjs-node-gpu/dist/index.js",
    });
    expect(tf.getBackend()).toBe("tensorflow");
    expect(backend.name).toBe("tensorflow");
    expect(Array.from(tf.matMul([[1, 2]], [[3], [4]]).dataSync())).toEqual([11]);
    expect(calls).toContain("BatchMatMul");
  });

  it("leaves what the environment says of the log and of determinism, where no option does", async () => {
    const { host, backend } = make({ host: { env: { TF_CPP_MIN_LOG_LEVEL: "3", TF_DETERMINISTIC_OPS: "1" } } });
    await backend.init();
    expect(host.env).toMatchObject({ TF_CPP_MIN_LOG_LEVEL: "3", TF_DETERMINISTIC_OPS: "1", NVIDIA_TF32_OVERRIDE: "0" });
  });

  it("tries the package once for probe and init", async () => {
    const { host, backend } = make();
    expect(await backend.probe()).toMatchObject({ available: true });
    await backend.init();
    await backend.probe();
    expect(host.runs.filter(({ program }) => program === host.execPath).length).toBe(1);
  });

  it("says why it cannot, with the reason of probe", async () => {
    await expect(make({ host: { arch: "arm64" } }).backend.init()).rejects.toMatchObject({
      code: "SPECTRAI_BACKEND_UNAVAILABLE",
      message: expect.stringMatching(/^The cuda backend cannot run: .*linux-arm64\.$/),
    });
  });

  it("refuses a package that brought its own tfjs-core after all", async () => {
    const { backend, session } = make({ sharesCore: false });
    await expect(backend.init()).rejects.toThrow(/loaded with a TensorFlow\.js of its own.*npm dedupe/);
    expect(session.started).toBeUndefined();
  });

  it("refuses TensorFlow on the processor, and puts the backend back that was there", async () => {
    const { backend } = make({ gpu: false });
    await expect(backend.init()).rejects.toThrow(/would compute on the processor/);
    expect(tf.getBackend()).toBe("cpu");
    expect(tf.findBackendFactory("tensorflow")).toBeFalsy();
  });

  it("passes on what the package throws", async () => {
    const load = () => {
      throw new Error(
        "The Node.js native addon module (tfjs_binding.node) can not be found at path: /x.\nPlease run …",
      );
    };
    await expect(make({ host: { load } }).backend.init()).rejects.toThrow(
      /could not be loaded: The Node\.js native addon.*\/x\.$/,
    );
  });

  it("in a worker thread asks for the environment from outside", async () => {
    const outside = {
      CUDA_VISIBLE_DEVICES: "0",
      TF_FORCE_GPU_ALLOW_GROWTH: "true",
      NVIDIA_TF32_OVERRIDE: "0",
      CUDA_CACHE_MAXSIZE: "1",
      TF_CPP_MIN_LOG_LEVEL: "1",
    };
    await expect(make({ host: { mainThread: false } }).backend.init()).rejects.toThrow(
      /start Node\.js with CUDA_VISIBLE_DEVICES=0, CUDA_DEVICE_ORDER=PCI_BUS_ID, TF_FORCE_GPU_ALLOW_GROWTH=true, NVIDIA_TF32_OVERRIDE=0/,
    );
    await make({ host: { mainThread: false, env: outside } }).backend.init();
    expect(tf.getBackend()).toBe("tensorflow");
  });

  it("keeps core's gradients", async () => {
    registerGradients();
    const before = tf.getGradient("Square");
    await make().backend.init();
    expect(tf.getGradient("Square")).toBe(before);
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.square(x)))(tf.tensor1d([1, -2]));
    expect(Array.from(gradient.dataSync())).toEqual([2, -4]);
  });
});

describe("a second backend in the process", () => {
  it("takes the TensorFlow that runs, with the same options", async () => {
    const first = make({}, { device: 1 });
    await first.backend.init();
    await tf.setBackend("cpu");
    const again = backendOn(first.host, cudaBackendSchema.parse({ device: 1 }), first.session);
    expect(await again.probe()).toMatchObject({ available: true, device: expect.stringContaining("A100") });
    await again.init();
    expect(tf.getBackend()).toBe("tensorflow");
    expect(first.host.runs.filter(({ program }) => program === first.host.execPath).length).toBe(1);
  });

  it.each([
    [{ device: 1 }, "CUDA_VISIBLE_DEVICES=0"],
    [{ precision: "tf32" }, "NVIDIA_TF32_OVERRIDE=0"],
    [{ memoryGrowth: false }, "TF_FORCE_GPU_ALLOW_GROWTH=true"],
    [{ deterministic: true }, "TF_DETERMINISTIC_OPS unset"],
  ])("cannot have others: %o", async (options, said) => {
    const first = make();
    await first.backend.init();
    const other = backendOn(first.host, cudaBackendSchema.parse(options), first.session);
    const reason = `TensorFlow runs in this process with ${said}, and takes no other options until the process ends`;
    expect(await other.probe()).toEqual({ available: false, reason });
    await expect(other.init()).rejects.toThrow(reason);
  });
});

describe("dispose", () => {
  it("takes the backend out of tfjs; init puts it back without loading anew", async () => {
    const { host, backend } = make();
    await backend.init();
    await backend.dispose?.();
    expect(tf.findBackendFactory("tensorflow")).toBeFalsy();
    await backend.dispose?.();
    host.load = () => {
      throw new Error("loaded twice");
    };
    await backend.init();
    expect(Array.from(tf.square([3, 4]).dataSync())).toEqual([9, 16]);
    expect(tf.getBackend()).toBe("tensorflow");
  });

  it("does nothing where nothing was begun", async () => {
    await make().backend.dispose?.();
    expect(tf.getBackend()).toBe("cpu");
  });
});

describe("kernels", () => {
  const values = async (run: () => tf.Tensor | tf.Tensor[]): Promise<Float32Array[]> => {
    const out = [tf.tidy(run)].flat();
    const read = await Promise.all(out.map((t) => t.data()));
    tf.dispose(out);
    return read.map((v) => Float32Array.from(v));
  };

  it("all of the cpu backend's are there, save those for texts and a canvas, which are stated", async () => {
    const { backend } = make();
    const stated = ["Draw", "StringNGrams", "StringSplit", "StringToHashBucketFast"];
    expect(backend.capabilities()).toEqual({ missingKernels: stated, bf16: false, threads: 1 });
    await backend.init();
    const missing = tf
      .getKernelsForBackend("cpu")
      .map((k) => k.kernelName)
      .filter((name) => !tf.getKernel(name, "tensorflow"));
    expect(missing.sort()).toEqual(stated);
    expect(backend.capabilities().missingKernels).toEqual(stated);
  });

  it("those that tfjs-node lacks give what plain JavaScript gives, and leave nothing behind", async () => {
    const run = () => {
      const pooled = tf.maxPoolWithArgmax(tf.reshape(tf.range(0, 64), [1, 4, 8, 2]) as tf.Tensor4D, 2, 2, "valid");
      const turned = tf.image.rotateWithOffset(tf.reshape(tf.range(0, 32), [1, 4, 4, 2]) as tf.Tensor4D, 0.3);
      return [pooled.result!, pooled.indexes!, turned, tf.searchSorted(tf.tensor1d([1, 3, 5]), tf.tensor1d([0, 4, 9]))];
    };
    const expected = await values(run);
    await make().backend.init();
    const before = tf.memory().numTensors;
    expect(await values(run)).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
    for (const name of ["MaxPoolWithArgmax", "RotateWithOffset", "SearchSorted"]) expect(calls).not.toContain(name);
  });

  /** Values and gradients of a convolution with zeros of different numbers around it. */
  const convolution = (depthwise: boolean, pad: number | [number, number][]) => async (): Promise<Float32Array[]> => {
    const x = tf.randomUniform<tf.Rank.R4>([2, 7, 6, 3], -1, 1, "float32", 1);
    // Of a number, tfjs takes the height of filter and stride for the width, too.
    const square = typeof pad === "number";
    const filter = tf.randomUniform<tf.Rank.R4>([3, square ? 3 : 2, 3, 4], -1, 1, "float32", 2);
    const f = (a: tf.Tensor, b: tf.Tensor) => {
      const conv = depthwise ? tf.depthwiseConv2d : tf.conv2d;
      const y = conv(a as tf.Tensor4D, b as tf.Tensor4D, [2, square ? 2 : 1], pad as number, "NHWC", 1, "floor");
      return tf.sum(tf.square(y));
    };
    return values(() => [f(x, filter), ...tf.grads(f)([x, filter])]);
  };
  const uneven: [number, number][] = [
    [0, 0],
    [1, 2],
    [0, 3],
    [0, 0],
  ];
  it.each([
    ["convolution, uneven zeros", convolution(false, uneven)],
    ["convolution, a number", convolution(false, 1)],
    ["depthwise convolution, uneven zeros", convolution(true, uneven)],
    ["depthwise convolution, a number", convolution(true, 1)],
  ])("padding that TensorFlow does not know, on its own kernels: %s", async (_, run) => {
    registerGradients();
    const expected = await run();
    await make().backend.init();
    calls.length = 0;
    const before = tf.memory().numTensors;
    const actual = await run();
    actual.forEach((v, i) => expectAllClose(v, expected[i]!, { rtol: 1e-6, atol: 1e-6 }));
    expect(actual.length).toBe(3);
    expect(calls.filter((name) => /Backprop/.test(name)).length).toBe(2);
    // The two random inputs of each run.
    expect(tf.memory().numTensors).toBe(before + 2);
  });

  it("pooling with a number of zeros around goes to plain JavaScript", async () => {
    const run = () =>
      values(() => {
        const x = tf.randomUniform<tf.Rank.R4>([1, 5, 6, 2], -1, 1, "float32", 3);
        const largest = (a: tf.Tensor) => tf.sum(tf.square(tf.maxPool(a as tf.Tensor4D, 3, 2, 1, "floor")));
        return [largest(x), tf.grad(largest)(x), tf.avgPool(x, 3, 2, 1, "floor")];
      });
    registerGradients();
    const expected = await run();
    await make().backend.init();
    expect(await run()).toEqual(expected);
  });
});

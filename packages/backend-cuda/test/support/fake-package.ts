import * as tf from "@tensorflow/tfjs-core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { nodeKernels } from "./node-kernels.ts";

/** Kernels that were called, in order. */
export const calls: string[] = [];

/**
 * A backend with the surface of tfjs-node's: its data can be had by `readSync` and `write` alone. What TensorFlow computes
 * is computed by tfjs-backend-cpu.
 */
class FakeNodeBackend extends tf.KernelBackend {
  readonly inner = new MathBackendCPU();
  readonly isGPUPackage = true;
  readonly isUsingGpuDevice: boolean;
  constructor(gpu: boolean) {
    super();
    this.isUsingGpuDevice = gpu;
  }
  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.inner.write(values, shape, dtype);
  }
  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    this.inner.move(dataId, values, shape, dtype, refCount);
  }
  override readSync(dataId: object): tf.backend_util.BackendValues {
    return this.inner.readSync(dataId);
  }
  override read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }
  override numDataIds(): number {
    return this.inner.numDataIds();
  }
  override refCount(dataId: object): number {
    return this.inner.refCount(dataId);
  }
  override incRef(dataId: object): void {
    this.inner.incRef(dataId);
  }
  override disposeData(dataId: object, force?: boolean): boolean {
    return this.inner.disposeData(dataId, force);
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override floatPrecision(): 16 | 32 {
    return 32;
  }
  override dispose(): void {
    // As in tfjs-node.
  }
}

/** Where tfjs-node's kernels look at the padding; the forward convolutions alone take zeros side by side. */
const strict = /^(Max|Avg)Pool|^(Fused)?(Conv|Depthwise)/i;
const sideBySide = new Set(["Conv2D", "FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2D"]);

function refusesPadding(name: string, pad: unknown): void {
  if (!strict.test(name) || pad === "same" || pad === "valid") return;
  if (Array.isArray(pad) && sideBySide.has(name)) return;
  throw new Error("TF Backend supports only 'valid' and 'same' padding");
}

export interface FakeOptions {
  /** Whether TensorFlow found a GPU. Default true. */
  readonly gpu?: boolean;
  /** Whether the package shares our tfjs-core. Default true. */
  readonly sharesCore?: boolean;
}

/** What `require("@tensorflow/tfjs-node-gpu")` does and gives. */
export function loadFake({ gpu = true, sharesCore = true }: FakeOptions = {}): object {
  for (const kernelName of nodeKernels) {
    const plain = tf.getKernel(kernelName, "cpu");
    if (!plain) throw new Error(`no kernel ${kernelName} to stand in`);
    tf.registerKernel({
      kernelName,
      backendName: "tensorflow",
      kernelFunc: (call) => {
        calls.push(kernelName);
        refusesPadding(kernelName, call.attrs?.["pad"]);
        return plain.kernelFunc({ ...call, backend: (call.backend as FakeNodeBackend).inner });
      },
    });
    // The umbrella package's gradients take the place of those that are there.
    if (tf.getGradient(kernelName)) tf.registerGradient({ kernelName, gradFunc: () => ({}) });
  }
  tf.registerBackend("tensorflow", () => new FakeNodeBackend(gpu), 3);
  void tf.setBackend("tensorflow");
  return { Tensor: sharesCore ? tf.Tensor : function Tensor() {} };
}

/** As if the package had never been loaded. */
export function unloadFake(): void {
  for (const { kernelName } of tf.getKernelsForBackend("tensorflow")) tf.unregisterKernel(kernelName, "tensorflow");
  if (tf.findBackendFactory("tensorflow")) tf.removeBackend("tensorflow");
  calls.length = 0;
}

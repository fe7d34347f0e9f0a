import * as tf from "@tensorflow/tfjs-core";

type Operand = tf.TensorInfo | undefined;

/** Kernels that give another view of what is in memory already. */
const views = /^(Identity|Reshape|ExpandDims|Squeeze|_?Cast)$/;
/** Kernels that read as much of their input as they write. */
const parts = /^(Slice|StridedSlice|GatherV2|GatherNd)$/;

const bytesOf = (tensors: readonly Operand[]): number =>
  tensors.reduce((sum, t) => (t ? sum + 4 * tf.util.sizeFromShape(t.shape) : sum), 0);

/**
 * Bytes that the kernels of `work` read and write if they read each input and write each output once, and are in no cache:
 * what a memory without caches has to move at least. What kernels change in place counts as read only.
 *
 * @param backendName - tfjs's name of the backend
 */
export function countTraffic(backendName: string, work: () => void): number {
  let bytes = 0;
  /** Whether the running kernel has called others, which are counted in its place. */
  let called = false;
  const configs = tf.getKernelsForBackend(backendName) as { kernelName: string; kernelFunc: tf.KernelFunc }[];
  const originals = configs.map((config) => config.kernelFunc);
  configs.forEach((config, i) => {
    const { kernelName } = config;
    config.kernelFunc = (params) => {
      called = false;
      const output = originals[i]!(params);
      if (!called && !views.test(kernelName)) {
        const inputs: readonly Operand[] = Object.values(params.inputs as Record<string, Operand>);
        const outputs = Array.isArray(output) ? output : [output];
        bytes += parts.test(kernelName) ? 2 * bytesOf(outputs) : bytesOf(inputs) + bytesOf(outputs);
      }
      called = true;
      return output;
    };
  });
  try {
    work();
  } finally {
    configs.forEach((config, i) => (config.kernelFunc = originals[i]!));
  }
  return bytes;
}

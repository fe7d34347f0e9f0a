import * as tf from "@tensorflow/tfjs-core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";

let processor: MathBackendCPU | undefined;

/**
 * The kernel of tfjs-backend-cpu under this name: inputs are copied out of the GPU and outputs handed to TensorFlow, which
 * copies them there when they are used.
 */
export function fallback(name: string): tf.KernelFunc {
  const plain = tf.getKernel(name, "cpu");
  if (!plain) throw new Error(`tfjs-backend-cpu has no kernel ${name}`);
  return ({ inputs, backend, attrs }) => {
    const cpu = (processor ??= new MathBackendCPU());
    const gpu = backend as tf.KernelBackend;
    const lend = (t: tf.TensorInfo) => cpu.makeTensorInfo(t.shape, t.dtype, gpu.readSync(t.dataId) as tf.TypedArray);
    const lent: Record<string, tf.TensorInfo | tf.TensorInfo[]> = {};
    for (const [key, t] of Object.entries(inputs)) if (t) lent[key] = Array.isArray(t) ? t.map(lend) : lend(t);
    const result = plain.kernelFunc({ inputs: lent as tf.NamedTensorInfoMap, backend: cpu, ...(attrs && { attrs }) });
    const results = Array.isArray(result) ? result : [result];
    const outputs = results.map(({ dataId, shape, dtype }) => ({
      dataId: gpu.write(cpu.data.get(dataId).values!, shape, dtype),
      shape,
      dtype,
    }));
    for (const t of [...Object.values(lent).flat(), ...results]) cpu.disposeData(t.dataId, true);
    return Array.isArray(result) ? outputs : outputs[0]!;
  };
}

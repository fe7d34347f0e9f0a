import * as tf from "@tensorflow/tfjs-core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import type { OnednnBackend } from "../backend.ts";

let host: MathBackendCPU | undefined;

interface AnyCall {
  readonly inputs: Readonly<Record<string, tf.TensorInfo | tf.TensorInfo[] | undefined>>;
  readonly backend: OnednnBackend;
  readonly attrs: tf.NamedAttrMap;
}

/**
 * The kernel of tfjs-backend-cpu under this name, reading its inputs straight from native memory. Only its outputs are
 * copied.
 */
export function fallback(name: string): (call: AnyCall) => tf.TensorInfo | tf.TensorInfo[] {
  const plain = tf.getKernel(name, "cpu");
  if (!plain) throw new Error(`tfjs-backend-cpu has no kernel ${name}`);
  return ({ inputs, backend, attrs }) => {
    const cpu = (host ??= new MathBackendCPU());
    const lend = (t: tf.TensorInfo): tf.TensorInfo =>
      cpu.makeTensorInfo(t.shape, t.dtype, (backend.data(t).strings ?? backend.view(t)) as tf.TypedArray);
    // Kernels of several tensors get them as a list in place of the record.
    const lent: typeof inputs = Array.isArray(inputs)
      ? (inputs.map(lend) as never)
      : Object.fromEntries(
          Object.entries(inputs).map(([key, t]) => [key, Array.isArray(t) ? t.map(lend) : t && lend(t)]),
        );
    const result = plain.kernelFunc({ inputs: lent as tf.NamedTensorInfoMap, backend: cpu, attrs });
    const results = Array.isArray(result) ? result : [result];
    const outputs = results.map((t) => ({
      dataId: backend.write(cpu.data.get(t.dataId).values as tf.TypedArray, t.shape, t.dtype),
      shape: t.shape,
      dtype: t.dtype,
    }));
    for (const t of [...Object.values(lent).flat(), ...results]) if (t) cpu.disposeData(t.dataId, true);
    return Array.isArray(result) ? outputs : outputs[0]!;
  };
}

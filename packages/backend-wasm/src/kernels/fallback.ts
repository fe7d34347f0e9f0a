import * as tf from "@tensorflow/tfjs-core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import type { Wasm } from "../heap.ts";

let host: MathBackendCPU | undefined;

type AnyCall = {
  inputs: Record<string, tf.TensorInfo | tf.TensorInfo[] | undefined>;
  backend: Wasm;
  attrs: tf.NamedAttrMap;
};

/**
 * The kernel of tfjs-backend-cpu under this name, reading its inputs straight from the wasm heap. Only its outputs are
 * copied.
 */
export function fallback(name: string): (call: AnyCall) => tf.TensorInfo | tf.TensorInfo[] {
  const plain = tf.getKernel(name, "cpu");
  if (!plain) throw new Error(`tfjs-backend-cpu has no kernel ${name}`);
  return ({ inputs, backend, attrs }) => {
    const cpu = (host ??= new MathBackendCPU());
    const lend = (t: tf.TensorInfo) => cpu.makeTensorInfo(t.shape, t.dtype, backend.typedArrayFromHeap(t));
    const lent: Record<string, tf.TensorInfo | tf.TensorInfo[]> = {};
    for (const [key, t] of Object.entries(inputs)) if (t) lent[key] = Array.isArray(t) ? t.map(lend) : lend(t);
    const result = plain.kernelFunc({ inputs: lent as tf.NamedTensorInfoMap, backend: cpu, attrs });
    const results = Array.isArray(result) ? result : [result];
    // Allocating the outputs may move the heap, and with it a result that is a view of an input.
    const values = results.map((t) => {
      const v = cpu.data.get(t.dataId).values as tf.TypedArray;
      return v.buffer === backend.wasm.HEAPU8.buffer ? v.slice() : v;
    });
    const outputs = results.map((t, i) => backend.makeOutput(t.shape, t.dtype, undefined, values[i]!));
    for (const t of [...Object.values(lent).flat(), ...results]) cpu.disposeData(t.dataId, true);
    return Array.isArray(result) ? outputs : outputs[0]!;
  };
}

import * as tf from "@tensorflow/tfjs-core";
import { backendName, type WebGpu } from "../backend.ts";
import { dispatch, groupsFor, output, type Shader } from "../program.ts";
import { type Call, replace } from "./kernel.ts";

const toFloat: Shader = {
  key: "cast to float",
  bindings: [
    { name: "x", type: "i32" },
    { name: "y", type: "f32", written: true },
  ],
  scalars: { items: "u32" },
  code: `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let at = flat(id, groups);
  if (at < scalars.items) { y[at] = f32(x[at]); }
}`,
};

const stored = (backend: WebGpu, { dataId }: tf.TensorInfo) => backend.tensorMap.get(dataId);

/**
 * tfjs hands integers on as floats without a change, as its own programs look at what the buffer holds; others would take
 * the integers' bits for floats.
 */
export function registerCast(): void {
  const other = tf.getKernel("Cast", backendName).kernelFunc as unknown as (call: Call) => tf.TensorInfo;
  replace("Cast", (call) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs as { readonly x: tf.TensorInfo };
    const { dtype, values } = stored(backend, x);
    if (attrs["dtype"] !== "float32" || (dtype !== "int32" && dtype !== "bool")) return other(call);
    if (values) return backend.makeTensorInfo(x.shape, "float32", Float32Array.from(values as Int32Array));
    const y = output(backend, x.shape);
    const items = tf.util.sizeFromShape(x.shape);
    if (items > 0) dispatch(backend, toFloat, [x, y], [items], groupsFor(backend, items));
    return y;
  });
}

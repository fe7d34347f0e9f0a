import * as tf from "@tensorflow/tfjs-core";
import type { WebGpu } from "../backend.ts";
import { dispatch, groupsFor } from "../program.ts";
import { bindingsOf, groupThreads, once, type Pass, typeOf } from "./pass.ts";

/**
 * Runs `fn each(at: u32)` of a pass for each element: one thread for four of them where that divides their number, so that
 * neighbouring threads read neighbouring addresses and every byte is moved once.
 *
 * @param count - the number of elements
 * @param divisible - what four must divide. Default `count`
 */
export function forEach(
  backend: WebGpu,
  pass: Pass,
  tensors: readonly tf.TensorInfo[],
  scalars: readonly number[],
  count: number,
  divisible = count,
): void {
  if (count === 0) return;
  const four = !pass.single && !pass.integers && divisible % 4 === 0;
  const items = four ? count / 4 : count;
  const type = pass.integers ? "i32" : typeOf(four);
  const shader = once(`each/${pass.key}/${four}`, () => ({
    bindings: bindingsOf(pass.tensors, type),
    scalars: { ...pass.scalars, items: "u32" },
    threads: groupThreads,
    passing: pass.passing ?? false,
    code: `alias T = ${type};
      alias U = ${four ? "vec4<u32>" : "u32"};
      alias I = ${four ? "vec4<i32>" : "i32"};
      ${pass.code}
      @compute @workgroup_size(${groupThreads})
      fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
        let at = flat(id, groups);
        if (at < scalars.items) { each(at); }
      }`,
  }));
  dispatch(backend, shader, tensors, [...scalars, items], groupsFor(backend, items, groupThreads));
}

/** A tensor of nothing but zeros. */
export const zeros = (backend: WebGpu, shape: readonly number[]): tf.TensorInfo =>
  backend.makeTensorInfo([...shape], "float32", new Float32Array(tf.util.sizeFromShape([...shape])));

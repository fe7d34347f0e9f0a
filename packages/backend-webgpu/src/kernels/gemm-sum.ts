import type * as tf from "@tensorflow/tfjs-core";
import type { WebGpu } from "../backend.ts";
import { dispatch, groupsFor, type Shader } from "../program.ts";
import { type Ending, endingPart } from "./gemm-ending.ts";

const threads = 256;
/** Where there are many partial results of each element, so many threads share in it. */
const manyLanes = 8;

const shaders = new Map<string, Shader>();

/**
 * The sum of partial results, in the same order each time, through an ending. Floor: reading `partials` once.
 *
 * @param partials - `[count, …]`
 * @param result - `[…, columns]`
 */
export function sumPartials(
  backend: WebGpu,
  partials: tf.TensorInfo,
  count: number,
  size: number,
  columns: number,
  ending: Ending,
  result: tf.TensorInfo,
): void {
  const part = endingPart(ending);
  const lanes = count >= 4 * manyLanes ? manyLanes : 1;
  const elements = threads / lanes;
  const key = `sum of partial results, ${lanes} threads each, ${part.key}`;
  let shader = shaders.get(key);
  if (!shader) {
    shader = {
      key,
      threads,
      bindings: [{ name: "partials", type: "f32" }, ...part.bindings, { name: "result", type: "f32", written: true }],
      scalars: { count: "u32", size: "u32", columns: "u32", ...part.scalars },
      code: `
      ${part.code}
      var<workgroup> sums: array<f32, ${threads}>;
      @compute @workgroup_size(${threads})
      fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
        let at = (group.x + group.y * groups.x) * ${elements}u + thread % ${elements}u;
        var sum = 0.0;
        if (at < scalars.size) {
          for (var i = thread / ${elements}u; i < scalars.count; i += ${lanes}u) { sum += partials[i * scalars.size + at]; }
        }
        ${lanes > 1 ? gather(lanes, elements) : ""}
        if (thread < ${elements}u && at < scalars.size) { result[at] = finish(sum, at % scalars.columns); }
      }`,
    };
    shaders.set(key, shader);
  }
  const values = { count, size, columns, ...part.values } as Readonly<Record<string, number>>;
  dispatch(
    backend,
    shader,
    [partials, ...part.tensors, result],
    Object.keys(shader.scalars).map((name) => values[name]!),
    groupsFor(backend, size, elements),
  );
}

/** The first lane's sum takes in those of the others. */
const gather = (lanes: number, elements: number): string => `
        sums[thread] = sum;
        workgroupBarrier();
        if (thread < ${elements}u) {
          for (var lane = 1u; lane < ${lanes}u; lane++) { sum += sums[lane * ${elements}u + thread]; }
        }`;

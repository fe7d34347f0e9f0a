import * as tf from "@tensorflow/tfjs-core";
import type { WebGpu } from "../backend.ts";
import { dispatch, output } from "../program.ts";
import { bindingsOf, groupThreads, once, type Pass, typeOf } from "./pass.ts";

/** Items (of one number or of four) that a thread adds up, one after the other. */
const perThread = 8;
const perGroup = groupThreads * perThread;

const takesFour = (pass: Pass, count: number): boolean => !pass.single && count % 4 === 0;

/** How many partial sums {@link addUp} writes. */
const partialsFor = (pass: Pass, count: number): number =>
  Math.ceil(count / (takesFour(pass, count) ? 4 : 1) / perGroup);

/** WGSL: adds up what the threads of a group have in `parts`, in an order that is always the same. */
export const addParts = `
  workgroupBarrier();
  for (var step = ${groupThreads / 2}u; step > 0u; step /= 2u) {
    if (thread < step) { parts[thread] += parts[thread + step]; }
    workgroupBarrier();
  }`;

/** Adds `fn term(at: u32) -> T` of a pass over all elements into partial sums, which begin at a place among others. */
function addUp(
  backend: WebGpu,
  pass: Pass,
  tensors: readonly tf.TensorInfo[],
  scalars: readonly number[],
  count: number,
  partials: tf.TensorInfo,
  begin: number,
): void {
  if (count === 0) return;
  const four = takesFour(pass, count);
  const items = four ? count / 4 : count;
  const shader = once(`total/${pass.key}/${four}`, () => ({
    bindings: [...bindingsOf(pass.tensors, typeOf(four)), { name: "partials", type: "f32", written: true }],
    scalars: { ...pass.scalars, items: "u32", begin: "u32" },
    threads: groupThreads,
    code: `alias T = ${typeOf(four)};
      ${pass.code}
      var<workgroup> parts: array<f32, ${groupThreads}>;
      @compute @workgroup_size(${groupThreads})
      fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
        let group = id.x + id.y * groups.x;
        var sum = T(0);
        for (var i = 0u; i < ${perThread}u; i++) {
          let at = (group * ${perThread}u + i) * ${groupThreads}u + thread;
          if (at < scalars.items) { sum += term(at); }
        }
        parts[thread] = ${four ? "(sum.x + sum.y) + (sum.z + sum.w)" : "sum"};
        ${addParts}
        if (thread == 0u && group * ${perGroup}u < scalars.items) { partials[scalars.begin + group] = parts[0]; }
      }`,
  }));
  const groups = Math.ceil(items / perGroup);
  const most = backend.device.limits.maxComputeWorkgroupsPerDimension;
  const grid = [Math.min(groups, most), Math.ceil(groups / most), 1] as const;
  dispatch(backend, shader, [...tensors, partials], [...scalars, items, begin], grid);
}

/** What becomes of a sum, in WGSL. */
const finishes = {
  scaled: "sum * scalars.factor",
  root: "sqrt(sum)",
  /** There is nothing to divide where a divisor is 0. */
  divisor: "select(1.0, sum, sum > 0)",
  quotient: "sum / divisor[0]",
} as const;

/** The sum of a number of partial sums, by a single group, and what becomes of it. */
export function finish(
  backend: WebGpu,
  way: keyof typeof finishes,
  partials: tf.TensorInfo,
  count: number,
  { factor = 1, divisor }: { readonly factor?: number; readonly divisor?: tf.TensorInfo } = {},
): tf.TensorInfo {
  const shader = once(`finish/${way}`, () => ({
    bindings: [
      { name: "partials", type: "f32" },
      { name: "total", type: "f32", written: true },
      ...(divisor ? [{ name: "divisor", type: "f32" } as const] : []),
    ],
    scalars: { items: "u32", factor: "f32" },
    code: `var<workgroup> parts: array<f32, ${groupThreads}>;
      @compute @workgroup_size(${groupThreads})
      fn main(@builtin(local_invocation_index) thread: u32) {
        var own = 0.0;
        for (var i = thread; i < scalars.items; i += ${groupThreads}u) { own += partials[i]; }
        parts[thread] = own;
        ${addParts}
        if (thread == 0u) { let sum = parts[0]; total[0] = ${finishes[way]}; }
      }`,
  }));
  const result = output(backend, []);
  dispatch(backend, shader, [partials, result, ...(divisor ? [divisor] : [])], [count, factor], [1, 1, 1]);
  backend.disposeData(partials.dataId);
  return result;
}

/**
 * The sum of `fn term(at: u32) -> T` over all elements of tensors of one size, and what becomes of it: in two stages, each of
 * a fixed order. A thread adds few terms and the rest is summed in pairs, so that the error stays at some roundings of
 * float32 however many there are.
 */
export function total(
  backend: WebGpu,
  way: "scaled" | "divisor",
  pass: Pass,
  tensors: readonly tf.TensorInfo[],
  scalars: readonly number[],
  count: number,
  factor = 1,
): tf.TensorInfo {
  const size = partialsFor(pass, count);
  const partials = output(backend, [size]);
  addUp(backend, pass, tensors, scalars, count, partials, 0);
  return finish(backend, way, partials, size, { factor });
}

const square: Pass = {
  key: "square",
  tensors: { x: "read" },
  code: "fn term(at: u32) -> T { return x[at] * x[at]; }",
};

/** The root of the sum of all tensors' squares. */
export function addSquares(backend: WebGpu, tensors: readonly tf.TensorInfo[]): tf.TensorInfo {
  const counts = tensors.map((t) => tf.util.sizeFromShape(t.shape));
  const size = counts.reduce((sum, count) => sum + partialsFor(square, count), 0);
  const partials = output(backend, [size]);
  let begin = 0;
  tensors.forEach((t, i) => {
    addUp(backend, square, [t], [], counts[i]!, partials, begin);
    begin += partialsFor(square, counts[i]!);
  });
  return finish(backend, "root", partials, size);
}

import * as tf from "@tensorflow/tfjs-core";
import { backendName, type WebGpu } from "../backend.ts";
import { output } from "../program.ts";
import { type Call, replace } from "./kernel.ts";
import { reduceElements, type Reduction, type Rows, sum } from "./rows.ts";

const product: Reduction = { name: "product", combine: "a * b", identity: "T(1)" };
/** What is no number counts as the extreme. */
const extreme = (name: string, sign: string): Reduction => ({
  name,
  combine: `select(a, b, ((b ${sign} a) & !isNan(a)) | isNan(b))`,
});
const largest = extreme("largest", ">");
const smallest = extreme("smallest", "<");

interface Attrs {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

/** Dimensions that lie side by side and are reduced or kept alike, as one. */
interface Run {
  size: number;
  readonly reduced: boolean;
}

function runsOf(shape: readonly number[], axes: readonly number[]): Run[] {
  const runs: Run[] = [];
  shape.forEach((size, d) => {
    if (size === 1) return;
    const reduced = axes.includes(d);
    const last = runs.at(-1);
    if (last?.reduced === reduced) last.size *= size;
    else runs.push({ size, reduced });
  });
  return runs;
}

/** The last of the runs that are reduced, with what is around it. */
function lastOf(runs: readonly Run[]): { readonly at: number; readonly rows: Rows } {
  const at = runs.findLastIndex((run) => run.reduced);
  const sizeOf = (part: readonly Run[]): number => part.reduce((size, run) => size * run.size, 1);
  // Where nothing is reduced, all are kept as they are.
  if (at < 0) return { at, rows: { segments: 1, rows: 1, channels: sizeOf(runs) } };
  return {
    at,
    rows: { segments: sizeOf(runs.slice(0, at)), rows: runs[at]!.size, channels: sizeOf(runs.slice(at + 1)) },
  };
}

type Dtype = "float32" | "int32" | "bool";

/** Reduces one run of dimensions after the other, the last first, as it leaves least. */
function reduce(
  backend: WebGpu,
  reduction: Reduction,
  x: tf.TensorInfo,
  axes: readonly number[],
  shape: readonly number[],
  dtype: Dtype,
  factor: number,
): tf.TensorInfo {
  let runs = runsOf(x.shape, axes);
  let input = x;
  for (;;) {
    const { at, rows } = lastOf(runs);
    runs = runs.filter((_, i) => i !== at);
    const done = !runs.some((run) => run.reduced);
    const kept = done ? shape : [rows.segments, rows.channels];
    const next = reduceElements(backend, reduction, input, rows, kept, dtype, done ? factor : 1);
    if (input !== x) backend.disposeData(input.dataId);
    if (done) return next;
    input = next;
  }
}

/**
 * @param empty - what none of them make
 * @param mean - whether sums are divided by how many there were
 */
function register(
  name: string,
  reduction: Reduction,
  dtypes: Readonly<Partial<Record<tf.DataType, Dtype>>>,
  empty: number,
  mean = false,
): void {
  const others = tf.getKernel(name, backendName)!.kernelFunc;
  replace(name, (call: Call) => {
    const x = call.inputs.x!;
    const { axis, reductionIndices, keepDims } = call.attrs as Attrs;
    const dtype = dtypes[x.dtype];
    if (!dtype) return others(call as never) as tf.TensorInfo;
    const axes = tf.util.parseAxisParam((axis ?? reductionIndices) as number[], x.shape);
    const shape = x.shape.flatMap((size, d) => (!axes.includes(d) ? [size] : keepDims ? [1] : []));
    const size = tf.util.sizeFromShape(shape);
    if (size === 0) return output(call.backend, shape, dtype);
    const count = tf.util.sizeFromShape(x.shape) / size;
    if (count === 0) {
      const values = tf.util.getTypedArrayFromDType(dtype, size).fill(empty);
      return call.backend.makeTensorInfo(shape, dtype, values);
    }
    return reduce(call.backend, reduction, x, axes, shape, dtype, mean ? 1 / count : 1);
  });
}

const alike = { float32: "float32", int32: "int32", bool: "bool" } as const;

/**
 * Sums, means, products and extremes over any dimensions: memory is read once, whatever dimensions those are, and by as many
 * groups as keep the card busy. Sums of floats are formed in pairs, in an order that is always the same.
 */
export function registerReductions(): void {
  register("Sum", sum, { float32: "float32", int32: "int32", bool: "int32" }, 0);
  register("Mean", sum, { float32: "float32" }, NaN, true);
  register("Prod", product, { float32: "float32", int32: "int32" }, 1);
  register("Max", largest, alike, -Infinity);
  register("Min", smallest, alike, Infinity);
  register("All", smallest, { bool: "bool" }, 1);
  register("Any", largest, { bool: "bool" }, 0);
}

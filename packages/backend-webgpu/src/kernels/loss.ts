import * as tf from "@tensorflow/tfjs-core";
import type { WebGpu } from "../backend.ts";
import { dispatch, groupsFor, output, type Shader } from "../program.ts";
import { forEach } from "./elements.ts";
import { type Call, replace } from "./kernel.ts";
import { groupThreads, isNan, once, type Pass } from "./pass.ts";
import { addParts, finish, total } from "./totals.ts";

/** A measure f(d) of a difference and its derivative, in WGSL; core's `fused-kernels.ts` says what `p` is. */
const measures = {
  absolute: ["abs(d)", "select(select(T(0), T(-1), d < T(0)), T(1), d > T(0))"],
  squared: ["d * d", "2 * d"],
  huber: ["clamp(d, -p, p) * (d - 0.5 * clamp(d, -p, p))", "clamp(d, -p, p)"],
  charbonnier: ["sqrt(d * d + p * p)", "d / sqrt(d * d + p * p)"],
} as const;
type Measure = keyof typeof measures;

interface DifferenceAttrs {
  readonly measure: Measure;
  readonly parameter: number;
}

const difference = "let d = output[at] - goal[at]; let p = T(scalars.parameter);";

const meanOf = (measure: Measure): Pass => ({
  key: `difference/${measure}`,
  tensors: { output: "read", goal: "read" },
  scalars: { parameter: "f32" },
  code: `fn term(at: u32) -> T { ${difference} return ${measures[measure][0]}; }`,
});

const gradientOf = (measure: Measure): Pass => ({
  key: `differenceGradient/${measure}`,
  tensors: { dy: "numbers", output: "read", goal: "read", d_output: "written" },
  scalars: { parameter: "f32", share: "f32" },
  code: `fn each(at: u32) { ${difference} d_output[at] = (dy[0] * scalars.share) * (${measures[measure][1]}); }`,
});

const passes = Object.fromEntries(
  (Object.keys(measures) as Measure[]).map((m) => [m, { mean: meanOf(m), gradient: gradientOf(m) }]),
) as Record<Measure, { readonly mean: Pass; readonly gradient: Pass }>;

function registerDifferences(): void {
  replace("MeanDifference", ({ inputs, backend, attrs }: Call) => {
    const { measure, parameter } = attrs as unknown as DifferenceAttrs;
    const count = tf.util.sizeFromShape(inputs.target!.shape);
    return total(
      backend,
      "scaled",
      passes[measure].mean,
      [inputs.output!, inputs.target!],
      [parameter],
      count,
      1 / count,
    );
  });
  replace("MeanDifferenceGradient", ({ inputs, backend, attrs }: Call) => {
    const { measure, parameter } = attrs as unknown as DifferenceAttrs;
    const { dy, output: x, target } = inputs;
    const count = tf.util.sizeFromShape(target!.shape);
    const dx = output(backend, x!.shape);
    forEach(backend, passes[measure].gradient, [dy!, x!, target!, dx], [parameter, 1 / count], count);
    return dx;
  });
}

interface LabelAttrs {
  readonly smoothing: number;
  readonly ignored: number;
}

const labelScalars = { classes: "u32", ignored: "i32" } as const;
const labelled = `
  fn labelled(label: i32) -> bool {
    return label >= 0 && label < i32(scalars.classes) && label != scalars.ignored;
  }`;

const labelWeights: Pass = {
  key: "labelWeights",
  single: true,
  tensors: { labels: "integers", weights: "numbers" },
  scalars: labelScalars,
  code: `${labelled}
    fn term(at: u32) -> f32 {
      let label = labels[at];
      return select(0.0, weights[max(label, 0)], labelled(label));
    }`,
};

/** Logits `[rows, classes]` with their labels and what goes with them. */
interface Labelled {
  readonly rows: number;
  readonly classes: number;
  readonly tensors: readonly tf.TensorInfo[];
  /** Values of {@link rowScalars} */
  readonly scalars: readonly number[];
  /** Σ of the labels' weights, or 1 where that is 0. */
  readonly weight: tf.TensorInfo;
  /** Threads that share a row: enough for their reads to lie side by side, with a few classes for each of them. */
  readonly sharing: number;
}

function labelledRows({ inputs, backend, attrs }: Call): Labelled {
  const { logits, labels, weights } = inputs;
  const { smoothing, ignored } = attrs as unknown as LabelAttrs;
  const rows = tf.util.sizeFromShape(labels!.shape);
  const classes = tf.util.sizeFromShape(weights!.shape);
  const weight = total(backend, "divisor", labelWeights, [labels!, weights!], [classes, ignored], rows);
  return {
    rows,
    classes,
    tensors: [logits!, labels!, weights!],
    scalars: [classes, ignored, rows, smoothing],
    weight,
    sharing: Math.min(64, 2 ** Math.ceil(Math.log2(Math.max(1, classes / 4)))),
  };
}

const rowScalars = { ...labelScalars, rows: "u32", smoothing: "f32" } as const;
const rowTensors = [
  { name: "logits", type: "f32" },
  { name: "labels", type: "i32" },
  { name: "weights", type: "f32" },
] as const;

/** WGSL: a number of the threads that share a row, made one for all of them. */
const overRow = (name: string, combined: string, shared: number): string => `
  fn ${name}(thread: u32, own: f32) -> f32 {
    parts[thread] = own;
    workgroupBarrier();
    for (var step = ${Math.floor(shared / 2)}u; step > 0u; step /= 2u) {
      if (thread % ${shared}u < step) { let a = parts[thread]; let b = parts[thread + step]; parts[thread] = ${combined}; }
      workgroupBarrier();
    }
    let all = parts[thread / ${shared}u * ${shared}u];
    workgroupBarrier();
    return all;
  }`;

/** The beginning of both shaders. The second and third time a row's logits come from the cache. */
const rowCode = (shared: number): string => `${labelled}
  ${isNan}
  var<workgroup> parts: array<f32, ${groupThreads}>;
  ${overRow("rowSum", "a + b", shared)}
  ${overRow("rowMost", "max(a, b)", shared)}
  // log Σ exp of a row, which may be none.
  fn logSum(thread: u32, begin: u32, end: u32) -> f32 {
    let first = begin + thread % ${shared}u;
    var most = -3.4028234e38;
    for (var i = first; i < end; i += ${shared}u) { most = max(most, logits[i]); }
    most = rowMost(thread, most);
    var sum = 0.0;
    for (var i = first; i < end; i += ${shared}u) { let v = logits[i] - most; sum += select(exp(v), v, isNan(v)); }
    sum = rowSum(thread, sum);
    return select(most + log(sum), sum, isNan(sum));
  }
  @compute @workgroup_size(${groupThreads})
  fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let row = (id.x + id.y * groups.x) * ${groupThreads / shared}u + thread / ${shared}u;
    var label = -1;
    var begin = 0u;
    var end = 0u;
    if (row < scalars.rows) { label = labels[row]; begin = row * scalars.classes; end = begin + scalars.classes; }
    let counts = labelled(label);
    let normal = logSum(thread, begin, end);
    let own = (1 - scalars.smoothing) * weights[max(label, 0)];
    let rest = scalars.smoothing / f32(scalars.classes);`;

/** Σ over a group's rows of the cross-entropy. */
const crossEntropy = (shared: number): Shader =>
  once(`crossEntropy/${shared}`, () => ({
    bindings: [...rowTensors, { name: "partials", type: "f32", written: true }],
    scalars: rowScalars,
    code: `${rowCode(shared)}
      var loss = 0.0;
      if (counts) {
        if (thread % ${shared}u == 0u) { loss = own * (normal - logits[begin + u32(label)]); }
        if (rest > 0) {
          for (var c = thread % ${shared}u; c < scalars.classes; c += ${shared}u) {
            loss += rest * weights[c] * (normal - logits[begin + c]);
          }
        }
      }
      parts[thread] = loss;
      ${addParts}
      let group = id.x + id.y * groups.x;
      if (thread == 0u && group * ${groupThreads / shared}u < scalars.rows) { partials[group] = parts[0]; }
    }`,
  }));

const crossEntropyGradient = (shared: number): Shader =>
  once(`crossEntropyGradient/${shared}`, () => ({
    bindings: [
      ...rowTensors,
      { name: "dy", type: "f32" },
      { name: "weight", type: "f32" },
      { name: "d", type: "f32", written: true },
    ],
    scalars: rowScalars,
    code: `${rowCode(shared)}
      var all = 0.0;
      if (rest > 0) {
        for (var c = thread % ${shared}u; c < scalars.classes; c += ${shared}u) { all += weights[c]; }
      }
      all = rowSum(thread, all);
      let scale = dy[0] / weight[0];
      for (var c = thread % ${shared}u; begin + c < end; c += ${shared}u) {
        var slope = 0.0;
        if (counts) {
          let v = logits[begin + c] - normal;
          slope = scale * ((own + rest * all) * select(exp(v), v, isNan(v)) - rest * weights[c]);
          if (i32(c) == label) { slope -= scale * own; }
        }
        d[begin + c] = slope;
      }
    }`,
  }));

/** One group for as many rows as its threads have room for, and groups in the shape that the device asks for. */
function gridOf(backend: WebGpu, { rows, sharing }: Labelled): readonly [number, number, number] {
  return groupsFor(backend, rows * sharing, groupThreads);
}

function registerCrossEntropy(): void {
  replace("SoftmaxCrossEntropy", (call) => {
    const { backend } = call;
    const all = labelledRows(call);
    const size = Math.ceil((all.rows * all.sharing) / groupThreads);
    const partials = output(backend, [size]);
    if (size > 0)
      dispatch(backend, crossEntropy(all.sharing), [...all.tensors, partials], all.scalars, gridOf(backend, all));
    const loss = finish(backend, "quotient", partials, size, { divisor: all.weight });
    backend.disposeData(all.weight.dataId);
    return loss;
  });
  replace("SoftmaxCrossEntropyGradient", (call) => {
    const { backend, inputs } = call;
    const all = labelledRows(call);
    const d = output(backend, inputs.logits!.shape);
    const tensors = [...all.tensors, inputs.dy!, all.weight, d];
    if (all.rows > 0) dispatch(backend, crossEntropyGradient(all.sharing), tensors, all.scalars, gridOf(backend, all));
    backend.disposeData(all.weight.dataId);
    return d;
  });
}

/** Losses and their gradients, see core's fused-kernels.ts; the large tensors are read from memory once. */
export function registerLosses(): void {
  registerDifferences();
  registerCrossEntropy();
}

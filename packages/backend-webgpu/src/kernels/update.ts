import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import type { WebGpu } from "../backend.ts";
import { output } from "../program.ts";
import { forEach } from "./elements.ts";
import { replace } from "./kernel.ts";
import type { Pass } from "./pass.ts";
import { addSquares } from "./totals.ts";

/** Kernels of many tensors get them as a list. */
interface ListCall<A> {
  readonly inputs: readonly tf.TensorInfo[];
  readonly backend: WebGpu;
  readonly attrs: A;
}
const register = <A>(name: string, kernel: (call: ListCall<A>) => tf.TensorInfo | tf.TensorInfo[]): void =>
  replace(name, kernel as never);

interface UpdateAttrs {
  readonly parameters: number;
  readonly scalars: Float32Array;
}
interface SgdAttrs extends UpdateAttrs {
  readonly momentum: boolean;
  readonly nesterov: boolean;
}
interface RmspropAttrs extends UpdateAttrs {
  readonly centered: boolean;
  readonly momentum: boolean;
}

/** Scalars of a rule, in the order in which core's optimizers give them. */
const numbers = (...names: string[]): Record<string, "f32"> =>
  Object.fromEntries(names.map((name) => [name, "f32" as const]));

const adam: Pass = {
  key: "adam",
  tensors: { value: "written", gradient: "read", mean: "written", square: "written" },
  scalars: numbers("rate", "beta1", "beta2", "epsilon", "penalty", "kept"),
  // Its rate is corrected for the number of steps.
  passing: true,
  code: `fn each(at: u32) {
    let v = value[at];
    var g = gradient[at];
    if (scalars.penalty != 0) { g += scalars.penalty * v; }
    let m = mean[at] * scalars.beta1 + g;
    let s = square[at] * scalars.beta2 + g * g;
    mean[at] = m;
    square[at] = s;
    value[at] = v * scalars.kept - scalars.rate * (m / (sqrt(s) + scalars.epsilon));
  }`,
};

const sgd = (momentum: boolean, nesterov: boolean): Pass => ({
  key: `sgd/${momentum}/${nesterov}`,
  tensors: { value: "written", gradient: "read", ...(momentum && { buffer: "written" }) },
  scalars: numbers("rate", "share", "entering", "penalty"),
  code: `fn each(at: u32) {
    let v = value[at];
    let g = gradient[at] + scalars.penalty * v;
    ${
      momentum
        ? `let b = buffer[at] * scalars.share + g * scalars.entering;
           buffer[at] = b;
           let d = ${nesterov ? "g + b * scalars.share" : "b"};`
        : "let d = g;"
    }
    value[at] = v - scalars.rate * d;
  }`,
});

const rmsprop = (centered: boolean, momentum: boolean): Pass => ({
  key: `rmsprop/${centered}/${momentum}`,
  tensors: {
    value: "written",
    gradient: "read",
    square: "written",
    ...(centered && { mean: "written" }),
    ...(momentum && { buffer: "written" }),
  },
  scalars: numbers("rate", "alpha", "fresh", "epsilon", "share", "penalty"),
  code: `fn each(at: u32) {
    let v = value[at];
    let g = gradient[at] + scalars.penalty * v;
    let s = square[at] * scalars.alpha + g * g * scalars.fresh;
    square[at] = s;
    var variance = s;
    ${
      centered
        ? `let m = mean[at] * scalars.alpha + g * scalars.fresh;
           mean[at] = m;
           // Rounding can leave a variance of nearly 0 negative. Written so that NaN stays NaN.
           variance = s - m * m;
           variance = select(variance, T(0), variance < T(0));`
        : ""
    }
    var d = g / (sqrt(variance) + scalars.epsilon);
    ${momentum ? "d += buffer[at] * scalars.share; buffer[at] = d;" : ""}
    value[at] = v - scalars.rate * d;
  }`,
});

const blend: Pass = {
  key: "blend",
  tensors: { average: "written", value: "read" },
  scalars: numbers("weight"),
  code: "fn each(at: u32) { average[at] += scalars.weight * (value[at] - average[at]); }",
};

const copy: Pass = {
  key: "copy",
  tensors: { x: "read", y: "written" },
  code: "fn each(at: u32) { y[at] = x[at]; }",
};

const both = [false, true];
const sgdPasses = both.map((momentum) => both.map((nesterov) => sgd(momentum, nesterov)));
const rmspropPasses = both.map((centered) => both.map((momentum) => rmsprop(centered, momentum)));

/**
 * Kernels that change tensors in place, see core's fused-kernels.ts. They have no outputs. Inputs are lists of one tensor for
 * each parameter, of which the second is only read. One dispatch a parameter reads and writes each of its tensors once.
 */
export function registerUpdates(): void {
  register("AdamUpdate", ({ inputs, backend, attrs: { parameters, scalars } }: ListCall<UpdateAttrs>) =>
    change("AdamUpdate", backend, adam, inputs, parameters, scalars),
  );
  register("SgdUpdate", ({ inputs, backend, attrs }: ListCall<SgdAttrs>) => {
    const pass = sgdPasses[Number(attrs.momentum)]![Number(attrs.nesterov)]!;
    return change("SgdUpdate", backend, pass, inputs, attrs.parameters, attrs.scalars);
  });
  register("RmspropUpdate", ({ inputs, backend, attrs }: ListCall<RmspropAttrs>) => {
    const pass = rmspropPasses[Number(attrs.centered)]![Number(attrs.momentum)]!;
    return change("RmspropUpdate", backend, pass, inputs, attrs.parameters, attrs.scalars);
  });
  register("BlendInPlace", ({ inputs, backend, attrs: { weight } }: ListCall<{ readonly weight: number }>) => {
    const count = inputs.length / 2;
    return change("BlendInPlace", backend, blend, inputs, count, new Float32Array(count).fill(weight));
  });
  register("GlobalNorm", ({ inputs, backend }: ListCall<object>) => addSquares(backend, inputs));
}

function change(
  kernel: string,
  backend: WebGpu,
  pass: Pass,
  inputs: readonly tf.TensorInfo[],
  parameters: number,
  scalars: Float32Array,
): [] {
  const lists = Object.keys(pass.tensors).length;
  const each = Object.keys(pass.scalars!).length;
  const tensorsOf = (i: number): tf.TensorInfo[] =>
    Array.from({ length: lists }, (_, k) => inputs[k * parameters + i]!);
  if (inputs.length !== lists * parameters || scalars.length !== each * parameters)
    throw refusal(
      kernel,
      `${inputs.length} tensors and ${scalars.length} scalars are not ${lists} and ${each} for each of ${parameters} parameters`,
    );
  // Everything is checked before anything is written.
  for (let i = 0; i < parameters; i++) {
    const sizes = tensorsOf(i).map((t) => tf.util.sizeFromShape(t.shape));
    if (sizes.some((size) => size !== sizes[0]))
      throw refusal(kernel, `the tensors of parameter ${i} have ${sizes.join(", ")} elements`);
  }
  for (let i = 0; i < parameters; i++) {
    const tensors = tensorsOf(i);
    const count = tf.util.sizeFromShape(tensors[0]!.shape);
    // A shader cannot read a buffer by another name than that by which it writes it.
    const alike = tensors.some((t, k) => k !== 1 && t.dataId === tensors[1]!.dataId);
    if (alike) {
      const own = output(backend, tensors[1]!.shape);
      forEach(backend, copy, [tensors[1]!, own], [], count);
      tensors[1] = own;
    }
    forEach(backend, pass, tensors, [...scalars.subarray(i * each, (i + 1) * each)], count);
    if (alike) backend.disposeData(tensors[1]!.dataId);
    // What was read of them before is out of date.
    tensors.forEach((t, k) => {
      if (k !== 1) backend.tensorMap.get(t.dataId).values = null as never;
    });
  }
  return [];
}

const refusal = (kernel: string, reason: string): SpectraiError =>
  new SpectraiError("SPECTRAI_BACKEND_OP", `The webgpu backend could not run ${kernel}: ${reason}.`);

import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import { backendName, type WebGpu } from "../backend.ts";
import type { Binding, Shader } from "../program.ts";
import { remembered } from "./remembered.ts";

/** What is done to each element of a product before it is written: a bias of its column is added, then an activation. */
export interface Ending {
  readonly bias?: tf.TensorInfo | undefined;
  readonly activation: string;
  /** Of `leakyrelu`. */
  readonly slope: number;
  /** Of `prelu`. */
  readonly slopes?: tf.TensorInfo | undefined;
}

export const plainEnding: Ending = { activation: "linear", slope: 0 };

/** WGSL of f(x). NaN goes through. */
const activations: Readonly<Record<string, string>> = {
  linear: "x",
  relu: "select(x, 0.0, x < 0.0)",
  relu6: "select(select(x, 0.0, x < 0.0), 6.0, x > 6.0)",
  elu: "select(x, exp(x) - 1.0, x < 0.0)",
  sigmoid: "select(1.0, exp(-abs(x)), x < 0.0) / (1.0 + exp(-abs(x)))",
  leakyrelu: "select(x, x * scalars.slope, x < 0.0)",
  prelu: "select(x, x * slopes[column * scalars.slopeStep], x < 0.0)",
};

/** The ending as it comes with tfjs's fused kernels. */
export function endingOf(inputs: unknown, attrs: unknown): Ending {
  const { bias, preluActivationWeights } = inputs as {
    readonly bias?: tf.TensorInfo;
    readonly preluActivationWeights?: tf.TensorInfo;
  };
  const { activation, leakyreluAlpha } = attrs as { readonly activation?: string; readonly leakyreluAlpha?: number };
  const name = activation ?? "linear";
  if (!(name in activations))
    throw new SpectraiError(
      "SPECTRAI_BACKEND_OP",
      `The webgpu backend has no activation "${name}" for convolutions and matrix products; apply it in a step of its own.`,
    );
  return { bias, activation: name, slope: leakyreluAlpha ?? 0.2, slopes: preluActivationWeights };
}

/** The shader's part: `fn finish(value, column)`, its tensors, and its numbers. */
interface EndingCode {
  readonly key: string;
  readonly bindings: readonly Binding[];
  readonly scalars: Shader["scalars"];
  readonly code: string;
}

const codeOf = remembered((activation: string, bias: boolean, slopes: boolean): EndingCode => {
  const given = [bias && "bias", slopes && "slopes"].filter((name) => name !== false);
  return {
    key: `${bias ? "bias" : ""} ${activation}`,
    bindings: given.map((name) => ({ name, type: "f32" })),
    scalars: { biasStep: "u32", slopeStep: "u32", slope: "f32" },
    code: `fn finish(value: f32, column: u32) -> f32 {
      let x = value${bias ? " + bias[column * scalars.biasStep]" : ""};
      return ${activations[activation]!};
    }`,
  };
});

export interface EndingPart extends EndingCode {
  readonly tensors: readonly tf.TensorInfo[];
  readonly values: Readonly<Record<string, number>>;
}

export const endingPart = ({ bias, activation, slope, slopes }: Ending): EndingPart => ({
  ...codeOf(activation, bias !== undefined, slopes !== undefined),
  tensors: [bias, slopes].filter((t) => t !== undefined),
  // A single number stands for all columns.
  values: { biasStep: stepOf(bias), slopeStep: stepOf(slopes), slope },
});

const sizeOf = (t: tf.TensorInfo): number => tf.util.sizeFromShape(t.shape);
const stepOf = (t: tf.TensorInfo | undefined): number => (t && sizeOf(t) > 1 ? 1 : 0);

/** Whether a bias or slopes are one number, or one for each column. */
const byColumn = (t: tf.TensorInfo | undefined, columns: number): boolean =>
  !t || sizeOf(t) === 1 || (sizeOf(t) === columns && t.shape.at(-1) === columns);

/**
 * Computes with the ending in the product's own pass, where bias and slopes go by the column; in passes of their own after
 * it where they are of another shape.
 */
export function finished(
  backend: WebGpu,
  ending: Ending,
  columns: number,
  compute: (ending: Ending) => tf.TensorInfo,
): tf.TensorInfo {
  const { bias, activation, slope, slopes } = ending;
  if (byColumn(bias, columns) && byColumn(slopes, columns)) return compute(ending);
  let y = compute(plainEnding);
  const step = (kernel: string, inputs: Record<string, tf.TensorInfo>, attrs: Record<string, number> = {}): void => {
    const run = tf.getKernel(kernel, backendName)!.kernelFunc;
    const next = run({ inputs, backend, attrs }) as tf.TensorInfo;
    backend.disposeData(y.dataId);
    y = next;
  };
  if (bias) step("Add", { a: y, b: bias });
  if (slopes) step("Prelu", { x: y, alpha: slopes });
  else if (activation !== "linear") step(kernels[activation]!, { x: y }, { alpha: slope });
  return y;
}

const kernels: Readonly<Record<string, string>> = {
  relu: "Relu",
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  leakyrelu: "LeakyRelu",
};

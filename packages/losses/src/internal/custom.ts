import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, SpectraiError } from "@spectrai/core";

/** @throws SPECTRAI_TENSOR_SHAPE unless both tensors have one shape. */
export function sameShape(loss: string, output: tf.Tensor, target: tf.Tensor): void {
  if (output.rank !== target.rank || output.shape.some((d, i) => d !== target.shape[i]))
    throw new SpectraiError(
      "SPECTRAI_TENSOR_SHAPE",
      `The loss "${loss}" compares arrays of one shape, but the model gave [${output.shape.join(", ")}] for a target of [${target.shape.join(", ")}].`,
    );
}

/** What a loss keeps from its forward pass: the value, and what the gradient is made of. */
export interface Forward {
  readonly value: tf.Tensor;
  readonly saved: tf.Tensor[];
}

/**
 * A scalar loss with a closed-form gradient with respect to the model's output. The target is a constant. `backward`
 * gets the gradient of the scalar and what `forward` saved; nothing of it runs when no gradient is asked for.
 */
export function closedForm(
  output: tf.Tensor,
  forward: (x: tf.Tensor) => Forward,
  backward: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor,
): tf.Scalar {
  const run = tf.customGrad((x, save) => {
    const { value, saved } = forward(x as tf.Tensor);
    (save as tf.GradSaveFunc)(saved);
    return { value, gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => backward(dy, kept) };
  });
  return run(output) as tf.Scalar;
}

/** A function f of a difference, by its name among those of the kernel `MeanDifference` and by tensor operations. */
export interface Measure {
  readonly name: "absolute" | "squared" | "huber" | "charbonnier";
  /** δ or ε of those that have one. */
  readonly parameter?: number;
  /** f(d) */
  readonly of: (d: tf.Tensor) => tf.Tensor;
  /** scale · f′(d) */
  readonly slope: (d: tf.Tensor, scale: tf.Tensor) => tf.Tensor;
}

/**
 * Mean over all elements of `f(output − target)`, with the gradient `f′(output − target) · dy / n`: in one pass each
 * where the backend has a kernel for it. Without, one pass more than the difference is saved; nothing else is kept for the
 * backward pass.
 */
export function meanOfDifference(loss: string, output: tf.Tensor, target: tf.Tensor, measure: Measure): tf.Scalar {
  sameShape(loss, output, target);
  if (hasKernel("MeanDifference") && output.dtype === "float32" && target.dtype === "float32")
    return fusedMean(output, target, { measure: measure.name, parameter: measure.parameter ?? 0 });
  return closedForm(
    output,
    (x) => {
      const d = tf.sub(x, target);
      return { value: tf.mean(measure.of(d)), saved: [d] };
    },
    (dy, [d]) => measure.slope(d!, tf.div(dy, Math.max(d!.size, 1))),
  );
}

const fusedMean = (output: tf.Tensor, target: tf.Tensor, attributes: tf.NamedAttrMap): tf.Scalar =>
  closedForm(
    output,
    (x) => ({
      value: tf.engine().runKernel<tf.Scalar>("MeanDifference", { output: x, target }, attributes),
      saved: [x, target],
    }),
    (dy, [x, y]) =>
      tf.engine().runKernel<tf.Tensor>("MeanDifferenceGradient", { dy, output: x!, target: y! }, attributes),
  );

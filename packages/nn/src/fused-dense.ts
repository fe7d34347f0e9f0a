import * as tf from "@tensorflow/tfjs-core";
import { activationAndBiasGradient, type FusedActivation } from "./fused-activation.ts";

interface Attributes {
  readonly transposeA: false;
  readonly transposeB: false;
  readonly activation: FusedActivation["kind"];
  readonly leakyreluAlpha?: number;
  /** Whether there is a bias; tfjs's gradient functions are not told which inputs there were. */
  readonly hasBias: boolean;
}

let registered = false;

/** As with the fused convolution, tfjs has no gradient for this kernel. Registered on first use, not on import. */
function registerGradient(): void {
  if (registered) return;
  registered = true;
  if (tf.getGradient(tf._FusedMatMul)) return;
  tf.registerGradient({
    kernelName: tf._FusedMatMul,
    inputsToSave: ["a", "b"],
    outputsToSave: [true],
    gradFunc: (dys, saved, attributes) => {
      const dy = dys as tf.Tensor;
      const [a, b, y] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor];
      const { activation, leakyreluAlpha, hasBias } = attributes as unknown as Attributes;
      const { d, bias } = activationAndBiasGradient(dy, y, { kind: activation, slope: leakyreluAlpha }, hasBias);
      return {
        a: () => tf.matMul(d as tf.Tensor2D, b, false, true),
        b: () => tf.matMul(a, d as tf.Tensor2D, true, false),
        bias: () => bias!,
      };
    },
  });
}

/** `f(a · b + bias)` in one kernel, in training as in evaluation. `a` `[rows, in]`, `b` `[in, out]`, `bias` `[out]`. */
export function fusedDense(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  bias: tf.Tensor1D | undefined,
  activation: FusedActivation,
): tf.Tensor2D {
  registerGradient();
  const attributes: Attributes = {
    transposeA: false,
    transposeB: false,
    activation: activation.kind,
    hasBias: bias !== undefined,
    ...(activation.kind === "leakyrelu" ? { leakyreluAlpha: activation.slope } : {}),
  };
  return tf.engine().runKernel(tf._FusedMatMul, bias ? { a, b, bias } : { a, b }, attributes as never);
}

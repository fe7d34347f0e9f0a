import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, sumToChannels } from "@spectrai/core";

/**
 * Activations that a convolution or a dense layer can apply in the same pass. Their derivative follows from the *output*
 * alone, so that the input of the activation is never kept.
 */
export type FusedActivation =
  { readonly kind: "linear" | "relu" | "sigmoid" } | { readonly kind: "leakyrelu"; readonly slope: number };

/** How a layer's options name one. */
export type ActivationOption = "linear" | "relu" | "sigmoid" | { readonly leakyRelu: number };

export const fusedActivation = (option: ActivationOption = "linear"): FusedActivation =>
  typeof option === "string" ? { kind: option } : { kind: "leakyrelu", slope: option.leakyRelu };

/** `dy · f′`, with f′ computed from `y = f(x)`. */
export function activationGradient(dy: tf.Tensor, y: tf.Tensor, kind: FusedActivation["kind"], slope = 0): tf.Tensor {
  if (kind === "linear") return dy;
  return tf.tidy(() => {
    if (kind === "relu") return tf.mul(dy, tf.step(y));
    if (kind === "sigmoid") return tf.mul(dy, tf.mul(y, tf.sub(1, y)));
    return tf.mul(dy, tf.step(y, slope));
  });
}

/**
 * `dy · f′` and its sum over all but the last dimension, which is the gradient of a bias: in one pass over memory where the
 * backend can. Only what is wanted is computed. The first is `dy` itself where f is linear.
 */
export function activationAndBiasGradient(
  dy: tf.Tensor,
  y: tf.Tensor,
  { kind, slope = 0 }: { readonly kind: FusedActivation["kind"]; readonly slope?: number | undefined },
  wantsBias: boolean,
): { readonly d: tf.Tensor; readonly bias?: tf.Tensor } {
  const linear = kind === "linear";
  if (linear && !wantsBias) return { d: dy };
  if (!hasKernel("ActivationGradient")) {
    const d = activationGradient(dy, y, kind, slope);
    return wantsBias ? { d, bias: sumToChannels(d) } : { d };
  }
  const [first, second] = tf.engine().runKernel<tf.Tensor[]>("ActivationGradient", linear ? { dy } : { dy, y }, {
    activation: kind,
    slope,
    wantsInput: !linear,
    wantsBias,
  });
  if (linear) return { d: dy, bias: first! };
  return wantsBias ? { d: first!, bias: second! } : { d: first! };
}

const activate = (x: tf.Tensor, activation: FusedActivation): tf.Tensor => {
  if (activation.kind === "relu") return tf.relu(x);
  if (activation.kind === "sigmoid") return tf.sigmoid(x);
  if (activation.kind === "leakyrelu") return tf.leakyRelu(x, activation.slope);
  return x;
};

/** `f(x + bias)` over the last dimension, keeping nothing but the result for the gradient. */
export function biasActivate(x: tf.Tensor, bias: tf.Tensor1D | undefined, activation: FusedActivation): tf.Tensor {
  const slope = activation.kind === "leakyrelu" ? activation.slope : 0;
  if (!bias) return activate(x, activation);
  const op = tf.customGrad((at, b, save) => {
    const value = activate(tf.add(at as tf.Tensor, b as tf.Tensor), activation);
    (save as tf.GradSaveFunc)([value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const gradient = activationAndBiasGradient(dy, saved[0]!, { kind: activation.kind, slope }, true);
        // A handle of its own, as every gradient: tfjs disposes one when it adds another to it.
        return [gradient.d === dy ? tf.clone(dy) : gradient.d, gradient.bias!];
      },
    };
  });
  return op(x, bias);
}

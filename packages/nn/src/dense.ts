import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import { type ActivationOption, fusedActivation } from "./fused-activation.ts";
import { fusedDense } from "./fused-dense.ts";
import { type Initializer, kaimingUniform, torchBias } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import type { ParameterScope } from "./parameter-scope.ts";

export interface DenseOptions {
  readonly in: number;
  readonly out: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Applied in the same pass, where the backend can. Default `linear`. */
  readonly activation?: ActivationOption;
  /** Default PyTorch's: uniform in ±1/√in, the bias too. */
  readonly init?: Initializer;
  readonly biasInit?: Initializer;
}

/**
 * `x · weight + bias` over the last dimension: `[…, in]` → `[…, out]`. Parameters `weight` `[in, out]` and `bias` `[out]`.
 *
 * @throws SPECTRAI_TENSOR_SHAPE (when applied) where the last dimension is not `in`
 */
export function dense(scope: ParameterScope, options: DenseOptions): Layer {
  const { in: inputs, out: outputs, bias = true } = options;
  const weight = scope.parameter(
    "weight",
    [inputs, outputs],
    options.init ?? kaimingUniform(),
  ) as tf.Tensor as tf.Tensor2D;
  const offset = bias
    ? scope.parameter("bias", [outputs], options.biasInit ?? torchBias([inputs, outputs]), { decay: false })
    : undefined;
  const activation = fusedActivation(options.activation);
  return (x) => {
    if (x.shape.at(-1) !== inputs)
      throw new SpectraiError(
        "SPECTRAI_TENSOR_SHAPE",
        `The dense layer "${scope.path}" needs a last dimension of ${inputs} and got a tensor [${x.shape.join(", ")}].`,
      );
    return tf.tidy(() => {
      const rows = x.rank === 2 ? (x as tf.Tensor2D) : (tf.reshape(x, [-1, inputs]) as tf.Tensor2D);
      const y = fusedDense(rows, weight, offset as tf.Tensor1D | undefined, activation);
      return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
    });
  };
}

import * as tf from "@tensorflow/tfjs-core";
import { ones, zeros } from "./initializers.ts";
import type { ParameterScope } from "./parameter-scope.ts";

export interface Affine {
  readonly scale: tf.Tensor1D;
  readonly offset: tf.Tensor1D;
}

/**
 * The scale and offset of a norm: parameters `weight` and `bias` `[C]`, or the constants 1 and 0 where the norm is not affine
 * (made anew in each call, so that there is nothing to dispose).
 */
export function affineOf(scope: ParameterScope, channels: number, affine: boolean): () => Affine {
  if (!affine) return () => ({ scale: tf.ones([channels]), offset: tf.zeros([channels]) });
  const scale = scope.parameter("weight", [channels], ones, { decay: false }) as tf.Tensor as tf.Tensor1D;
  const offset = scope.parameter("bias", [channels], zeros, { decay: false }) as tf.Tensor as tf.Tensor1D;
  return () => ({ scale, offset });
}

import * as tf from "@tensorflow/tfjs-core";
import { philox4x32, rng, SpectraiError } from "@spectrai/core";
import type { Layer } from "./layer.ts";
import type { ParameterScope } from "./parameter-scope.ts";

export interface DropoutOptions {
  /** Probability that a value is set to 0, in [0, 1). The others are divided by 1 − rate. */
  readonly rate: number;
  /** Whole channels of a sample at a time (PyTorch's `Dropout2d`). Default false. */
  readonly channels?: boolean;
}

/**
 * Dropout (Srivastava et al., JMLR 15, 2014), in training only. What is dropped follows from the context's seed and the
 * scope's path, and so is the same on every backend.
 */
export function dropout(scope: ParameterScope, { rate, channels = false }: DropoutOptions): Layer {
  if (!(rate >= 0 && rate < 1))
    throw new SpectraiError("SPECTRAI_INTERNAL", `The dropout "${scope.path}" needs a rate in [0, 1) and got ${rate}.`);
  return (x, context) => {
    if (!context.training || rate === 0) return x;
    return tf.tidy(() => {
      const shape = channels ? x.shape.map((d, i) => (i === 0 || i === x.rank - 1 ? d : 1)) : x.shape;
      return tf.mul(x, tf.tensor(keepMask(shape, rate, context.seed, scope.path), shape));
    });
  };
}

/** 0 with the given probability, 1 / (1 − rate) otherwise; one random word an element. */
function keepMask(shape: readonly number[], rate: number, seed: number, path: string): Float32Array {
  const stream = rng(seed, "dropout", path);
  const key: [number, number] = [stream.integer(2 ** 32), stream.integer(2 ** 32)];
  const mask = new Float32Array(shape.reduce((n, d) => n * d, 1));
  const words = new Uint32Array(4);
  const counter: [number, number, number, number] = [0, 0, 0, 0];
  const kept = 1 / (1 - rate);
  const threshold = rate * 2 ** 32;
  for (let i = 0; i < mask.length; i++) {
    if (i % 4 === 0) {
      counter[0] = i / 4;
      philox4x32(counter, key, words);
    }
    mask[i] = words[i % 4]! < threshold ? 0 : kept;
  }
  return mask;
}

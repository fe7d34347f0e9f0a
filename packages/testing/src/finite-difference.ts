import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";

export interface GradientCheck {
  /** Half the distance of the two points of the central difference. Default 1e-2: float32 rounding then costs about 1e-5. */
  readonly step?: number;
  /** Allowed difference relative to the largest gradient of the same input. Default 2e-3. */
  readonly rtol?: number;
  /** Allowed absolute difference on top. Default 1e-4. */
  readonly atol?: number;
  /** Elements of each input that are tried, drawn at random; all where there are no more. Default 40. */
  readonly samples?: number;
}

/**
 * Compares the gradient of `f` with central finite differences. The scalar that is differentiated is the sum of the outputs
 * times fixed random weights, added up in float64, so that every output's gradient counts and float32 rounding is that of `f`
 * alone.
 *
 * It reads synchronously, thousands of times, so on WebGPU it cannot run: there, `@spectrai/parity` compares gradients with those
 * of the cpu backend, which this function holds to finite differences.
 *
 * @param f - from tensors to one tensor; called within a tidy
 * @param inputs - with respect to each of which the gradient is checked; variables too (their values are changed and put back)
 * @throws Error naming the input and element that disagree
 */
export function checkGradient(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  check: GradientCheck = {},
): void {
  const { step = 1e-2, rtol = 2e-3, atol = 1e-4, samples = 40 } = check;
  const random = rng("finite-difference");
  const shape = tf.tidy(() => f(...inputs).shape);
  const weights = Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => random.uniform(-1, 1));
  const hosts = inputs.map((x) => Float32Array.from(x.dataSync()));

  const evaluate = (): number => {
    const out = tf.tidy(() => f(...inputs.map((x, i) => place(x, hosts[i]!))).dataSync());
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += out[i]! * weights[i]!;
    return sum;
  };

  const gradients = tf.tidy(() => {
    const direction = tf.tensor(weights, shape);
    const at = inputs.map((x, i) => place(x, hosts[i]!));
    return tf
      .grads((...x: tf.Tensor[]) => tf.sum(tf.mul(f(...x), direction)))(at)
      .map((g) => Float32Array.from(g.dataSync()));
  });

  for (const [which, gradient] of gradients.entries()) {
    const host = hosts[which]!;
    const scale = gradient.reduce((m, g) => Math.max(m, Math.abs(g)), 0);
    const order = random.permutation(host.length).subarray(0, samples);
    for (const i of order) {
      const kept = host[i]!;
      const differenceAt = (distance: number): number => {
        host[i] = kept + distance;
        const above = host[i]!;
        const up = evaluate();
        host[i] = kept - distance;
        const below = host[i]!;
        const down = evaluate();
        host[i] = kept;
        return (up - down) / (above - below);
      };
      // A difference across a kink (of a ReLU, a maximum) is no gradient: a nearer one may not cross it, but rounds more.
      const tried = [1, 4, 16].map((finer) => ({ finer, difference: () => differenceAt(step / finer) }));
      const agrees = tried.some(
        ({ finer, difference }) => Math.abs(gradient[i]! - difference()) <= atol * finer + rtol * scale,
      );
      if (!agrees)
        throw new Error(
          `input ${which}, element ${i}: the gradient is ${gradient[i]}, the finite difference ${differenceAt(step)} (largest gradient ${scale})`,
        );
    }
  }
  tf.tidy(() => inputs.forEach((x, i) => void place(x, hosts[i]!)));
}

/** A fresh tensor with these values; a variable is given them instead, since layers hold on to it. */
function place(x: tf.Tensor, values: Float32Array): tf.Tensor {
  if (!(x instanceof tf.Variable)) return tf.tensor(values.slice(), x.shape);
  tf.tidy(() => x.assign(tf.tensor(values.slice(), x.shape)));
  return x;
}

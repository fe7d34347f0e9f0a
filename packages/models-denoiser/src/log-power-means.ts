import * as tf from "@tensorflow/tfjs-core";

/** Exponents of the means: from the average (1) to nearly the maximum (64). Each is the fourth power of the one before. */
export const powers = [1, 4, 16, 64] as const;

const tiny = 1e-12;

/**
 * Logarithms of the power means of each row's positive values, `log (mean tᵖ)^(1/p)`: `[N, L]` → `[N, 4]`.
 * The rows are divided by their maximum first, which keeps the powers in range and changes nothing else.
 *
 * Gradient in closed form: `∂/∂tᵢ = uᵢ^(p−1) / (max t · L · mean uᵖ)` with `u = t / max t`.
 */
export const logPowerMeans = (t: tf.Tensor2D): tf.Tensor2D => {
  const op = tf.customGrad((x, save) => {
    const rows = x as tf.Tensor2D;
    const top = tf.add(tf.max(rows, 1, true), 1e-6);
    const u = tf.div(rows, top);
    let power = u;
    const means: tf.Tensor[] = [];
    for (const p of powers) {
      if (p > 1) power = tf.square(tf.square(power));
      means.push(tf.add(tf.mean(power, 1, true), tiny));
    }
    const value = tf.add(
      tf.concat(
        means.map((m, k) => tf.div(tf.log(m), powers[k]!)),
        1,
      ),
      tf.log(top),
    ) as tf.Tensor2D;
    (save as tf.GradSaveFunc)([u, top, ...means]);
    return {
      value,
      gradFunc: (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
        const [ratio, maximum, ...averages] = saved;
        const length = ratio!.shape[1]!;
        // u^(p−1): each is the one before times the cube of the power before.
        let below: tf.Tensor = tf.onesLike(ratio!);
        let whole: tf.Tensor = ratio!;
        let sum: tf.Tensor = tf.zerosLike(ratio!);
        for (const [k, average] of averages.entries()) {
          if (k > 0) {
            below = tf.mul(below, tf.mul(whole, tf.square(whole)));
            whole = tf.square(tf.square(whole));
          }
          const weight = tf.div(tf.slice(dy, [0, k], [-1, 1]), tf.mul(tf.mul(average, maximum!), length));
          sum = tf.add(sum, tf.mul(below, weight));
        }
        return sum;
      },
    };
  });
  return op(t) as tf.Tensor2D;
};

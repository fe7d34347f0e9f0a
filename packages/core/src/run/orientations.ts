import * as tf from "@tensorflow/tfjs-core";

/** What test-time augmentation averages over: nothing, the four flips, or all eight flips and rotations. */
export const ttaKinds = ["none", "flips", "all"] as const;
export type Tta = (typeof ttaKinds)[number];

/** One way to turn a batch of images `[N, H, W, C]`, and back. */
interface Orientation {
  readonly turned: boolean;
  readonly flipped: readonly number[];
}

const orientations: Readonly<Record<Tta, readonly Orientation[]>> = (() => {
  const flips = [[], [1], [2], [1, 2]].map((flipped) => ({ turned: false, flipped }));
  return { none: [flips[0]!], flips, all: [...flips, ...flips.map((f) => ({ ...f, turned: true }))] };
})();

/** The mean of a network's outputs for all orientations of its input, each turned back. */
export const averageOverOrientations = (input: tf.Tensor, tta: Tta, predict: (x: tf.Tensor) => tf.Tensor): tf.Tensor =>
  tf.tidy(() => {
    const outputs = orientations[tta].map(({ turned, flipped }) => {
      const straight = flipped.length > 0 ? tf.reverse(input, [...flipped]) : input;
      const output = predict(turned ? transposed(straight) : straight);
      const back = turned ? transposed(output) : output;
      return flipped.length > 0 ? tf.reverse(back, [...flipped]) : back;
    });
    return outputs.length === 1 ? outputs[0]! : tf.div(tf.addN(outputs), outputs.length);
  });

const transposed = (x: tf.Tensor): tf.Tensor => tf.transpose(x, [0, 2, 1, 3]);

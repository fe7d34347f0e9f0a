import * as tf from "@tensorflow/tfjs-core";
import {
  defineComponent,
  type ForwardContext,
  type Model,
  type ModelSpec,
  type Rng,
  SpectraiError,
} from "@spectrai/core";
import {
  constant,
  conv,
  dense,
  gelu,
  type Initializer,
  type Layer,
  networkModel,
  normal,
  ones,
  parameterScope,
  sequential,
  zeros,
} from "@spectrai/nn";
import { z } from "zod";
import { logPowerMeans } from "./log-power-means.ts";
import { statisticsOf } from "./statistics.ts";

export const spectralDenoiserSchema = z.strictObject({
  rank: z.int().min(1).default(32).meta({
    description: "Width of the bottleneck: about how many components the spectra are mixtures of, or more.",
    group: "low-rank part",
  }),
  hidden: z.int().min(1).default(64).meta({
    description: "Width of the hidden layer that corrects the bottleneck.",
    group: "low-rank part",
  }),
  channels: z.int().min(0).default(8).meta({
    description: "Channels of the convolutional correction; 0 = without it.",
    group: "convolutions",
  }),
  kernel: z
    .int()
    .min(1)
    .default(9)
    .refine((k) => k % 2 === 1, "must be odd")
    .meta({
      description: "Points of the convolutions' kernels; an odd number.",
      group: "convolutions",
      unit: "points",
    }),
  dilations: z.array(z.int().min(1)).min(1).default([1, 2, 4]).meta({
    description: "Dilation of each convolution before the last.",
    group: "convolutions",
  }),
  gain: z.enum(["auto", "on", "off"]).default("auto").meta({
    description:
      "Rescale the output by its own soft maximum, as targets divided by their maximum need; auto looks at the targets.",
    group: "gain",
  }),
});
export type SpectralDenoiserOptions = z.output<typeof spectralDenoiserSchema>;

/**
 * A denoiser for spectra on a fixed axis, small enough to train in seconds and hard to over-fit.
 *
 * With `v` the input less the training mean: `e = E v` (to `rank` numbers), `z = e + MLP(e)`, `h = mean + D z`, then
 * `h += convolutions([v, h])`, and where targets are divided by their maximum, `y = h · exp(k − Σ aⱼ log‖h₊‖ₚⱼ)` over
 * power means p = 1, 4, 16, 64: dividing a noisy spectrum by its maximum scales it by a random number, and the last
 * step estimates the scale anew from the denoised spectrum. Means and scales come from the training part (`prepare`).
 */
export const spectralDenoiser = defineComponent({
  kind: "model",
  name: "spectral-denoiser",
  summary: "A low-rank network with a convolutional correction, for spectra on one axis.",
  supports: { tasks: ["denoising", "calibration"], data: ["spectrum"] },
  schema: spectralDenoiserSchema,
  create: (options) => ({ build: (spec, init) => buildDenoiser(options, spec, init) }),
});

/** The start of a network whose first output is near the training mean. */
const nearZero: Initializer = normal(1e-3);
const startOfExponents: Initializer = () => Float32Array.of(0, 0, 1, 0);

function buildDenoiser(options: SpectralDenoiserOptions, spec: ModelSpec, init: Rng): Model {
  if (spec.output.kind !== "spectral" || spec.input.length !== 1)
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      "model: spectral-denoiser maps spectra to spectra; choose another model for cubes, classes or numbers.",
    );
  const points = spec.input[0]!;
  const outPoints = spec.output.shape[0]!;
  const { rank, hidden, channels, kernel, dilations } = options;
  const scope = parameterScope(init);

  const inputMean = scope.buffer("input.mean", [points], zeros);
  const inputScale = scope.buffer("input.scale", [1], ones);
  const targetMean = scope.buffer("target.mean", [outPoints], zeros);
  const targetScale = scope.buffer("target.scale", [1], ones);
  const gainOn = scope.buffer("gain.on", [1], constant(options.gain === "on" ? 1 : 0));

  const encode = dense(scope.at("encode"), { in: points, out: rank, bias: false });
  const correct = sequential(
    dense(scope.at("correct", 0), { in: rank, out: hidden }),
    gelu(),
    dense(scope.at("correct", 1), { in: hidden, out: rank, init: zeros, biasInit: zeros }),
  );
  const decode = dense(scope.at("decode"), { in: rank, out: outPoints, init: nearZero, biasInit: zeros });
  // The input helps the convolutions only where its points are the output's.
  const paired = points === outPoints;
  const convolutions = channels > 0 ? sequential(...convolutionLayers()) : undefined;
  const exponents = scope.parameter("gain.exponents", [4, 1], startOfExponents, {
    decay: false,
  }) as tf.Tensor as tf.Tensor2D;
  const logGain = scope.parameter("gain.log", [1], zeros, { decay: false });

  function convolutionLayers(): Layer[] {
    const layers = dilations.flatMap((dilation, i) => [
      conv(scope.at("convolutions", i), {
        dimension: 1,
        in: i === 0 ? (paired ? 2 : 1) : channels,
        out: channels,
        kernel,
        dilation,
      }),
      gelu(),
    ]);
    return [
      ...layers,
      conv(scope.at("convolutions", dilations.length), {
        dimension: 1,
        in: channels,
        out: 1,
        kernel,
        init: zeros,
        biasInit: zeros,
      }),
    ];
  }

  function forward(x: tf.Tensor, context: ForwardContext): tf.Tensor {
    const v = tf.sub(tf.div(x, inputScale), inputMean);
    const e = encode(v, context);
    let h = tf.add(decode(tf.add(e, correct(e, context)), context), targetMean);
    if (convolutions) {
      const seen = paired ? tf.stack([v, h], 2) : tf.expandDims(h, 2);
      h = tf.add(h, tf.squeeze(convolutions(seen, context), [2]));
    }
    const norms = tf.matMul(logPowerMeans(tf.relu(h) as tf.Tensor2D), exponents);
    const gain = tf.exp(tf.mul(gainOn, tf.sub(logGain, norms)));
    return tf.mul(tf.mul(h, gain), targetScale);
  }

  return networkModel(scope, forward, {
    async prepare({ input, target }) {
      const s = await statisticsOf(input, target);
      const set = (variable: tf.Variable, values: Float32Array): void =>
        tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
      set(inputMean, s.inputMean);
      set(inputScale, Float32Array.of(s.inputScale));
      set(targetMean, s.targetMean);
      set(targetScale, Float32Array.of(s.targetScale));
      const on = options.gain === "on" || (options.gain === "auto" && s.targetsAreMaxNormalized);
      set(gainOn, Float32Array.of(on ? 1 : 0));
      // The gain's start leaves the mean target as it is.
      const start = tf.tidy(() =>
        tf.squeeze(tf.slice(logPowerMeans(tf.relu(tf.reshape(targetMean, [1, -1])) as tf.Tensor2D), [0, 2], [1, 1])),
      );
      const [log] = await start.data();
      start.dispose();
      set(logGain, Float32Array.of(Number.isFinite(log!) ? log! : 0));
    },
  });
}

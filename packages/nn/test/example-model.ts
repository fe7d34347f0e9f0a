import { defineComponent, definePlugin, type Plugin } from "@spectrai/core";
import {
  batchNorm,
  conv,
  dropout,
  networkModel,
  parameterScope,
  relu,
  residual,
  sequential,
  upsample,
  maxPool,
} from "@spectrai/nn";
import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";

export const smallDenoiserSchema = z.strictObject({
  width: z.int().min(1).default(16).meta({ description: "Filters of each convolution.", group: "architecture" }),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0)
    .meta({ description: "Probability that a value is dropped.", group: "regularization" }),
});

/** Two residual blocks on half the points; what comes out is added to the input. For lengths that are even. */
export const smallDenoiser = defineComponent({
  kind: "model",
  name: "small-denoiser",
  summary: "A small convolutional denoiser.",
  supports: { tasks: ["denoising"], data: ["spectrum"] },
  schema: smallDenoiserSchema,
  create: ({ width, dropout: rate }) => ({
    build(_spec, init) {
      const root = parameterScope(init);
      const block = (i: number) => {
        const at = root.at("blocks", i);
        return residual(
          sequential(
            conv(at.at("first"), { dimension: 1, in: width, out: width, kernel: 5, activation: "relu" }),
            dropout(at.at("dropout"), { rate }),
            conv(at.at("second"), { dimension: 1, in: width, out: width, kernel: 5 }),
            batchNorm(at.at("norm"), { channels: width }),
          ),
        );
      };
      const body = sequential(
        conv(root.at("stem"), { dimension: 1, in: 1, out: width, kernel: 7 }),
        maxPool({ dimension: 1 }),
        block(0),
        relu(),
        block(1),
        upsample({ dimension: 1, mode: "linear" }),
        conv(root.at("head"), { dimension: 1, in: width, out: 1 }),
      );
      // The contract's spectra are [N, L]; layers want channels, [N, L, C].
      return networkModel(
        root,
        residual((x, context) => tf.squeeze(body(tf.expandDims(x, 2), context), [2])),
      );
    },
  }),
});

const plugin: Plugin = definePlugin({
  name: "spectrai-plugin-small-denoiser",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [smallDenoiser],
});
export default plugin;

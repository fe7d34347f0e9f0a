/**
 * An example of a spectrai plugin: one architecture, in one file.
 *
 * Installed beside spectrai and named in a config, it is trained, measured, resumed and applied like any other model:
 *
 *     plugins: [spectrai-plugin-spectral-mlp, …]
 *     model: { name: spectral-mlp, hidden: 128 }
 */
import { defineComponent, definePlugin, type Plugin, SpectraiError } from "@spectrai/core";
import { add, dense, dropout, gelu, networkModel, parameterScope, sequential } from "@spectrai/nn";
import { z } from "zod";

/**
 * The options, as a user writes them in a config. From this object come the checks and their messages, the defaults,
 * `spectrai info spectral-mlp`, what an editor completes, and the form of a graphical interface.
 */
export const spectralMlpSchema = z.strictObject({
  hidden: z.int().min(1).default(64).meta({ description: "Width of the hidden layer.", group: "size" }),
  dropout: z.number().min(0).lt(1).default(0).meta({
    description: "Share of the hidden values that are set to 0 in training.",
    group: "regularization",
  }),
});

/** `y = skip(x) + W₂ gelu(W₁ x + b₁) + b₂`; the skip is the input itself, or a linear map where the lengths differ. */
export const spectralMlp = defineComponent({
  kind: "model",
  name: "spectral-mlp",
  summary: "A two-layer perceptron with a skip connection, for spectra of one length.",
  // With other tasks or data than these, the config is refused with the reason.
  supports: { tasks: ["denoising", "calibration"], data: ["spectrum"] },
  schema: spectralMlpSchema,
  create: (options) => ({
    // `spec` says what the data need, `init` is the stream of random numbers that the run's seed names.
    build({ input, output }, init) {
      if (output.kind !== "spectral")
        throw new SpectraiError("SPECTRAI_TASK_UNSUITABLE", "The model spectral-mlp maps spectra to spectra only.");
      const [points, outputPoints] = [input.at(-1)!, output.shape.at(-1)!];
      // A scope gives each parameter its name in the model file: "hidden.weight", "out.bias", …
      const scope = parameterScope(init);
      const mlp = sequential(
        dense(scope.at("hidden"), { in: points, out: options.hidden }),
        gelu(),
        dropout(scope.at("dropout"), { rate: options.dropout }),
        dense(scope.at("out"), { in: options.hidden, out: outputPoints }),
      );
      const skip =
        points === outputPoints ? undefined : dense(scope.at("skip"), { in: points, out: outputPoints, bias: false });
      // Tensors are [N, points]; networkModel frees what the network leaves on its way.
      return networkModel(scope, (x, context) => add(mlp(x, context), skip ? skip(x, context) : x));
    },
  }),
});

/** The default export is what spectrai loads. */
const plugin: Plugin = definePlugin({
  name: "spectrai-plugin-spectral-mlp",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [spectralMlp],
});
export default plugin;

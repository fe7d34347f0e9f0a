import * as tf from "@tensorflow/tfjs-core";
import { elementwise } from "./elementwise.ts";
import { linear } from "./linear.ts";
import { reductions } from "./reductions.ts";
import { shapes } from "./shapes.ts";

/**
 * Teaches tfjs to differentiate its kernels. tfjs-core knows no gradients by itself: they come with the umbrella package
 * `@tensorflow/tfjs`, or from files of tfjs-core that Node.js cannot import. These are written anew, and keep an
 * operation's input for the backward pass only where its output does not do. Gradients that are there already stay.
 *
 * Called by the trainer and by the `parameterScope` of @spectrai/nn: who builds a network need not think of it.
 */
export function registerGradients(): void {
  for (const config of [...elementwise, ...reductions, ...shapes, ...linear])
    if (!tf.getGradient(config.kernelName)) tf.registerGradient(config);
}

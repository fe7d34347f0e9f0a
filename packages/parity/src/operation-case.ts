import * as tf from "@tensorflow/tfjs-core";
import { registerGradients } from "@spectrai/core";
import type { ParityCase } from "./case.ts";
import type { BackendCase } from "./operations/case.ts";
import { randomTensor } from "./random-tensor.ts";
import { read, type Result } from "./read.ts";

/** Inputs are of the size of 1: what is smaller than this comes of cancellation. */
const least = 0.05;

/** Outputs of an operation, then gradients of a random weighting of them. */
export const operationCase = ({ title, inputs, run, gradients = [] }: BackendCase): ParityCase => ({
  kind: "operation",
  title,
  async evaluate() {
    registerGradients();
    const tensors = inputs.map((input, i) =>
      randomTensor(`${title}/${i}`, "shape" in input ? input : { shape: input }),
    );
    try {
      const results = tf.tidy((): Result[] => {
        const outputs = [run(...tensors)].flat();
        const all = outputs.map((tensor, i) => ({ what: outputs.length > 1 ? `output ${i}` : "the output", tensor }));
        if (gradients.length === 0 || outputs.every((t) => t.size === 0)) return all;
        const weights = outputs.map((t, i) => randomTensor(`${title}/weight ${i}`, { shape: t.shape }));
        const { grads } = tf.valueAndGrads((...xs: tf.Tensor[]) => {
          const given = [...tensors];
          gradients.forEach((at, i) => (given[at] = xs[i]!));
          const sums = [run(...given)].flat().map((t, i) => tf.sum(tf.mul(t, weights[i]!)));
          return sums.reduce((a, b) => tf.add(a, b));
        })(gradients.map((at) => tensors[at]!));
        const named = grads.map((tensor, i) => ({
          what: `the gradient with respect to input ${gradients[i]!}`,
          tensor,
        }));
        return [...all, ...named];
      });
      return (await read(results)).map((value) => ({ ...value, least }));
    } finally {
      tf.dispose(tensors);
    }
  },
});

import type * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { type KernelCall, register } from "./kernel.ts";

/** Measures of a difference, by the numbers of native/src/loss.h. */
const measures = { absolute: 0, squared: 1, huber: 2, charbonnier: 3 } as const;

interface DifferenceAttrs {
  readonly measure: keyof typeof measures;
  readonly parameter: number;
}
interface LabelAttrs {
  readonly smoothing: number;
  readonly ignored: number;
}

/** A new tensor like another, in the form that its floats have. */
const like = (backend: OnednnBackend, t: tf.TensorInfo): tf.TensorInfo =>
  backend.make(t.shape, "float32", backend.data(t).half);

/** Losses and their gradients, see core's fused-kernels.ts. */
export function registerLosses(): void {
  register("MeanDifference", ({ inputs, backend, attrs }: KernelCall<"output" | "target", DifferenceAttrs>) => {
    const { output, target } = inputs;
    const mean = backend.make([]);
    backend.native.meanDifference(
      backend.any(output),
      backend.plain(target),
      measures[attrs.measure],
      attrs.parameter,
      backend.any(mean),
    );
    return mean;
  });
  register(
    "MeanDifferenceGradient",
    ({ inputs, backend, attrs }: KernelCall<"dy" | "output" | "target", DifferenceAttrs>) => {
      const { dy, output, target } = inputs;
      const d = like(backend, output);
      backend.native.meanDifferenceGradient(
        backend.any(output),
        backend.plain(target),
        measures[attrs.measure],
        attrs.parameter,
        backend.plain(dy),
        backend.any(d),
      );
      return d;
    },
  );
  register(
    "SoftmaxCrossEntropy",
    ({ inputs, backend, attrs }: KernelCall<"logits" | "labels" | "weights", LabelAttrs>) => {
      const { logits, labels, weights } = inputs;
      const loss = backend.make([]);
      backend.native.crossEntropy(
        backend.any(logits),
        backend.plain(labels),
        backend.plain(weights),
        attrs.smoothing,
        attrs.ignored,
        backend.any(loss),
      );
      return loss;
    },
  );
  register(
    "SoftmaxCrossEntropyGradient",
    ({ inputs, backend, attrs }: KernelCall<"dy" | "logits" | "labels" | "weights", LabelAttrs>) => {
      const { dy, logits, labels, weights } = inputs;
      const d = like(backend, logits);
      backend.native.crossEntropyGradient(
        backend.any(logits),
        backend.plain(labels),
        backend.plain(weights),
        attrs.smoothing,
        attrs.ignored,
        backend.plain(dy),
        backend.any(d),
      );
      return d;
    },
  );
}

import * as tf from "@tensorflow/tfjs-core";
import { defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { closedForm, sameShape } from "../internal/custom.ts";
import { signalTasks } from "../internal/support.ts";
import { gaussianWindow, ssimConstants } from "../internal/window.ts";

export const ssimLossSchema = z.strictObject({
  range: z.number().positive().default(1).meta({
    description: "Peak-to-peak range of the data.",
    group: "loss",
  }),
});

/** Weighted means over all windows that lie inside, and the adjoint of that. */
interface Windows {
  forward(x: tf.Tensor): tf.Tensor;
  adjoint(y: tf.Tensor): tf.Tensor;
}

/**
 * 1 − SSIM, mean over windows, bands and samples: a Gaussian window of σ 1.5 on 11 × 11 pixels of a cube `[N, H, W, L]`
 * or 11 points of spectra `[N, L]` (fewer where that does not fit). The windows are band matrices, so that filtering is a
 * matrix product on every backend.
 */
export const ssimLoss = defineComponent({
  kind: "loss",
  name: "ssim",
  summary: "One minus structural similarity: local contrast and structure count.",
  schema: ssimLossSchema,
  supports: signalTasks,
  reference: "Z. Wang et al., IEEE Trans. Image Process. 13 (2004) 600",
  create: ({ range }) => {
    const [c1, c2] = ssimConstants(range);
    return {
      compute: (output, target) => {
        sameShape("ssim", output, target);
        return closedForm(
          output,
          (x) => {
            const windows = windowsFor(x.shape);
            const mx = windows.forward(x);
            const my = windows.forward(target);
            const varX = tf.sub(windows.forward(tf.square(x)), tf.square(mx));
            const varY = tf.sub(windows.forward(tf.square(target)), tf.square(my));
            const cov = tf.sub(windows.forward(tf.mul(x, target)), tf.mul(mx, my));
            const a1 = tf.add(tf.mul(tf.mul(mx, my), 2), c1);
            const a2 = tf.add(tf.mul(cov, 2), c2);
            const b1 = tf.add(tf.add(tf.square(mx), tf.square(my)), c1);
            const b2 = tf.add(tf.add(varX, varY), c2);
            const below = tf.mul(b1, b2);
            const s = tf.div(tf.mul(a1, a2), below);
            // Slopes of s with respect to the windows' means of x, x² and x·y.
            const byMean = tf.add(
              tf.div(tf.mul(tf.mul(my, 2), tf.sub(a2, a1)), below),
              tf.mul(tf.mul(tf.mul(mx, s), 2), tf.sub(tf.div(1, b2), tf.div(1, b1))),
            );
            const bySquare = tf.neg(tf.div(s, b2));
            const byProduct = tf.div(tf.mul(a1, 2), below);
            return { value: tf.sub(1, tf.mean(s)), saved: [x, byMean, bySquare, byProduct] };
          },
          (dy, [x, byMean, bySquare, byProduct]) => {
            const windows = windowsFor(x!.shape);
            const sum = tf.add(
              windows.adjoint(byMean!),
              tf.add(tf.mul(tf.mul(x!, 2), windows.adjoint(bySquare!)), tf.mul(target, windows.adjoint(byProduct!))),
            );
            return tf.mul(sum, tf.div(tf.neg(dy), byMean!.size));
          },
        );
      },
    };
  },
});

/** `[windows, points]`: a row a window. */
function bandMatrix(points: number): tf.Tensor2D {
  const window = gaussianWindow(points);
  const rows = points - window.length + 1;
  const matrix = new Float32Array(rows * points);
  for (let r = 0; r < rows; r++) matrix.set(window, r * points + r);
  return tf.tensor2d(matrix, [rows, points]);
}

function windowsFor(shape: readonly number[]): Windows {
  if (shape.length === 2) {
    const g = bandMatrix(shape[1]!);
    return { forward: (x) => tf.matMul(x, g, false, true), adjoint: (y) => tf.matMul(y, g) };
  }
  if (shape.length !== 4)
    throw new SpectraiError(
      "SPECTRAI_TENSOR_SHAPE",
      `The loss "ssim" compares spectra [N, L] or cubes [N, H, W, L], not arrays of shape [${shape.join(", ")}].`,
    );
  const [n, height, width, bands] = shape as [number, number, number, number];
  const gy = bandMatrix(height);
  const gx = bandMatrix(width);
  const filter = (x: tf.Tensor, adjoint: boolean): tf.Tensor => {
    const [h, w] = adjoint ? [gy.shape[0], gx.shape[0]] : [height, width];
    const [toH, toW] = adjoint ? [height, width] : [gy.shape[0], gx.shape[0]];
    const rows = tf.matMul(tf.expandDims(gy, 0), tf.reshape(x, [n, h, w * bands]), adjoint);
    return tf.reshape(tf.matMul(tf.expandDims(gx, 0), tf.reshape(rows, [n * toH, w, bands]), adjoint), [
      n,
      toH,
      toW,
      bands,
    ]);
  };
  return { forward: (x) => filter(x, false), adjoint: (y) => filter(y, true) };
}

import { z } from "zod";
import { defineComponent } from "../component.ts";
import { learnsFrom } from "./task-output.ts";

export const denoisingSchema = z.strictObject({});

/** A noisy spectrum or cube → the same with less noise. The target is a measurement of the same thing with little noise. */
export const denoising = defineComponent({
  kind: "task",
  name: "denoising",
  summary: "Remove the noise from spectra or cubes.",
  schema: denoisingSchema,
  create: () => ({
    ...learnsFrom("denoising", "spectral", ({ shape }) => ({ kind: "spectral", shape })),
    data: ["spectrum", "cube"],
    reasons: {},
    defaults: (data) =>
      data === "spectrum"
        ? {
            model: "spectral-denoiser",
            loss: "mse",
            metrics: ["mse", "mae", "psnr", "sam"],
            monitor: "mse",
            baselines: ["raw", "savitzky-golay", "whittaker", "pca", "pca-regression", "ridge"],
            preprocess: ["max-normalize"],
            augment: ["noise-resample"],
            train: {
              // Early checkpoints look best on validation data that resemble the training part, and do worse on others.
              keep: "last",
              epochs: 24,
              minSteps: 200,
              batchSize: 64,
              optimizer: { name: "adamw", weightDecay: 0.01 },
              learningRate: 1e-3,
              schedule: { name: "cosine", warmUp: 0.1, startFactor: 0 },
            },
          }
        : {
            model: "subspace-denoiser",
            loss: "l1",
            metrics: ["mse", { name: "psnr", range: 1 }, { name: "ssim", range: 1 }, "sam"],
            monitor: "mse",
            baselines: ["raw", "median", "savitzky-golay", "pca", "pca-image", "low-rank"],
            preprocess: ["range-scale"],
            augment: [],
            train: { schedule: "one-cycle", learningRate: 5e-4, batchSize: 4 },
          },
  }),
});

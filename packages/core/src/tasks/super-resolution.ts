import { z } from "zod";
import { defineComponent } from "../component.ts";
import { learnsFrom } from "./task-output.ts";

export const superResolutionSchema = z.strictObject({});

/** A cube of few pixels → the same scene with more. The input is the target, down-sampled. */
export const superResolution = defineComponent({
  kind: "task",
  name: "super-resolution",
  summary: "Raise the number of pixels of a cube.",
  schema: superResolutionSchema,
  create: () => ({
    ...learnsFrom("super-resolution", "spectral", ({ shape }) => ({ kind: "spectral", shape })),
    data: ["cube"],
    reasons: {
      spectrum: "Super-resolution raises the number of pixels of an image, and a spectrum has none.",
    },
    defaults: () => ({
      model: "rcan",
      loss: "l1",
      metrics: [{ name: "psnr", range: 1 }, { name: "ssim", range: 1 }, "sam"],
      monitor: "psnr",
      baselines: ["bicubic", "lanczos"],
      preprocess: ["range-scale"],
      augment: [],
      degrade: [{ name: "downsample", scale: 4 }],
      train: { schedule: "one-cycle", learningRate: 5e-4, batchSize: 2 },
    }),
  }),
});

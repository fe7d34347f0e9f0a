import { z } from "zod";
import { defineComponent } from "../component.ts";
import { learnsFrom } from "./task-output.ts";

export const segmentationSchema = z.strictObject({});

/** A cube → one class for every pixel. */
export const segmentation = defineComponent({
  kind: "task",
  name: "segmentation",
  summary: "Tell the class of every pixel of a cube.",
  schema: segmentationSchema,
  create: () => ({
    ...learnsFrom("segmentation", "mask", ({ classes }) => ({ kind: "mask", classes: classes.length })),
    data: ["cube"],
    reasons: {
      spectrum:
        "Segmentation labels the pixels of an image, and a spectrum has none; classification gives whole spectra a class.",
    },
    defaults: () => ({
      model: "spectral-spatial",
      loss: "cross-entropy",
      metrics: ["miou", "oa", "aa", "kappa"],
      monitor: "miou",
      baselines: ["logistic-regression", "nearest-neighbours", "random-forest", "linear-svm"],
      preprocess: ["range-scale"],
      augment: [],
      train: { learningRate: 1e-4, batchSize: 16 },
    }),
  }),
});

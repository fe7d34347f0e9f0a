import { z } from "zod";
import { defineComponent } from "../component.ts";
import { learnsFrom } from "./task-output.ts";

export const classificationSchema = z.strictObject({});

/** A spectrum or a cube → one class for the whole of it. */
export const classification = defineComponent({
  kind: "task",
  name: "classification",
  summary: "Tell the class of a spectrum or of a whole cube.",
  schema: classificationSchema,
  create: () => ({
    ...learnsFrom("classification", "class", ({ classes }) => ({ kind: "class", classes: classes.length })),
    data: ["spectrum", "cube"],
    reasons: {},
    defaults: (data) => ({
      model: data === "spectrum" ? "rocket-stack" : { name: "resnet", preset: "small" },
      loss: "cross-entropy",
      metrics: ["accuracy", "aa", "f1", "log-loss", "ece"],
      monitor: "accuracy",
      baselines: ["majority-class", "logistic-regression", "lda", "pls-da", "linear-svm", "nearest-neighbours"],
      preprocess: data === "spectrum" ? [] : ["range-scale"],
      augment: [],
      train: { schedule: "one-cycle", learningRate: 5e-4, batchSize: data === "spectrum" ? 64 : 4 },
    }),
  }),
});

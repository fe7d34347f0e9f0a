import { z } from "zod";
import { defineComponent } from "../component.ts";
import { learnsFrom } from "./task-output.ts";

export const regressionSchema = z.strictObject({});

/** A spectrum or a cube → one or more numbers, such as concentrations. */
export const regression = defineComponent({
  kind: "task",
  name: "regression",
  summary: "Predict numbers, such as concentrations, from a spectrum or a cube.",
  schema: regressionSchema,
  create: () => ({
    ...learnsFrom("regression", "numbers", ({ names }) => ({ kind: "numbers", count: names.length })),
    data: ["spectrum", "cube"],
    reasons: {},
    defaults: (data) => ({
      model: data === "spectrum" ? "rocket-stack" : { name: "resnet", preset: "small" },
      loss: "mse",
      metrics: ["rmse", "mae", "r2", "rpd", "bias", "sep"],
      // Free of units, of which several targets have several.
      monitor: "r2",
      baselines: ["mean", "pls", "pca-regression", "ridge"],
      // Standard normal variate takes away the size of a spectrum, which tells of amounts.
      preprocess: [],
      augment: [],
      train: { schedule: "one-cycle", learningRate: 5e-4, batchSize: data === "spectrum" ? 64 : 4 },
    }),
  }),
});

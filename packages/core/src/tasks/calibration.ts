import { z } from "zod";
import { defineComponent } from "../component.ts";
import { learnsFrom } from "./task-output.ts";

export const calibrationSchema = z.strictObject({});

/** A spectrum → what another instrument would have measured. */
export const calibration = defineComponent({
  kind: "task",
  name: "calibration",
  summary: "Turn the spectra of one instrument into those of another.",
  schema: calibrationSchema,
  create: () => ({
    ...learnsFrom("calibration", "spectral", ({ shape }) => ({ kind: "spectral", shape })),
    data: ["spectrum"],
    reasons: {
      cube: "Calibration pairs a spectrum with that of the same spot on another instrument, and the pixels of two instruments' cubes do not fall on the same spots; calibrate the spectra one by one.",
    },
    defaults: () => ({
      model: "linear-standardiser",
      loss: "mse",
      metrics: ["mse", "mae", "sam"],
      monitor: "mse",
      baselines: ["raw", "direct-standardisation", "piecewise-direct-standardisation", "pca-regression", "ridge"],
      // The scale of the spectra is part of what differs between instruments.
      preprocess: [],
      augment: [],
      train: { schedule: "one-cycle", learningRate: 5e-4 },
    }),
  }),
});

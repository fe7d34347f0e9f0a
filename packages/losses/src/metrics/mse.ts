import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { squaredErrors } from "../internal/errors.ts";
import { meanError } from "../internal/mean-error.ts";
import { continuousTasks } from "../internal/support.ts";

export const mseMetricSchema = z.strictObject({});

/** Mean squared error over all values of all samples; each band's, or each regression target's, in the details. */
export const mseMetric = defineComponent({
  kind: "metric",
  name: "mse",
  summary: "Mean squared error over all values.",
  schema: mseMetricSchema,
  supports: continuousTasks,
  create: () => meanError("mse", squaredErrors),
});

import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { squaredErrors } from "../internal/errors.ts";
import { meanError } from "../internal/mean-error.ts";
import { continuousTasks } from "../internal/support.ts";

export const rmseMetricSchema = z.strictObject({});

/**
 * Square root of the mean squared error over all values of all samples, in the unit of the data; that of each band in the details. Of
 * several regression targets each has its own; the value is their mean.
 */
export const rmseMetric = defineComponent({
  kind: "metric",
  name: "rmse",
  summary: "Root of the mean squared error, in the unit of the data.",
  schema: rmseMetricSchema,
  supports: continuousTasks,
  create: () => meanError("rmse", squaredErrors, Math.sqrt),
});

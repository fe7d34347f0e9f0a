import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { absoluteErrors } from "../internal/errors.ts";
import { meanError } from "../internal/mean-error.ts";
import { continuousTasks } from "../internal/support.ts";

export const maeMetricSchema = z.strictObject({});

/** Mean absolute error over all values of all samples, in the unit of the data; each band's, or each regression target's, in the details. */
export const maeMetric = defineComponent({
  kind: "metric",
  name: "mae",
  summary: "Mean absolute error, in the unit of the data.",
  schema: maeMetricSchema,
  supports: continuousTasks,
  create: () => meanError("mae", absoluteErrors),
});

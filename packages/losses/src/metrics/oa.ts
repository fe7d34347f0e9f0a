import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fromConfusion } from "../internal/class-metric.ts";
import { labelTasks } from "../internal/support.ts";

export const oaMetricSchema = z.strictObject({});

/** Overall accuracy: the share of labelled positions that were recognized. */
export const oaMetric = defineComponent({
  kind: "metric",
  name: "oa",
  summary: "Overall accuracy: share of all samples or pixels that were recognized.",
  schema: oaMetricSchema,
  supports: labelTasks,
  create: () => fromConfusion("oa", (m) => ({ value: m.correct / m.total })),
});

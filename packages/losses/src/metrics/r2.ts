import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { Columns } from "../internal/columns.ts";
import { meanOfPresent, perClass } from "../internal/confusion.ts";
import { continuousTasks } from "../internal/support.ts";

export const r2MetricSchema = z.strictObject({});

/**
 * Coefficient of determination 1 − Σ(output − target)² / Σ(target − mean)². Of several regression targets each has its
 * own and the value is their mean; the points of spectra are taken together. A target that never changes has none.
 */
export const r2Metric = defineComponent({
  kind: "metric",
  name: "r2",
  summary: "Coefficient of determination: share of the targets' variance that is explained.",
  schema: r2MetricSchema,
  supports: continuousTasks,
  create: () => ({
    better: "higher",
    start: () => {
      const columns = new Columns("r2");
      return {
        add: (output, target) => columns.add(output, target),
        result: () => {
          const each = columns.all.map((c) => (c.spread > 0 ? 1 - c.error / c.spread : NaN));
          return { value: meanOfPresent(each), details: { targets: perClass(each) } };
        },
      };
    },
  }),
});

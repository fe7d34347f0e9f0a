import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { Columns } from "../internal/columns.ts";
import { meanOfPresent, perClass } from "../internal/confusion.ts";

export const rpdMetricSchema = z.strictObject({});

/**
 * Ratio of performance to deviation: standard deviation of the reference values (n − 1) over the root mean squared error
 * of prediction. Each regression target has its own; the value is their mean. Above 2 is useful, above 3 good.
 */
export const rpdMetric = defineComponent({
  kind: "metric",
  name: "rpd",
  summary: "Spread of the reference values over the error of prediction.",
  schema: rpdMetricSchema,
  supports: { tasks: ["regression"] },
  reference: "P. Williams, in Near-Infrared Technology in the Agricultural and Food Industries (1987)",
  create: () => ({
    better: "higher",
    start: () => {
      const columns = new Columns("rpd");
      return {
        add: (output, target) => columns.add(output, target),
        result: () => {
          const each = columns.all.map((c) =>
            c.count > 1 && c.error > 0 ? Math.sqrt(c.spread / (c.count - 1)) / Math.sqrt(c.error / c.count) : NaN,
          );
          return { value: meanOfPresent(each), details: { targets: perClass(each) } };
        },
      };
    },
  }),
});

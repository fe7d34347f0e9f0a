import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fromConfusion } from "../internal/class-metric.ts";
import { labelTasks } from "../internal/support.ts";

export const kappaMetricSchema = z.strictObject({});

/** Cohen's κ = (p_o − p_e) / (1 − p_e); 1 where chance alone already agrees everywhere and the prediction does too. */
export const kappaMetric = defineComponent({
  kind: "metric",
  name: "kappa",
  summary: "Cohen's kappa: agreement beyond what the class sizes alone would give.",
  schema: kappaMetricSchema,
  supports: labelTasks,
  reference: "J. Cohen, Educ. Psychol. Meas. 20 (1960) 37",
  create: () =>
    fromConfusion("kappa", (m) => {
      const n = m.total;
      const observed = m.correct / n;
      let chance = 0;
      for (let c = 0; c < m.classes; c++) chance += (m.truths(c) / n) * (m.predictions(c) / n);
      return { value: chance === 1 ? 1 : (observed - chance) / (1 - chance) };
    }),
});

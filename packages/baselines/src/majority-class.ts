import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { logProbabilities } from "./classes/probability.ts";
import { labelledRows } from "./classes/read.ts";

/** `majority-class` has no options. */
export const majorityClassSchema = z.strictObject({});

/** The log of each class's share of training and validation, whatever the spectrum: what is reached without looking at it. */
export const majorityClass = defineComponent({
  kind: "baseline",
  name: "majority-class",
  summary: "Predict the most frequent class, whatever the spectrum.",
  supports: { tasks: ["classification", "segmentation"] },
  schema: majorityClassSchema,
  create: (): Baseline => ({
    fit(train, validation) {
      const { counts, classes, pixels } = labelledRows(train, validation, "majority-class");
      const logits = logProbabilities(Float64Array.from({ length: classes }, (_, k) => Math.log(counts.get(k) ?? 0)));
      return {
        chosen: {},
        predict({ shape }) {
          const lead = pixels ? shape.slice(0, -1) : [];
          const count = lead.reduce((a, b) => a * b, 1);
          const data = new Float64Array(count * classes);
          for (let at = 0; at < data.length; at += classes) data.set(logits, at);
          return { data, shape: [...lead, classes] };
        },
      };
    },
  }),
});

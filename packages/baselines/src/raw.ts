import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { requireSameAxis } from "./pairs.ts";

/** `raw` has no options. */
export const rawSchema = z.strictObject({});

/** The input itself: what is gained by doing nothing. Applies where input and target share an axis. */
export const raw = defineComponent({
  kind: "baseline",
  name: "raw",
  summary: "Predict the input unchanged.",
  supports: { tasks: ["denoising", "calibration"] },
  schema: rawSchema,
  create: (): Baseline => ({
    fit(train) {
      requireSameAxis(train, "raw");
      return { chosen: {}, predict: ({ data, shape }) => ({ data, shape }) };
    },
  }),
});

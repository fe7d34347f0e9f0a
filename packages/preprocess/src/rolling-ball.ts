import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { rollingBallBaseline, rollingBallWorkspace } from "./kernels/rolling-ball.ts";
import { baselineSubtraction } from "./steps/baseline.ts";

export const rollingBallSchema = z.strictObject({
  halfWindow: z.int().min(1).max(100_000).default(30).meta({
    description: "Half width of the ball that rolls below the spectrum; wider than the widest peak.",
    group: "window",
    unit: "points",
  }),
  smoothHalfWindow: z.int().min(0).max(100_000).default(15).meta({
    description: "Half width of the moving mean that smooths the baseline; 0 leaves it as it is.",
    group: "window",
    unit: "points",
  }),
});

/** Takes off the rolling-ball baseline of every spectrum of `[L]` or `[H, W, L]`; see {@link rollingBallBaseline}. */
export const rollingBall = defineComponent({
  kind: "transform",
  name: "rolling-ball",
  summary: "Subtract the track of a ball that rolls along below the spectrum.",
  reference: "M. Kneen and H. Annegarn, Nucl. Instrum. Meth. B 109/110 (1996) 209",
  schema: rollingBallSchema,
  create: (options) =>
    baselineSubtraction((length) => {
      const workspace = rollingBallWorkspace(length);
      return (y, out) => rollingBallBaseline(y, out, workspace, options);
    }),
});

import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { spectralWindow } from "./steps/window.ts";

export const fitLengthSchema = z.strictObject({
  length: z.int().min(1).max(1_000_000).default(512).meta({
    description: "Points of the result.",
    group: "length",
    unit: "points",
  }),
  side: z.enum(["right", "both"]).default("right").meta({
    description: "Whether points are added or dropped at the end only, or at both ends (the smaller half in front).",
    group: "length",
  }),
});

/** Brings every spectrum of `[L]` or `[H, W, L]` to one length: shorter ones are reflected, longer ones cut. */
export const fitLength = defineComponent({
  kind: "transform",
  name: "fit-length",
  summary: "Bring spectra to a given length: reflect shorter ones, cut longer ones.",
  schema: fitLengthSchema,
  create: ({ length, side }) =>
    spectralWindow((n) => {
      const added = length - n;
      return { from: side === "both" ? -Math.trunc(added / 2) : 0, length };
    }),
});

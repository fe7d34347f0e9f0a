import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { spectralWindow } from "./steps/window.ts";

export const padSchema = z.strictObject({
  points: z.int().min(0).max(1_000_000).default(0).meta({
    description: "Points to add.",
    group: "length",
    unit: "points",
  }),
  toMultipleOf: z.int().min(1).max(65_536).default(8).meta({
    description:
      "Add further points until the length is a multiple of this, as networks with poolings like it; 1 adds none.",
    group: "length",
    unit: "points",
  }),
  side: z.enum(["right", "both"]).default("right").meta({
    description: "Whether to add all points at the end, or half in front (the smaller half) and half at the end.",
    group: "length",
  }),
});

/** Lengthens every spectrum of `[L]` or `[H, W, L]` by reflection at its ends, which are not repeated. */
export const pad = defineComponent({
  kind: "transform",
  name: "pad",
  summary: "Lengthen spectra by reflecting them at their ends.",
  schema: padSchema,
  create: ({ points, toMultipleOf, side }) =>
    spectralWindow((n) => {
      const length = Math.ceil((n + points) / toMultipleOf) * toMultipleOf;
      return { from: side === "both" ? -Math.floor((length - n) / 2) : 0, length };
    }),
});

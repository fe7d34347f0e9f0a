import { defineComponent, type SampleAugmentation } from "@spectrai/core";
import { z } from "zod";
import { cubeShape, movePixels } from "./cube.ts";
import { probabilityOption } from "./options.ts";

export const horizontalFlipSchema = z.strictObject({ p: probabilityOption(0.5) });

/** Mirrors a cube `[H, W, L]` and its mask, left to right. Record: `{}`. */
export const horizontalFlip = defineComponent({
  kind: "augmentation",
  name: "horizontal-flip",
  summary: "Mirror images left to right.",
  supports: { data: ["cube"] },
  schema: horizontalFlipSchema,
  create: ({ p }): SampleAugmentation => {
    const flip = <T extends Parameters<typeof movePixels>[0]>(x: T): T => {
      const [h, w] = x.shape as [number, number];
      return movePixels(x, h, w, (row, column) => row * w + w - 1 - column);
    };
    return {
      scope: "sample",
      affects: "spatial",
      on: "both",
      sample(x, random) {
        cubeShape(x, "horizontal-flip");
        return random.chance(p) ? {} : null;
      },
      apply: (x) => flip(x),
      applyMask: (mask) => flip(mask),
    };
  },
});

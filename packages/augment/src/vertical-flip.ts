import { defineComponent, type SampleAugmentation } from "@spectrai/core";
import { z } from "zod";
import { cubeShape, movePixels } from "./cube.ts";
import { probabilityOption } from "./options.ts";

export const verticalFlipSchema = z.strictObject({ p: probabilityOption(0.5) });

/** Mirrors a cube `[H, W, L]` and its mask, top to bottom. Record: `{}`. */
export const verticalFlip = defineComponent({
  kind: "augmentation",
  name: "vertical-flip",
  summary: "Mirror images top to bottom.",
  supports: { data: ["cube"] },
  schema: verticalFlipSchema,
  create: ({ p }): SampleAugmentation => {
    const flip = <T extends Parameters<typeof movePixels>[0]>(x: T): T => {
      const [h, w] = x.shape as [number, number];
      return movePixels(x, h, w, (row, column) => (h - 1 - row) * w + column);
    };
    return {
      scope: "sample",
      affects: "spatial",
      on: "both",
      sample(x, random) {
        cubeShape(x, "vertical-flip");
        return random.chance(p) ? {} : null;
      },
      apply: (x) => flip(x),
      applyMask: (mask) => flip(mask),
    };
  },
});

import { defineComponent, type LabelArray, type SampleAugmentation, type SpectralArray } from "@spectrai/core";
import { z } from "zod";
import { cubeShape, movePixels } from "./cube.ts";
import { numberOf } from "./params.ts";

export const rotate90Schema = z.strictObject({
  turns: z.array(z.int().min(0).max(3)).min(1).max(4).default([0, 1, 2, 3]).meta({
    description: "Numbers of quarter turns, counter-clockwise, to choose from with equal chances.",
    group: "rotation",
  }),
  keepShape: z.boolean().default(true).meta({
    description:
      "Leave out quarter turns of images that are not square, which would swap height and width within a batch.",
    group: "rotation",
  }),
});

/** Turns a cube `[H, W, L]` and its mask counter-clockwise by quarter turns. Record: `{ turns }`. */
export const rotate90 = defineComponent({
  kind: "augmentation",
  name: "rotate-90",
  summary: "Rotate images by a random number of quarter turns.",
  supports: { data: ["cube"] },
  schema: rotate90Schema,
  create: ({ turns, keepShape }): SampleAugmentation => ({
    scope: "sample",
    affects: "spatial",
    on: "both",
    sample(x, random) {
      const [height, width] = cubeShape(x, "rotate-90");
      const choice = keepShape && height !== width ? turns.filter((k) => k % 2 === 0) : turns;
      const drawn = random.integer(Math.max(1, choice.length));
      return choice[drawn] ? { turns: choice[drawn] } : null;
    },
    apply: (x, params) => rotate(x, numberOf(params, "turns")),
    applyMask: (mask, params) => rotate(mask, numberOf(params, "turns")),
  }),
});

function rotate<T extends SpectralArray | LabelArray>(x: T, turns: number): T {
  const [h, w] = x.shape as [number, number];
  if (turns === 1) return movePixels(x, w, h, (row, column) => column * w + w - 1 - row);
  if (turns === 2) return movePixels(x, h, w, (row, column) => (h - 1 - row) * w + w - 1 - column);
  if (turns === 3) return movePixels(x, w, h, (row, column) => (h - 1 - column) * w + row);
  return movePixels(x, h, w, (row, column) => row * w + column);
}

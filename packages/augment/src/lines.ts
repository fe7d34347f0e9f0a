import type { Rng, SpectralArray } from "@spectrai/core";
import { z } from "zod";
import { rangeSchema } from "./range.ts";

export const bandShareOption = z
  .number()
  .gt(0)
  .max(1)
  .default(1 / 3)
  .meta({
    description: "Share of the bands that are hit.",
    group: "bands",
  });

export const columnShareOption = rangeSchema(0, 1).default([0.05, 0.15]).meta({
  description: "Share of the columns that are hit in such a band: a fixed share, or a pair to draw from uniformly.",
  group: "columns",
});

/** At least one of `n`, and otherwise the share, rounded, drawn without replacement. */
export const drawSome = (n: number, share: number, random: Rng): Int32Array =>
  random.permutation(n).subarray(0, Math.max(1, Math.round(n * share)));

/** Calls `change` with the index of every value of one column in one band of a cube, from the top. */
export function alongColumn({ shape }: SpectralArray, column: number, band: number, change: (i: number) => void): void {
  const [height, width, bands] = shape as [number, number, number];
  for (let row = 0; row < height; row++) change((row * width + column) * bands + band);
}

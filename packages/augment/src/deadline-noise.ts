import { defineComponent, type SampleAugmentation } from "@spectrai/core";
import { z } from "zod";
import { cubeShape } from "./cube.ts";
import { alongColumn, bandShareOption, columnShareOption, drawSome } from "./lines.ts";
import { mapValues, noiseSeed, noiseStream } from "./noise.ts";
import { probabilityOption } from "./options.ts";
import { numberOf, numbersOf } from "./params.ts";
import { draw } from "./range.ts";

export const deadlineNoiseSchema = z.strictObject({
  bands: bandShareOption,
  columns: columnShareOption,
  value: z.number().default(0).meta({ description: "What a dead column reads.", group: "noise" }),
  p: probabilityOption(1),
});

/**
 * Sets some columns of some bands of a cube `[H, W, L]` to one value, as dead detectors do. Record: `{ seed, bands, columns:
 * [low, high], value }`.
 */
export const deadlineNoise = defineComponent({
  kind: "augmentation",
  name: "deadline-noise",
  summary: "Blank some columns of some bands of a cube (dead lines).",
  supports: { data: ["cube"] },
  schema: deadlineNoiseSchema,
  create: ({ bands, columns, value, p }): SampleAugmentation => ({
    scope: "sample",
    affects: "value",
    on: "input",
    sample(x, random) {
      cubeShape(x, "deadline-noise");
      const seed = noiseSeed(random);
      return random.chance(p)
        ? { seed, bands, columns: typeof columns === "number" ? [columns, columns] : columns, value }
        : null;
    },
    apply(x, params) {
      const [, width, length] = cubeShape(x, "deadline-noise");
      const random = noiseStream(params);
      const dead = numberOf(params, "value");
      const [low, high] = numbersOf(params, "columns") as [number, number];
      const y = mapValues(x, (v) => v);
      for (const band of drawSome(length, numberOf(params, "bands"), random))
        for (const column of drawSome(width, draw([low, high], random), random))
          alongColumn(y, column, band, (i) => (y.data[i] = dead));
      return y;
    },
  }),
});

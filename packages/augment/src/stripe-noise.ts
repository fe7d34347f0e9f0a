import { defineComponent, type SampleAugmentation } from "@spectrai/core";
import { z } from "zod";
import { cubeShape } from "./cube.ts";
import { alongColumn, bandShareOption, columnShareOption, drawSome } from "./lines.ts";
import { dataRangeOption, levelUnit, mapValues, noiseSeed, noiseStream } from "./noise.ts";
import { probabilityOption } from "./options.ts";
import { numberOf, numbersOf } from "./params.ts";
import { draw } from "./range.ts";

export const stripeNoiseSchema = z.strictObject({
  bands: bandShareOption,
  columns: columnShareOption,
  amplitude: z.number().positive().max(1e6).default(64).meta({
    description: "Largest offset of a stripe, up or down, on a scale where the data range is 255.",
    group: "noise",
  }),
  dataRange: dataRangeOption,
  p: probabilityOption(1),
});

/**
 * Adds to some columns of some bands of a cube `[H, W, L]` an offset each, as uneven detectors of a push-broom camera do (Wei, Fu and
 * Huang, IEEE TNNLS 32 (2021) 363). Record: `{ seed, bands, columns: [low, high], amplitude }`, in units of the data.
 */
export const stripeNoise = defineComponent({
  kind: "augmentation",
  name: "stripe-noise",
  summary: "Add offsets to some columns of some bands of a cube (stripes).",
  supports: { data: ["cube"] },
  schema: stripeNoiseSchema,
  create: ({ bands, columns, amplitude, dataRange, p }): SampleAugmentation => ({
    scope: "sample",
    affects: "value",
    on: "input",
    sample(x, random) {
      cubeShape(x, "stripe-noise");
      const seed = noiseSeed(random);
      if (!random.chance(p)) return null;
      const share = typeof columns === "number" ? [columns, columns] : columns;
      return { seed, bands, columns: share, amplitude: amplitude * levelUnit(x, dataRange) };
    },
    apply(x, params) {
      const [, width, length] = cubeShape(x, "stripe-noise");
      const random = noiseStream(params);
      const largest = numberOf(params, "amplitude");
      const [low, high] = numbersOf(params, "columns") as [number, number];
      const y = mapValues(x, (v) => v);
      for (const band of drawSome(length, numberOf(params, "bands"), random))
        for (const column of drawSome(width, draw([low, high], random), random)) {
          const offset = random.uniform(-largest, largest);
          alongColumn(y, column, band, (i) => (y.data[i] = x.data[i]! + offset));
        }
      return y;
    },
  }),
});

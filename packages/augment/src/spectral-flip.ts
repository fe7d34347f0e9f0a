import { defineComponent, floatLike, type SampleAugmentation, type SpectralArray } from "@spectrai/core";
import { z } from "zod";
import { probabilityOption } from "./options.ts";

export const spectralFlipSchema = z.strictObject({ p: probabilityOption(0.5) });

/** Turns the order of the points of spectra `[L]` or of all pixels of a cube `[H, W, L]` round; the axis stays. Record: `{}`. */
export const spectralFlip = defineComponent({
  kind: "augmentation",
  name: "spectral-flip",
  summary: "Turn spectra back to front.",
  schema: spectralFlipSchema,
  create: ({ p }): SampleAugmentation => ({
    scope: "sample",
    affects: "spectral",
    on: "both",
    sample: (_, random) => (random.chance(p) ? {} : null),
    apply: flipSpectra,
  }),
});

/** Every spectrum with its points in the opposite order. */
export function flipSpectra(x: SpectralArray): SpectralArray {
  const n = x.shape.at(-1)!;
  const data = floatLike(x.data, x.data.length);
  data.set(x.data);
  for (let at = 0; at < data.length; at += n) data.subarray(at, at + n).reverse();
  return { ...x, data };
}

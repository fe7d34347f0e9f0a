import {
  type Dataset,
  defineComponent,
  type Sample,
  type SampleInfo,
  spectralArray,
  SpectraiError,
} from "@spectrai/core";
import { z } from "zod";
import { ramanSimulator } from "./raman/simulator.ts";

/** Options of `raman-pairs`. */
export const ramanPairsSchema = z.strictObject({
  samples: z.int().min(1).max(1_000_000).default(1000).meta({ description: "Number of pairs.", group: "data" }),
  cellRows: z.int().min(1).max(10_000).default(50).meta({
    description: "Consecutive pairs measured in one cell; a cell is one group of a split.",
    group: "data",
    unit: "pairs",
  }),
  target: z.enum(["long-exposure", "truth"]).default("long-exposure").meta({
    description:
      "What to learn: the measured long exposure, or the same without any noise, which no instrument could deliver.",
    group: "data",
  }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .meta({
      description: "Names the instrument, the cells and all noise; the same seed gives the same pairs.",
      group: "data",
    }),
  points: z
    .int()
    .min(16)
    .max(8192)
    .default(500)
    .meta({ description: "Points of a spectrum.", group: "axis", unit: "points" }),
  start: z.number().min(400).max(1850).default(500).meta({
    description: "First point of the axis; bands are known between 400 and 1850.",
    group: "axis",
    unit: "cm-1",
  }),
  stop: z
    .number()
    .min(400)
    .max(1850)
    .default(1800)
    .meta({ description: "Last point of the axis; must be above the first.", group: "axis", unit: "cm-1" }),
  resolution: z
    .number()
    .min(0.5)
    .max(50)
    .default(8)
    .meta({ description: "Full width at half maximum of the spectrometer's line.", group: "axis", unit: "cm-1" }),
  drift: z
    .number()
    .min(0)
    .max(20)
    .default(0.5)
    .meta({ description: "Standard deviation of the slow error of the axis.", group: "axis", unit: "cm-1" }),
  shortExposure: z
    .number()
    .min(1e-4)
    .max(1000)
    .default(0.1)
    .meta({ description: "Integration time of the input.", group: "exposure", unit: "s" }),
  longExposure: z
    .number()
    .min(1e-4)
    .max(1000)
    .default(1)
    .meta({ description: "Integration time of the target.", group: "exposure", unit: "s" }),
  photonRate: z.number().positive().max(1e9).default(270).meta({
    description: "Photoelectrons a second at the peak of water's bending band.",
    group: "exposure",
    unit: "1/s",
  }),
  background: z
    .number()
    .min(0)
    .max(1000)
    .default(1.2)
    .meta({ description: "Mean fluorescence at 500 cm-1 as a multiple of water's bending band.", group: "sample" }),
  bleaching: z
    .number()
    .min(0)
    .max(100)
    .default(0.1)
    .meta({ description: "Rate at which the fluorescence fades under the laser.", group: "sample", unit: "1/s" }),
  variation: z
    .number()
    .min(0)
    .max(2)
    .default(0.3)
    .meta({ description: "Standard deviation of the logarithm of concentrations and background.", group: "sample" }),
  correlation: z.number().positive().max(1e6).default(15).meta({
    description: "Distance over which neighbouring rows of a cell stay alike.",
    group: "sample",
    unit: "pairs",
  }),
  laser: z.number().min(500).max(900).default(785).meta({
    description: "Wavelength of the laser, which sets where on the sensor's response curve the spectrum falls.",
    group: "detector",
    unit: "nm",
  }),
  sensorThickness: z
    .number()
    .positive()
    .max(1000)
    .default(20)
    .meta({ description: "Thickness of the silicon that absorbs the light.", group: "detector", unit: "um" }),
  etalon: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.01)
    .meta({ description: "Relative amplitude of the interference ripple of a thinned sensor.", group: "detector" }),
  etalonPeriod: z
    .number()
    .min(1)
    .max(10_000)
    .default(60)
    .meta({ description: "Period of that ripple.", group: "detector", unit: "cm-1" }),
  readNoise: z
    .number()
    .min(0)
    .max(1000)
    .default(4.5)
    .meta({ description: "Standard deviation of reading one pixel.", group: "detector", unit: "electrons" }),
  darkCurrent: z
    .number()
    .min(0)
    .max(1e6)
    .default(0.2)
    .meta({ description: "Electrons a second and pixel in the dark.", group: "detector", unit: "1/s" }),
  gain: z
    .number()
    .min(1e-3)
    .max(1000)
    .default(5)
    .meta({ description: "Electrons for one count.", group: "detector", unit: "electrons" }),
  bias: z
    .number()
    .min(0)
    .max(10_000)
    .default(2.5)
    .meta({ description: "Counts added to every pixel before conversion.", group: "detector", unit: "counts" }),
  cosmicRate: z
    .number()
    .min(0)
    .max(1000)
    .default(0.01)
    .meta({ description: "Cosmic-ray hits a second on the whole spectrum.", group: "detector", unit: "1/s" }),
  cosmicCharge: z
    .number()
    .min(0)
    .max(1e7)
    .default(2000)
    .meta({ description: "Mean charge of one hit.", group: "detector", unit: "electrons" }),
});

/**
 * Paired Raman spectra of simulated cells: input is a short exposure, target a long one of the same spot. Counts, float32, on an
 * axis in cm⁻¹. Pair i depends on the options and i alone. The defaults resemble measured pairs of 0.1 s and 1 s.
 */
export const ramanPairs = defineComponent({
  kind: "dataset",
  name: "raman-pairs",
  summary:
    "Simulate pairs of short and long Raman exposures of cells, with shot and read noise, fluorescence, drift and cosmic rays.",
  reference:
    "Movasaghi, Rehman, Rehman, Appl. Spectrosc. Rev. 42 (2007) 493; Weideman, SIAM J. Numer. Anal. 31 (1994) 1497",
  supports: { tasks: ["denoising"], data: ["spectrum"] },
  schema: ramanPairsSchema,
  create: (options): Dataset => {
    if (options.stop <= options.start)
      throw new SpectraiError(
        "SPECTRAI_COMPONENT_OPTIONS",
        `raman-pairs: the axis must end above its start, but goes from ${options.start} to ${options.stop} cm-1; raise "stop" or lower "start".`,
      );
    const { samples: size, cellRows } = options;
    const simulator = ramanSimulator(options);
    const { axis } = simulator;
    const shape = [options.points];
    const samples: SampleInfo[] = Array.from({ length: size }, (_, i) => ({
      id: `pair-${i}`,
      group: `cell-${Math.floor(i / cellRows)}`,
    }));
    return {
      spec: { data: "spectrum", shape, axis, target: { kind: "spectral", shape, axis } },
      samples,
      source: `Simulated by @spectrai/datasets raman-pairs, seed ${options.seed}: ${options.shortExposure} s and ${options.target === "truth" ? "noiseless " : ""}${options.longExposure} s exposures of cells.`,
      read(index): Promise<Sample> {
        const info = samples[index];
        if (!info)
          return Promise.reject(
            new SpectraiError("SPECTRAI_DATA_EMPTY", `raman-pairs has ${size} pairs; there is no pair ${index}.`),
          );
        const pair = simulator.pair(index);
        return Promise.resolve({
          ...info,
          input: spectralArray(pair.short, shape, axis),
          target: {
            kind: "spectral",
            value: spectralArray(options.target === "truth" ? pair.truth : pair.long, shape, axis),
          },
          meta: { concentrations: pair.concentrations, shifts: pair.shifts },
        });
      },
    };
  },
});

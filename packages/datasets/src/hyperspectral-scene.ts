import {
  type Dataset,
  defineComponent,
  imageDataset,
  type LabelArray,
  ndarray,
  type Rectangle,
  services,
  spectralArray,
  type TargetSpec,
  windowOptions,
  windowsOf,
} from "@spectrai/core";
import { z } from "zod";
import { materialNames } from "./scene/materials.ts";
import { MIXED, type SceneParts, sceneSimulator } from "./scene/simulator.ts";

const largest = 65_536;

/** Options of `hyperspectral-scene`. */
export const hyperspectralSceneSchema = z.strictObject({
  target: z.enum(["mask", "clean", "none"]).default("mask").meta({
    description: "What to learn: the material of each pixel, the image without the sensor's noise, or nothing.",
    group: "data",
  }),
  images: z.int().min(1).max(100_000).default(1).meta({ description: "Number of images.", group: "data" }),
  height: z
    .int()
    .min(1)
    .max(largest)
    .default(128)
    .meta({ description: "Rows of an image.", group: "data", unit: "pixels" }),
  width: z
    .int()
    .min(1)
    .max(largest)
    .default(128)
    .meta({ description: "Columns of an image.", group: "data", unit: "pixels" }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .meta({ description: "Names the landscapes, the sensor and all noise.", group: "data" }),
  bands: z.int().min(2).max(2101).default(100).meta({ description: "Number of bands.", group: "axis" }),
  start: z
    .number()
    .min(400)
    .max(2500)
    .default(400)
    .meta({ description: "Wavelength of the first band.", group: "axis", unit: "nm" }),
  stop: z
    .number()
    .min(400)
    .max(2500)
    .default(2500)
    .meta({ description: "Wavelength of the last band; must be above the first.", group: "axis", unit: "nm" }),
  materials: z
    .array(z.enum(materialNames as [string, ...string[]]))
    .min(2)
    .refine((names) => new Set(names).size === names.length, "names a material twice")
    .default([...materialNames])
    .meta({ description: "What the landscape is made of; the classes, in this order.", group: "landscape" }),
  correlation: z.number().min(1).max(10_000).default(16).meta({
    description: "Distance over which the landscape stays alike.",
    group: "landscape",
    unit: "pixels",
  }),
  clustering: z.number().min(0).max(0.95).default(0.4).meta({
    description: "How much materials of one kind (plants, what is built) occur together: correlation of their fields.",
    group: "landscape",
  }),
  sharpness: z.number().min(0.1).max(100).default(8).meta({
    description: "How clearly one material prevails in a pixel; the larger, the fewer mixed pixels.",
    group: "landscape",
  }),
  purity: z.number().min(0).max(1).default(0).meta({
    description: "Pixels whose largest share is below this have no label.",
    group: "landscape",
  }),
  variability: z.number().min(0).max(0.5).default(0.08).meta({
    description: "Relative standard deviation of each material's brightness.",
    group: "landscape",
  }),
  relief: z.number().min(0).max(1).default(0.15).meta({
    description: "Relative standard deviation of the light on slopes.",
    group: "light",
  }),
  shadow: z.number().min(0).max(0.9).default(0.05).meta({
    description: "Share of the ground in the shadow of clouds, where 30 % of the light is left.",
    group: "light",
  }),
  blur: z.number().min(0).max(20).default(0.6).meta({
    description: "Standard deviation of the sensor's Gaussian point-spread function.",
    group: "sensor",
    unit: "pixels",
  }),
  electrons: z.number().min(1).max(1e9).default(40_000).meta({
    description: "Photoelectrons that a white pixel gives in the brightest band: fewer make more shot noise.",
    group: "sensor",
    unit: "electrons",
  }),
  noiseFloor: z
    .number()
    .min(0)
    .max(1e6)
    .default(40)
    .meta({ description: "Standard deviation of reading and dark current.", group: "sensor", unit: "electrons" }),
  striping: z.number().min(0).max(0.5).default(0).meta({
    description: "Relative standard deviation of the gains of a push-broom sensor's columns, in each band.",
    group: "sensor",
  }),
  ...windowOptions,
});

/**
 * Images of simulated landscapes: reflectance, float32, on an axis in nm. Image i depends on the options and i alone. Windows
 * are computed by themselves, so that images may be of any size.
 */
export const hyperspectralScene = defineComponent({
  kind: "dataset",
  name: "hyperspectral-scene",
  summary:
    "Simulate hyperspectral images of landscapes: mixed materials, relief, cloud shadow, point-spread function and sensor noise.",
  reference:
    "Curran, Remote Sens. Environ. 30 (1989) 271; Herold et al., Remote Sens. Environ. 91 (2004) 304; Rahimi, Recht, NIPS 20 (2007)",
  supports: { tasks: ["segmentation", "denoising", "super-resolution"], data: ["cube"] },
  schema: hyperspectralSceneSchema,
  deps: { seed: services.seed },
  create: ({ target, images, ...options }, { seed }): Dataset => {
    const { height, width, bands } = options;
    const { axis, classes, fill } = sceneSimulator(options);
    const shape = [height, width, bands];
    const targets: Record<typeof target, TargetSpec> = {
      mask: { kind: "mask", classes, ignored: MIXED },
      clean: { kind: "spectral", shape, axis },
      none: { kind: "none" },
    };
    const labels = (image: number, region: Rectangle, parts: SceneParts = {}): LabelArray => {
      const size = [region.y1 - region.y0, region.x1 - region.x0];
      const data = new Int32Array(size[0]! * size[1]!);
      fill(image, region, { ...parts, labels: data });
      return { ...ndarray(data, size), ignored: MIXED };
    };
    return imageDataset(
      {
        spec: { data: "cube", shape, axis, target: targets[target] },
        images: Array.from({ length: images }, (_, i) => ({ id: `scene-${i}`, group: `scene-${i}`, height, width })),
        source: `Simulated by @spectrai/datasets hyperspectral-scene, seed ${options.seed}: ${images === 1 ? "an image" : `${images} images`} of ${height} × ${width} pixels, ${classes.join(", ")}.`,
        read(image, region) {
          const size = [region.y1 - region.y0, region.x1 - region.x0, bands];
          const cube = new Float32Array(size[0]! * size[1]! * bands);
          const input = spectralArray(cube, size, axis);
          if (target === "mask")
            return Promise.resolve({ input, target: { kind: "mask", value: labels(image, region, { cube }) } });
          if (target === "none") {
            fill(image, region, { cube });
            return Promise.resolve({ input, target: { kind: "none" } });
          }
          const clean = new Float32Array(cube.length);
          fill(image, region, { cube, clean });
          return Promise.resolve({ input, target: { kind: "spectral", value: spectralArray(clean, size, axis) } });
        },
        ...(target === "mask"
          ? {
              labels: (image, [y0, y1] = [0, height]) => Promise.resolve(labels(image, { y0, y1, x0: 0, x1: width })),
            }
          : {}),
      },
      windowsOf(options, seed),
    );
  },
});

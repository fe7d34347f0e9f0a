import { exampleCube, testAugmentation } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import plugin, * as all from "../src/index.ts";
import { filled } from "./helpers.ts";

const cubes = new Set(
  [
    all.stripeNoise,
    all.deadlineNoise,
    all.mixedNoise,
    all.horizontalFlip,
    all.verticalFlip,
    all.rotate90,
    all.randomCrop,
  ].map((c) => c.name),
);

/** A cube whose height and width are multiples of 2 and 3. */
const evenCube = filled([6, 12, 5], (i) => Math.sin(i));

const cases: readonly [(typeof plugin.components)[number], ...Record<string, unknown>[]][] = [
  [
    all.addBackground,
    {},
    { shapes: ["gaussian"], strength: 2, on: "both" },
    {
      spectra: [
        [0, 1, 4],
        [3, 1],
      ],
      p: 0.5,
    },
  ],
  [all.bandNoise, {}, { sigmas: [1], dataRange: 1 }],
  [all.deadlineNoise, {}, { columns: 0.4, bands: 1, value: -1 }],
  [
    all.downsample,
    { scale: 2 },
    { scale: 3, kernel: "gaussian", sigma: 1.1 },
    { scale: 2, kernel: "skip" },
    { scale: 3, kernel: "area" },
    { scale: 2, antialias: false },
  ],
  [all.gaussianNoise, {}, { sigma: 5, p: 0.3 }],
  [all.horizontalFlip, {}],
  [all.impulseNoise, {}, { bands: 1, amounts: [0.2], salt: 0.9, dataRange: 4 }],
  [all.mixedNoise, {}, { case: 1 }, { stripe: false, band: { sigmas: [3] }, p: 0.5 }],
  [all.mixup, {}, { per: "sample", alpha: 1 }, { p: 0.5 }],
  [all.noiseResample, {}],
  [all.poissonNoise, {}, { peak: 20 }],
  [all.randomCrop, {}, { height: 2, width: 6 }],
  [all.rotate90, {}, { keepShape: false }, { turns: [2] }],
  [all.scale, {}, { factor: 3, p: 0.5 }],
  [all.spectralFlip, {}],
  [all.spectralShift, {}, { shift: -20, unit: "points" }, { shift: [0, 90], unit: "axis" }, { shift: [-2, 2] }],
  [all.stripeNoise, {}, { columns: [0.5, 0.9], amplitude: 3, dataRange: 1 }],
  [all.verticalFlip, {}],
];

for (const [component, ...variants] of cases)
  for (const options of variants)
    testAugmentation(component as Parameters<typeof testAugmentation>[0], {
      options,
      ...(component === all.downsample
        ? { input: evenCube }
        : cubes.has(component.name)
          ? { input: exampleCube() }
          : {}),
    });

describe("plugin", () => {
  it("has every component of the package, each tested here", () => {
    const exported = Object.values(all).filter((v) => typeof v === "object" && "kind" in v);
    expect(new Set(plugin.components)).toEqual(new Set(exported));
    expect(new Set(cases.map(([component]) => component))).toEqual(new Set(exported));
  });
});

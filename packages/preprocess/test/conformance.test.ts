import "@tensorflow/tfjs-backend-cpu";
import type { Transform } from "@spectrai/core";
import { exampleCube, testTransform } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import plugin, * as all from "../src/index.ts";

const cases: readonly [(typeof plugin.components)[number], ...Record<string, unknown>[]][] = [
  [all.airpls, {}, { lambda: 100, differences: 1, tolerance: 0, iterations: 5 }],
  [all.areaNormalize, {}, { area: "trapezoid" }],
  [all.arpls, {}, { lambda: 1e3, differences: 3 }],
  [all.asls, {}, { lambda: 1e4, p: 0.05, iterations: 10, tolerance: 0 }],
  [all.bicubicResize, {}, { height: 9, width: 3 }, { scale: 2.5, a: -0.5 }],
  [all.centerCrop, {}, { height: 3, width: 2 }],
  [all.crop, {}, { start: 700, stop: 1200 }, { start: 5, stop: 40, unit: "index" }],
  [all.despike, {}, { threshold: 3 }],
  [all.fitLength, {}, { length: 41, side: "both" }, { length: 250 }],
  [all.imodpoly, {}, { order: 5 }],
  [all.maxNormalize, {}],
  [all.minMaxNormalize, {}],
  [all.minimum, {}],
  [all.modpoly, {}, { order: 4, iterations: 10 }],
  [all.msc, {}],
  [all.pad, {}, { points: 150, side: "both", toMultipleOf: 1 }],
  [all.padImage, {}, { height: 8, width: 5 }],
  [all.pcaBands, {}, { components: 60 }, { components: 4, whiten: true }],
  [all.pickBands, {}, { bands: [7, 3], ranges: [[700, 900]] }, { ranges: [[5, 20]], unit: "index", mode: "drop" }],
  [all.polynomial, {}, { order: 3 }],
  [all.rangeScale, {}, { low: 1, high: 99, per: "band" }],
  [all.resample, {}, { start: 1700, stop: 650, points: 33, method: "cubic" }, { method: "pchip", points: 90 }],
  [all.rollingBall, {}, { halfWindow: 7, smoothHalfWindow: 0 }],
  [all.savitzkyGolay, {}, { window: 7, order: 3, derivative: 1, per: "axis" }],
  [all.snip, {}, { lls: false, decreasing: false, halfWindow: 12 }],
  [all.snv, {}],
  [all.standardize, {}, { per: "cube" }],
  [all.vectorNormalize, {}],
  [all.whittaker, {}, { differences: 1 }],
];

for (const [component, ...variants] of cases)
  for (const options of variants) testTransform(component as Parameters<typeof testTransform>[0], { options });

for (const component of [all.maxNormalize, all.areaNormalize, all.vectorNormalize, all.minMaxNormalize])
  testTransform(component, { options: { per: "cube" }, input: exampleCube(), perPixel: false });

async function parsed({ schema }: (typeof cases)[number][0]): Promise<unknown> {
  const result = await schema["~standard"].validate({});
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

describe("plugin", () => {
  it("has a tensor form of every step that does not go by cases or passes", async () => {
    const without = [
      "airpls",
      "arpls",
      "asls",
      "bicubic-resize",
      "despike",
      "imodpoly",
      "modpoly",
      "pad-image",
      "rolling-ball",
      "snip",
    ];
    const names: string[] = [];
    for (const [component] of cases) {
      const transform = (await component.create(await parsed(component), {} as never)) as Transform;
      if (!transform.tensor) names.push(component.name);
    }
    expect(names.sort()).toEqual(without);
  });

  it("has every component of the package, each tested here", () => {
    const exported = Object.values(all).filter((v) => typeof v === "object" && "kind" in v);
    expect(new Set(plugin.components)).toEqual(new Set(exported));
    expect(new Set(cases.map(([component]) => component))).toEqual(new Set(exported));
  });
});

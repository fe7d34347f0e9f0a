import {
  type Component,
  type NdArray,
  type SpectralArray,
  spectralArray,
  toFloat64,
  type Transform,
} from "@spectrai/core";
import { expectAllClose, fixturesFolder, fixtureValues, readFixture } from "@spectrai/testing";
import { describe, it } from "vitest";
import * as all from "../src/index.ts";

/** The reference's transforms: every one to 1e-9 of the largest value, in float64. */
const cases: readonly [string, Component<"transform">, Record<string, unknown>, number?][] = [
  ["crop_spectrum", all.crop, { start: 10, stop: 150 }],
  ["pad_spectrum", all.fitLength, { length: 230 }],
  ["pad_spectrum", all.pad, { points: 30, toMultipleOf: 1 }],
  ["min_background", all.minimum, {}],
  ["poly3_background", all.polynomial, { order: 3 }],
  ["poly5_background", all.polynomial, { order: 5 }],
  ["als_background", all.asls, { lambda: 1e4, p: 0.05, iterations: 10, tolerance: 0 }],
  // The matrix has the condition number 1.6e9: any two orders of elimination differ by some 2e-9, and the golden values
  // themselves are 8.6e-9 away from the solution in extended precision.
  ["als_background_1e6", all.asls, { lambda: 1e6, p: 0.01, iterations: 20, tolerance: 0 }, 5e-9],
  ["max_normalize", all.maxNormalize, {}],
  ["auc_normalize", all.areaNormalize, {}],
  ["image_max_normalize", all.maxNormalize, { per: "cube" }],
  ["image_auc_normalize", all.areaNormalize, {}],
  ["image_min_background", all.minimum, {}],
  ["image_poly3_background", all.polynomial, { order: 3 }],
  ["image_center_crop8", all.centerCrop, { height: 8, width: 8 }],
  ["image_pad15", all.padImage, { height: 15, width: 15 }],
  ["image_bicubic_down", all.bicubicResize, { height: 4, width: 4 }],
];

describe.skipIf(!fixturesFolder())("golden values", () => {
  const tensors = fixturesFolder() ? readFixture("reference/transforms.safetensors") : {};
  const input = (name: string): SpectralArray => {
    const { data, shape } = tensors[`${name}/x`]!;
    return spectralArray(toFloat64(data), shape);
  };

  for (const [name, component, options, rtol = 1e-9] of cases)
    it(`${component.name} equals ${name}`, async () => {
      const transform = await make(component, options);
      const y = transform.apply(input(name));
      expectShape(y, tensors[`${name}/y`]!);
      expectAllClose(y.data, fixtureValues(tensors, `${name}/y`), { rtol });
      const mask = tensors[`${name}/m`];
      if (!mask) return;
      const labels = {
        data: Int32Array.from(toFloat64(mask.data)),
        shape: mask.shape,
        dtype: "int32",
        ignored: -1,
      } as const;
      expectAllClose(transform.applyMask!(labels).data, fixtureValues(tensors, `${name}/my`), {});
    });
});

const make = async (component: Component<"transform">, options: object): Promise<Transform> => {
  const parsed = await component.schema["~standard"].validate(options);
  if (parsed.issues) throw new Error(parsed.issues[0]!.message);
  return component.create(parsed.value, {});
};

function expectShape(y: SpectralArray, { shape }: NdArray): void {
  if (y.shape.join() !== shape.join()) throw new Error(`shape [${y.shape.join()}], expected [${shape.join()}]`);
}

import {
  type Augmentation,
  type Component,
  type JsonObject,
  type SampleAugmentation,
  spectralArray,
  toFloat64,
} from "@spectrai/core";
import { expectAllClose, fixturesFolder, fixtureValues, readFixture } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import * as all from "../src/index.ts";

/** The reference's augmentations with the parameters they drew. They move values only, so that equality is exact. */
const cases: readonly [string, Component<"augmentation">, JsonObject][] = [
  ["shift_spectrum_pos", all.spectralShift, { points: 13, of: 200 }],
  ["shift_spectrum_neg", all.spectralShift, { points: -17, of: 200 }],
  ["image_shift", all.spectralShift, { points: 4, of: 30 }],
  ["image_rot90", all.rotate90, { turns: 1 }],
  ["image_rot180", all.rotate90, { turns: 2 }],
  ["image_rot270", all.rotate90, { turns: 3 }],
  ["image_flip_vertical", all.verticalFlip, {}],
  ["image_flip_horizontal", all.horizontalFlip, {}],
  ["image_flip_spectral", all.spectralFlip, {}],
  ["image_crop8_at_3_1", all.randomCrop, { row: 3, column: 1, height: 8, width: 8, of: [12, 10] }],
];

describe.skipIf(!fixturesFolder())("golden values", () => {
  const tensors = fixturesFolder() ? readFixture("reference/transforms.safetensors") : {};

  for (const [name, component, params] of cases)
    it(`${component.name} equals ${name}`, async () => {
      const augmentation = (await make(component)) as SampleAugmentation;
      const { data, shape } = tensors[`${name}/x`]!;
      const y = augmentation.apply(spectralArray(toFloat64(data), shape), params);
      expect(y.shape).toEqual(tensors[`${name}/y`]!.shape);
      expect(y.data).toEqual(fixtureValues(tensors, `${name}/y`));
      const mask = tensors[`${name}/m`];
      if (!mask) return;
      const labels = {
        data: Int32Array.from(toFloat64(mask.data)),
        shape: mask.shape,
        dtype: "int32",
        ignored: -1,
      } as const;
      const moved = augmentation.applyMask!(labels, params);
      expect(moved.shape).toEqual(tensors[`${name}/my`]!.shape);
      expect(Float64Array.from(moved.data)).toEqual(fixtureValues(tensors, `${name}/my`));
    });

  it("mixup equals mixup, exactly in float64 and rounded in a batch", async () => {
    const x = fixtureValues(tensors, "mixup/x");
    const expected = fixtureValues(tensors, "mixup/y");
    const lambda = Array.from(fixtureValues(tensors, "mixup/lam"));
    const permutation = Array.from(fixtureValues(tensors, "mixup/perm"));
    const rows = x.slice();
    all.mixRows(rows, permutation.length, lambda, permutation);
    expectAllClose(rows, expected, { rtol: 1e-15 });

    const batch = { size: permutation.length, input: Float32Array.from(x), target: Float32Array.from(x) };
    const augmentation = await make(all.mixup);
    if (augmentation.scope !== "batch") throw new Error("mixup must work on batches");
    augmentation.apply(batch, { lambda, permutation });
    expectAllClose(batch.input, expected, { rtol: 1e-7 });
    expect(batch.target).toEqual(batch.input);
  });
});

const make = async (component: Component<"augmentation">): Promise<Augmentation> => {
  const parsed = await component.schema["~standard"].validate({});
  if (parsed.issues) throw new Error(parsed.issues[0]!.message);
  return component.create(parsed.value, {});
};

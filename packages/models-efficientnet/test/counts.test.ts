import { networkSize } from "@spectrai/nn";
import { describe, expect, test } from "vitest";
import { efficientNetNetwork, type EfficientNetVariant, scalings } from "../src/index.ts";

/** What torchvision states for its weights: 3 channels, 1000 classes. */
const published: Readonly<Record<EfficientNetVariant, number>> = {
  b0: 5_288_548,
  b1: 7_794_184,
  b2: 9_109_994,
  b3: 12_233_232,
  b4: 19_341_616,
  b5: 30_389_784,
  b6: 43_040_704,
  b7: 66_347_960,
};

describe("as many parameters as published", () => {
  test.each(Object.entries(published))("%s: %i", (variant, count) => {
    const options = {
      ...scalings[variant as EfficientNetVariant],
      channels: 3,
      outputs: 1000,
      stemStride: 2,
      dropConnect: 0.2,
      momentum: 0.01,
    };
    expect(networkSize((scope) => efficientNetNetwork(scope, options))).toBe(count);
  });
});

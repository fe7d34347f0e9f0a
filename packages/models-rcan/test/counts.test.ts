import { networkSize } from "@spectrai/nn";
import { describe, expect, test } from "vitest";
import { rcanNetwork, type RcanOptions } from "../src/index.ts";

const count = (options: RcanOptions): number => networkSize((scope) => rcanNetwork(scope, options));
const plain = { reduction: 16, upsamplerNorm: "none", inputSkip: true } as const;
const convolution = (from: number, to: number): number => 9 * from * to + to;

describe("as many parameters as published", () => {
  // As tables of later papers list them: 15,445 K, 15,629 K and 15,592 K. The two layers of 12 that shift the mean colour are fixed.
  test.each([
    [2, 15_444_667],
    [3, 15_629_307],
    [4, 15_592_379],
  ])("the original RCAN for a factor of %i: %i", (scale, published) => {
    const original = { ...plain, channels: 3, width: 64, groups: 10, blocks: 20, upsampling: "last" } as const;
    expect(count({ ...original, scale })).toBe(published - 24);
  });

  test("DeepeR's at 500 bands, 360 million", () => {
    const deeper = { ...plain, channels: 500, width: 250, groups: 18, blocks: 16, upsampling: "first" } as const;
    const block = 2 * convolution(250, 250) + (250 * 15 + 15) + (15 * 250 + 250);
    const body = 18 * (16 * block + convolution(250, 250)) + convolution(250, 250);
    const rest = convolution(500, 500) + convolution(500, 250) + convolution(250, 250) + convolution(250, 500);
    const total = body + rest + 2 * convolution(500, 2000);
    expect(count({ ...deeper, scale: 4 })).toBe(total);
    expect(total).toBe(360_140_570);
  });
});

test("the small preset has fewer than 200,000, however many bands", () => {
  const small = { ...plain, channels: 1, width: 32, groups: 2, blocks: 2, upsampling: "last" } as const;
  const block = 2 * convolution(32, 32) + (32 * 2 + 2) + (2 * 32 + 32);
  const withoutUpsampler = 4 * block + 3 * convolution(32, 32) + convolution(1, 32) + convolution(32, 1);
  expect(count({ ...small, scale: 4 })).toBe(withoutUpsampler + 2 * convolution(32, 128));
  expect(count({ ...small, scale: 4 })).toBe(176_969);
});

import { networkSize } from "@spectrai/nn";
import { describe, expect, test } from "vitest";
import { segnetNetwork, type SegNetOptions } from "../src/index.ts";

const full: SegNetOptions = {
  dimension: 2,
  channels: 3,
  filters: [64, 128, 256, 512, 512],
  narrowing: "last",
  norm: "batch",
  dropout: 0,
  classes: 11,
  bands: 3,
};
const count = (options: Partial<SegNetOptions> = {}): number =>
  networkSize((scope) => segnetNetwork(scope, { ...full, ...options }));

/** Convolutions of `points` points from each width to the next, without norms. */
const convolutions = (widths: readonly number[], points = 9): number =>
  widths.slice(1).reduce((n, to, i) => n + points * widths[i]! * to + to, 0);
/** The same, with a batch norm after each. */
const units = (widths: readonly number[], points = 9): number =>
  convolutions(widths, points) + 2 * widths.slice(1).reduce((n, to) => n + to, 0);

// torchvision's VGG16 with batch norm, without its three dense layers.
const vgg16 = 138_365_992 - convolutions([25_088, 4096, 4096, 1000], 1);

describe("as many parameters as published", () => {
  test("the paper's network is VGG16's convolutions and their mirror image", () => {
    const mirror = units([512, 512, 512, 512, 512, 512, 256, 256, 256, 128, 128, 64, 64]);
    expect(count()).toBe(vgg16 + mirror + convolutions([64, 11]));
    // 29.46 million in Paszke et al., ENet, 2016; 29.44 in others' tables.
    expect(Math.abs(count() / 1e6 - 29.45)).toBeLessThan(0.01);
  });

  test("the reference's is narrower on the way back", () => {
    const back = units([512, 512, 512, 512, 256, 256, 256, 128, 128, 128, 64, 64, 64]);
    expect(count({ narrowing: "first" })).toBe(vgg16 + back + convolutions([64, 11]));
  });

  test("what the README states", () => {
    expect(count()).toBe(29_449_355);
    expect(count({ narrowing: "first" })).toBe(24_912_587);
    expect(count({ narrowing: "first", filters: [16, 32, 64, 128, 128] })).toBe(1_562_555);
  });

  test("in 3-D, bands and features become channels of two more convolutions", () => {
    const down = [1, 4, 4, 8, 8];
    const back = [8, 4, 4, 4];
    expect(count({ dimension: 3, channels: 1, filters: [4, 8], bands: 10, narrowing: "first" })).toBe(
      units(down, 27) + units(back, 27) + convolutions([40, 10, 11]),
    );
  });
});

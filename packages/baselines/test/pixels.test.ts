import { indexAxis, type SpectralArray, spectralArray } from "@spectrai/core";
import { row } from "@spectrai/linalg";
import { describe, expect, it } from "vitest";
import { labelledRows } from "../src/classes/read.ts";
import { featuresOf } from "../src/features.ts";
import { majorityClass, majorityClassSchema } from "../src/index.ts";
import { fit } from "./helpers.ts";
import { maskedPart } from "./image-samples.ts";
import { nothing } from "./table.ts";

/** Each pixel holds its number and its label. */
const numbered = (labels: readonly number[], first: number, valid?: Uint8Array): SpectralArray =>
  spectralArray(
    Float64Array.from(labels.flatMap((k, i) => [first + i, k])),
    [labels.length / 100, 100, 2],
    indexAxis(2),
    valid,
  );

describe("labelled pixels", () => {
  // 10,000 pixels of two images: 60 of class 2, 30 of class 3, an eighth without label.
  const labels = Array.from({ length: 10_000 }, (_, i) =>
    i % 8 === 0 ? -1 : i % 166 === 1 ? 2 : i % 340 === 7 ? 3 : i % 4 === 1 ? 1 : 0,
  );
  const valid = Uint8Array.from({ length: 5000 }, (_, i) => (i % 100 < 90 ? 1 : 0));
  const halves = [labels.slice(0, 5000), labels.slice(5000)];
  const part = maskedPart([numbered(halves[0]!, 0, valid), halves[0]!], [numbered(halves[1]!, 5000), halves[1]!]);
  const counting = labels.map((k, i) => (i < 5000 && !valid[i] ? -1 : k));
  const count = (k: number): number => counting.filter((label) => label === k).length;

  it("are drawn by the share of their class, a rare one with 50 or all, none twice, the same in every run", () => {
    const { x, labels: drawn, counts, groups } = labelledRows(part, nothing, "test", 1000);
    const total = count(0) + count(1) + count(2) + count(3);
    for (const k of [0, 1, 2, 3]) {
      expect(counts.get(k)).toBe(count(k));
      const share = Math.min(count(k), Math.max(50, Math.round((1000 * count(k)) / total)));
      expect(drawn.filter((label) => label === k)).toHaveLength(share);
    }
    const places = Array.from({ length: x.rows }, (_, i) => row(x, i)[0]!);
    expect(new Set(places).size).toBe(x.rows);
    places.forEach((place, i) => {
      expect(counting[place]).toBe(drawn[i]);
      expect(row(x, i)[1]).toBe(drawn[i]);
      expect(groups[i]).toBe(place < 5000 ? "image 0" : "image 1");
    });
    // Spread over the images, not the first ones.
    const late = places.filter((place) => place >= 5000).length / places.length;
    expect(late).toBeGreaterThan(0.45);
    expect(late).toBeLessThan(0.6);
    expect(labelledRows(part, nothing, "test", 1000)).toEqual({
      x,
      labels: drawn,
      counts,
      groups,
      classes: 4,
      pixels: true,
    });
  });

  it("are all taken where they are few, and all counted by majority-class", async () => {
    expect(labelledRows(part, nothing, "test", 10_000).x.rows).toBe(count(0) + count(1) + count(2) + count(3));
    const fitted = await fit(majorityClass.create(majorityClassSchema.parse({}), {}), part, nothing);
    const { data } = fitted.predict(part.sample(0).input);
    const total = count(0) + count(1) + count(2) + count(3);
    for (const k of [0, 1, 2, 3]) expect(Math.exp(data[k]!)).toBeCloseTo(count(k) / total, 12);
  });

  it("give a cube its mean spectrum, over those that count", () => {
    const cube = numbered(
      labels.slice(0, 100),
      0,
      Uint8Array.from({ length: 100 }, (_, i) => (i < 3 ? 1 : 0)),
    );
    expect(featuresOf(cube)[0]).toBe(1);
    expect(featuresOf({ ...cube, valid: new Uint8Array(100) })).toEqual(new Float64Array(2));
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spansOf, weightSums } from "../src/images/tiles.ts";
import type { Rectangle } from "../src/contracts/sample.ts";
import { predictTiles } from "../src/run/tiled-prediction.ts";

const spanOptions = fc.record({
  length: fc.integer({ min: 1, max: 90 }),
  tile: fc.integer({ min: 4, max: 40 }),
  overlap: fc.integer({ min: 0, max: 20 }),
  step: fc.constantFrom(1, 2, 4, 8),
  margin: fc.integer({ min: 0, max: 12 }),
  blend: fc.constantFrom("gaussian" as const, "hann" as const),
});
const limited = spanOptions.map((o) => ({ ...o, overlap: Math.min(o.overlap, Math.floor(o.tile / 2)) }));

describe("the tiles of a length", () => {
  it("cover every pixel with weight, start on the grid and end inside", () => {
    fc.assert(
      fc.property(limited, (o) => {
        const spans = spansOf(o);
        expect(spans[0]!.start).toBe(0);
        expect(spans.at(-1)!.stop).toBe(o.length);
        for (const { start, stop, weights } of spans) {
          expect(start % o.step).toBe(0);
          expect(weights).toHaveLength(stop - start);
        }
        for (const w of weightSums(o.length, spans)) expect(w).toBeGreaterThan(0);
      }),
    );
  });

  it("keep the margin's pixels of inner borders out where they overlap enough", () => {
    fc.assert(
      fc.property(limited, (o) => {
        const spans = spansOf({ ...o, step: 1 });
        const used = Math.min(o.margin, Math.floor(o.overlap / 2));
        spans.forEach(({ weights }, k) => {
          if (k > 0) expect(weights.subarray(0, used).every((w) => w === 0)).toBe(true);
          if (k < spans.length - 1) expect(weights.subarray(weights.length - used).every((w) => w === 0)).toBe(true);
        });
      }),
    );
  });

  it("have the weights of their window", () => {
    const [one] = spansOf({ length: 9, tile: 20, overlap: 0, step: 1, margin: 0, blend: "gaussian" });
    // σ is an eighth of the window: one of 9 has e^-½(4 / 1.125)² at its ends.
    expect(one!.weights[0]).toBeCloseTo(Math.exp(-0.5 * (4 / 1.125) ** 2), 14);
    expect(one!.weights[4]).toBe(1);
    const [hann] = spansOf({ length: 3, tile: 20, overlap: 0, step: 1, margin: 0, blend: "hann" });
    expect(Array.from(hann!.weights)).toEqual([0.5, 1, 0.5].map((w) => expect.closeTo(w, 14) as number));
  });
});

/** A value for every pixel and channel of the output. */
const truth = (y: number, x: number, c: number): number => Math.sin(y * 0.7 + 1) * 5 + x * 0.3 + c;

const collect = async (
  height: number,
  width: number,
  scale: number,
  tile: number,
  from: number,
  predict: (window: Rectangle) => (y: number, x: number, c: number) => number = () => truth,
): Promise<{ values: Float32Array; starts: number[] }> => {
  const channels = 2;
  const spans = (length: number) =>
    spansOf({ length, tile, overlap: Math.floor(tile / 3), step: 2, margin: 1, blend: "gaussian" });
  const values = new Float32Array(height * scale * width * scale * channels).fill(NaN);
  const starts: number[] = [];
  for await (const rows of predictTiles({
    rows: spans(height),
    columns: spans(width),
    height,
    width,
    channels,
    scale,
    from,
    predict: (window) => {
      const value = predict(window);
      const out: number[] = [];
      for (let y = window.y0 * scale; y < window.y1 * scale; y++)
        for (let x = window.x0 * scale; x < window.x1 * scale; x++)
          for (let c = 0; c < channels; c++) out.push(value(y, x, c));
      return Promise.resolve(Float32Array.from(out));
    },
  })) {
    values.set(rows.values, rows.y0 * width * scale * channels);
    starts.push(rows.y0);
  }
  return { values, starts };
};

describe("blended tiles", () => {
  it("give what all tiles agree on, from top to bottom, on any grid", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(1, 2),
        fc.integer({ min: 4, max: 17 }),
        async (height, width, scale, tile) => {
          const { values, starts } = await collect(height, width, scale, tile, 0);
          expect(starts).toEqual([...starts].sort((a, b) => a - b));
          for (let i = 0; i < values.length; i++) {
            const [y, x, c] = [Math.floor(i / (2 * width * scale)), Math.floor(i / 2) % (width * scale), i % 2];
            // float32 of weighted sums of equal values: a few units in the last place.
            expect(Math.abs(values[i]! - truth(y, x, c))).toBeLessThan(1e-5);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("weigh tiles that differ by their windows, as the sum written out says", async () => {
    const predict =
      (window: Rectangle) =>
      (y: number, x: number, c: number): number =>
        truth(y, x, c) + window.y0 - 2 * window.x0;
    const { values } = await collect(21, 17, 1, 8, 0, predict);
    const spans = (length: number) => spansOf({ length, tile: 8, overlap: 2, step: 2, margin: 1, blend: "gaussian" });
    for (const [y, x] of [
      [0, 0],
      [7, 6],
      [12, 13],
      [20, 16],
    ] as const) {
      let sum = 0;
      let weight = 0;
      for (const row of spans(21))
        for (const column of spans(17)) {
          if (y < row.start || y >= row.stop || x < column.start || x >= column.stop) continue;
          const w = row.weights[y - row.start]! * column.weights[x - column.start]!;
          sum += w * (truth(y, x, 1) + row.start - 2 * column.start);
          weight += w;
        }
      expect(values[(y * 17 + x) * 2 + 1]).toBeCloseTo(sum / weight, 4);
    }
  });

  it("go on from any row with the same values", async () => {
    const all = (await collect(37, 11, 1, 9, 0)).values;
    for (const from of [0, 5, 12, 36]) {
      const { values } = await collect(37, 11, 1, 9, from);
      expect(values.subarray(from * 22)).toEqual(all.subarray(from * 22));
      expect(values.subarray(0, from * 22).every(Number.isNaN)).toBe(true);
    }
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scalesOf } from "../src/plot/line-plot-svg.ts";
import { pathData } from "../src/plot/path.ts";
import { polylines, thin } from "../src/plot/polylines.ts";
import { pathPoints } from "./support.ts";

describe("thinning", () => {
  it("keeps every pixel column's first, lowest, highest and last point, in order", () => {
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 200, maxLength: 400 }),
        fc.integer({ min: 5, max: 40 }),
        (values, columns) => {
          const points = Float64Array.from({ length: 2 * values.length }, (_, i) =>
            i % 2 ? values[i >> 1]! : ((i >> 1) / values.length) * columns,
          );
          const thinned = thin(points, columns);
          expect(thinned.length).toBeLessThanOrEqual(8 * columns + 8);
          const byColumn = (p: Float64Array): Map<number, number[]> => {
            const out = new Map<number, number[]>();
            for (let i = 0; i < p.length; i += 2)
              out.set(Math.floor(p[i]!), [...(out.get(Math.floor(p[i]!)) ?? []), p[i + 1]!]);
            return out;
          };
          const [before, after] = [byColumn(points), byColumn(thinned)];
          for (const [column, all] of before) {
            const kept = after.get(column)!;
            expect([kept[0], Math.min(...kept), Math.max(...kept), kept.at(-1)]).toEqual([
              all[0],
              Math.min(...all),
              Math.max(...all),
              all.at(-1),
            ]);
          }
          for (let i = 2; i < thinned.length; i += 2) expect(thinned[i]!).toBeGreaterThan(thinned[i - 2]!);
        },
      ),
    );
  });

  it("leaves short lines and lines that run back and forth alone", () => {
    const short = Float64Array.from({ length: 80 }, (_, i) => i);
    expect(thin(short, 10)).toBe(short);
    const loop = Float64Array.from({ length: 2000 }, (_, i) => 10 * Math.sin(i));
    expect(thin(loop, 10)).toBe(loop);
  });

  it("keeps a one-point spike among a hundred thousand", () => {
    const y = new Float32Array(100_000);
    y[77_777] = 9;
    const series = { name: "s", y };
    const { x, y: scale } = scalesOf({ series: [series] });
    const [line] = polylines(series, x, scale, { width: 800, height: 300 });
    const top = (1 - scale.position(9)) * 300;
    expect(line!.length).toBeLessThan(2 * 4 * 802);
    expect([...line!].filter((_, i) => i % 2).some((v) => Math.abs(v - top) < 1e-9)).toBe(true);
  });
});

describe("gaps", () => {
  it("break a line: null, NaN, infinities, and zero on a logarithmic axis", () => {
    const series = { name: "s", y: [1, 2, null, 3, NaN, 4, 5, Infinity] };
    const { x, y } = scalesOf({ series: [series] });
    expect(polylines(series, x, y, { width: 70, height: 10 }).map((l) => l.length / 2)).toEqual([2, 1, 2]);
    const log = { name: "s", y: [1, 0, 10, -1] };
    const scales = scalesOf({ series: [log], y: { scale: "log" } });
    expect(polylines(log, scales.x, scales.y, { width: 70, height: 10 }).map((l) => l.length / 2)).toEqual([1, 1]);
  });
});

describe("path data", () => {
  it("gives the points back to half of its last digit, without drift", () => {
    const coordinate = fc.double({ min: -50, max: 900, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 700 }), (points) => {
        const [read] = pathPoints(pathData(points.flat()));
        const half = points.length > 300 ? 0.05 : 0.005;
        expect(read).toHaveLength(points.length);
        points.forEach(([x, y], i) => {
          expect(Math.abs(read![i]![0] - x)).toBeLessThan(half + 1e-6);
          expect(Math.abs(read![i]![1] - y)).toBeLessThan(half + 1e-6);
        });
      }),
      { numRuns: 30 },
    );
    expect(pathData([1.5, 2])).toBe("M1.5 2h0");
    expect(pathData([])).toBe("");
  });
});

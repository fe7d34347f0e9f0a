import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partedWindows } from "../src/images/windows.ts";

describe("windows that part a rectangle", () => {
  it("hold every pixel once, are no larger than asked for and as few as can be, whatever the size", () => {
    const cases = fc.record({
      y0: fc.nat(50),
      x0: fc.nat(50),
      height: fc.integer({ min: 1, max: 60 }),
      width: fc.integer({ min: 1, max: 60 }),
      most: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constant(Infinity)),
    });
    fc.assert(
      fc.property(cases, ({ y0, x0, height, width, most }) => {
        const windows = partedWindows({ y0, y1: y0 + height, x0, x1: x0 + width }, most);
        const seen = new Uint8Array(height * width);
        for (const w of windows) {
          expect(Math.max(w.y1 - w.y0, w.x1 - w.x0)).toBeLessThanOrEqual(most);
          for (let y = w.y0; y < w.y1; y++) for (let x = w.x0; x < w.x1; x++) seen[(y - y0) * width + x - x0]! += 1;
        }
        expect(seen.every((n) => n === 1)).toBe(true);
        const area = windows.reduce((sum, w) => sum + (w.y1 - w.y0) * (w.x1 - w.x0), 0);
        expect(area, "nothing outside").toBe(height * width);
        expect(windows).toHaveLength(Math.max(1, Math.ceil(height / most)) * Math.max(1, Math.ceil(width / most)));
      }),
    );
  });

  it("are the rectangle itself where any size is allowed", () => {
    const inside = { y0: 3, y1: 8, x0: 2, x1: 95 };
    expect(partedWindows(inside, Infinity)).toEqual([inside]);
  });
});

import { floatLike, type Prediction, type SpectralArray } from "@spectrai/core";
import { medianOf } from "./select.ts";

/**
 * Each band's median over a square of `window` pixels about each pixel. Pixels beyond the border, and those that do not count, are
 * left out of it; where none is left the value stays.
 *
 * @param image - `[H, W, L]`
 */
export function medianFilter(image: SpectralArray, window: number): Prediction {
  const { data, valid } = image;
  const [height, width, points] = image.shape as [number, number, number];
  const half = (window - 1) / 2;
  const out = floatLike(data, data.length);
  const places = new Int32Array(window * window);
  const values = new Float64Array(window * window);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++, to += points) {
      let count = 0;
      for (let v = Math.max(0, y - half); v <= Math.min(height - 1, y + half); v++)
        for (let u = Math.max(0, x - half); u <= Math.min(width - 1, x + half); u++)
          if (!valid || valid[v * width + u]) places[count++] = (v * width + u) * points;
      if (count === 0) places[count++] = to;
      for (let j = 0; j < points; j++) {
        for (let p = 0; p < count; p++) values[p] = data[places[p]! + j]!;
        out[to + j] = medianOf(values, count);
      }
    }
  return { data: out, shape: image.shape };
}

import { type SpectralArray } from "@spectrai/core";

/**
 * An image whose pixels all hold something: those that do not count take the spectrum of the nearest one of their row that does,
 * rows without any that of the nearest row with some. So what is missing is continued just as an image is beyond its border.
 */
export function fillInvalid(image: SpectralArray): SpectralArray {
  const { valid } = image;
  if (!valid || valid.every((v) => v !== 0)) return image;
  const [height, width, points] = image.shape as [number, number, number];
  const full: number[] = [];
  for (let y = 0; y < height; y++) if (valid.subarray(y * width, (y + 1) * width).includes(1)) full.push(y);
  if (full.length === 0) return image;
  const data = image.data.slice();
  for (let y = 0; y < height; y++) {
    const row = nearest(full, y);
    const columns: number[] = [];
    for (let x = 0; x < width; x++) if (valid[row * width + x]) columns.push(x);
    for (let x = 0; x < width; x++) {
      const from = (row * width + nearest(columns, x)) * points;
      data.set(image.data.subarray(from, from + points), (y * width + x) * points);
    }
  }
  return { ...image, data };
}

/** The nearest of ascending places; of two equally near ones the first. */
function nearest(places: readonly number[], to: number): number {
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < to) low = middle + 1;
    else high = middle;
  }
  return low > 0 && to - places[low - 1]! <= Math.abs(places[low]! - to) ? places[low - 1]! : places[low]!;
}

import { type LabelArray, SpectraiError, type SpectralArray } from "@spectrai/core";

/** @throws SPECTRAI_DATA_SHAPE when the array is not a cube `[H, W, L]` */
export function cubeShape(
  { shape }: SpectralArray,
  name: string,
): readonly [height: number, width: number, bands: number] {
  if (shape.length !== 3)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `The augmentation ${name} works on cubes [H, W, L], but this array has the shape [${shape.join(", ")}]; leave it out for spectra.`,
    );
  return shape as [number, number, number];
}

/**
 * Builds an image of a new height and width, each pixel (or label), and whether it counts, from the pixel of `x` that `source` names
 * by its index.
 */
export function movePixels<T extends SpectralArray | LabelArray>(
  x: T,
  height: number,
  width: number,
  source: (row: number, column: number) => number,
): T {
  const bands = x.shape[2] ?? 1;
  const Data = x.data.constructor as new (length: number) => T["data"];
  const data = new Data(height * width * bands);
  const valid = "valid" in x ? x.valid : undefined;
  const movedValid = valid ? new Uint8Array(height * width) : undefined;
  for (let row = 0, at = 0, pixel = 0; row < height; row++)
    for (let column = 0; column < width; column++, pixel++) {
      const from = source(row, column);
      if (movedValid) movedValid[pixel] = valid![from]!;
      for (let i = from * bands; i < (from + 1) * bands; i++) data[at++] = x.data[i]!;
    }
  const moved = { ...x, data, shape: [height, width, ...x.shape.slice(2)] };
  return movedValid ? { ...moved, valid: movedValid } : moved;
}

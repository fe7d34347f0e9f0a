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

/** Builds an image of a new height and width, each pixel (or label) from the pixel of `x` that `source` names by its index. */
export function movePixels<T extends SpectralArray | LabelArray>(
  x: T,
  height: number,
  width: number,
  source: (row: number, column: number) => number,
): T {
  const bands = x.shape[2] ?? 1;
  const Data = x.data.constructor as new (length: number) => T["data"];
  const data = new Data(height * width * bands);
  for (let row = 0, at = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const from = source(row, column) * bands;
      for (let b = 0; b < bands; b++) data[at++] = x.data[from + b]!;
    }
  return { ...x, data, shape: [height, width, ...x.shape.slice(2)] };
}

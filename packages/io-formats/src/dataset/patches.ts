import { gridWindows, type Rectangle, SpectraiError, wholeOf } from "@spectrai/core";
import type { CubeFile } from "./cube-file.ts";

/** Windows of `size × size` that cover an image; the last of a row or column is moved in to end at the border. */
export function patchesOf(image: CubeFile, size: number, stride: number): Rectangle[] {
  const { height, width, path } = image;
  if (size > height || size > width)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `${path} has ${height} × ${width} pixels, less than a patch of ${size} × ${size}. Choose a smaller patch.`,
      { details: { file: path } },
    );
  return gridWindows(wholeOf(image), size, stride);
}

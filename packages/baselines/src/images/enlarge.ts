import { type BaselineData, type FittedBaseline, type JsonObject, SpectraiError } from "@spectrai/core";
import { interpolate, type Kernel } from "./interpolate.ts";
import { fitImageMethod, firstSample } from "./method.ts";

/** What a pixel of the coarser grid stands for: the middle of a block of the finer grid, or the block's first pixel. */
const GRIDS = ["centre", "first-pixel"] as const;

/**
 * Interpolation of each band to the grid of the targets. Which kernel, and how the two grids lie on each other, is chosen on the
 * training part: averaging keeps the centre of a block of pixels, skipping pixels its first.
 *
 * @throws SPECTRAI_DATA_EMPTY, SPECTRAI_TASK_UNSUITABLE where the targets' grid is not a whole number of times finer
 */
export function fitInterpolation<S extends JsonObject>(
  name: string,
  kernels: readonly S[],
  kernelOf: (setting: S) => Kernel,
  train: BaselineData,
): FittedBaseline {
  const scale = scaleOf(train, name);
  const settings = GRIDS.flatMap((grid) => kernels.map((setting) => ({ ...setting, grid })));
  return fitImageMethod(
    {
      name,
      settings,
      *apply(image, wanted) {
        for (const setting of wanted) {
          const first = setting.grid === "centre" ? 1 / (2 * scale) - 1 / 2 : 0;
          yield interpolate(image, scale, first, kernelOf(setting));
        }
      },
    },
    train,
  );
}

function scaleOf(part: BaselineData, baseline: string): number {
  const scaleAt = (i: number): number => {
    const { id, input, target } = i === 0 ? firstSample(part, baseline) : part.sample(i);
    const [height, width] = input.shape;
    const [rows, columns] = target.kind === "spectral" ? target.value.shape : [];
    const scale = rows! / height!;
    if (Number.isInteger(scale) && scale >= 1 && columns === scale * width!) return scale;
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `The baseline "${baseline}" needs targets on a grid that is a whole number of times finer than the input's, but sample "${id}" has ${height} × ${width} and ${rows} × ${columns} pixels.`,
    );
  };
  const scale = scaleAt(0);
  for (let i = 1; i < part.size; i++)
    if (scaleAt(i) !== scale)
      throw new SpectraiError(
        "SPECTRAI_TASK_UNSUITABLE",
        `The baseline "${baseline}" needs one scale for all samples, but the first has ${scale} and sample "${part.sample(i).id}" ${scaleAt(i)}.`,
      );
  return scale;
}

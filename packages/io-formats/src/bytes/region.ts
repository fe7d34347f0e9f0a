import { SpectraiError, type Region } from "@spectrai/core";

/** The region in full: given or the whole array, checked. @throws SPECTRAI_DATA_SHAPE */
export function wholeRegion(
  file: string,
  variable: string,
  shape: readonly number[],
  region: Region | undefined,
): Region {
  if (!region) return shape.map((d) => [0, d] as const);
  const fits =
    region.length === shape.length &&
    region.every(([a, b], d) => Number.isInteger(a) && Number.isInteger(b) && a >= 0 && a <= b && b <= shape[d]!);
  if (!fits)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `The region [${region.map(([a, b]) => `${a}:${b}`).join(", ")}] does not lie in "${variable}" of ${file}, whose shape is [${shape.join(", ")}].`,
      { details: { file, variable } },
    );
  return region;
}

export const regionShape = (region: Region): number[] => region.map(([a, b]) => b - a);
export const isWhole = (region: Region, shape: readonly number[]): boolean =>
  region.every(([a, b], d) => a === 0 && b === shape[d]);

import { join } from "node:path";
import { indexAxis, type SpectralArray, spectralArray } from "@spectrai/core";
import { dataFolder } from "@spectrai/testing";
import { readMat } from "./mat.ts";

/** The Samson scene, 95 × 95 pixels and 156 bands, and which of soil, tree and water each pixel has most of. */
export function samson(): { readonly image: SpectralArray; readonly labels: Int32Array } {
  const folder = join(dataFolder()!, "hsi-samson");
  const { shape, data } = readMat(join(folder, "Y_clean.mat"));
  const { data: shares } = readMat(join(folder, "A_true.mat"));
  const labels = Int32Array.from({ length: shares.length / 3 }, (_, i) => {
    const own = Array.from(shares.subarray(3 * i, 3 * i + 3));
    return own.indexOf(Math.max(...own));
  });
  return { image: spectralArray(data, shape, indexAxis(156)), labels };
}

/** Columns `from` … `to` − 1. */
export function columnsOf(image: SpectralArray, from: number, to: number): SpectralArray {
  const [height, width, points] = image.shape as [number, number, number];
  const data = new Float64Array(height * (to - from) * points);
  for (let y = 0; y < height; y++)
    data.set(image.data.subarray((y * width + from) * points, (y * width + to) * points), y * (to - from) * points);
  return spectralArray(data, [height, to - from, points], image.axis);
}

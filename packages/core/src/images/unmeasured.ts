import type { FloatArray } from "../ndarray.ts";

/** Whether a value stands for "not measured"; in single precision too, so that -3.4e38 is found in files of it. */
export function isNoData(noData: number): (value: number) => boolean {
  const single = Math.fround(noData);
  return Number.isNaN(noData) ? Number.isNaN : (v) => v === noData || v === single;
}

/**
 * Pixels `[..., bands]` of which those that lack a value in any band are 0, and 0 in `valid`, which is absent where all have
 * data. The array that was given stays as it is: a reader may hold it.
 */
export function blankUnmeasured<T extends FloatArray>(
  stored: T,
  bands: number,
  noData: number,
): { readonly data: T; readonly valid?: Uint8Array } {
  const isMissing = isNoData(noData);
  let data = stored;
  let valid: Uint8Array | undefined;
  for (let pixel = 0, at = 0; at < data.length; pixel++, at += bands) {
    let k = 0;
    while (k < bands && !isMissing(stored[at + k]!)) k++;
    if (k === bands) continue;
    if (!valid) {
      data = stored.slice() as T;
      valid = new Uint8Array(data.length / bands).fill(1);
    }
    valid[pixel] = 0;
    data.fill(0, at, at + bands);
  }
  return valid ? { data, valid } : { data };
}

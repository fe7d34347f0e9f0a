import { type Axis, floatLike, type SpectralArray, spectralArray } from "./axes.ts";
import { convertAxis } from "./axis-units.ts";
import { SpectraiError } from "./errors.ts";
import { sizeOf } from "./ndarray.ts";

/**
 * Linear interpolation onto another axis; either may descend, and units that measure the same (nm, um, cm-1, eV) are
 * converted. Used to bring new data to a trained model's axis; the preprocessing step `resample` offers smoother kinds.
 *
 * @throws SPECTRAI_DATA_AXIS when the units cannot be converted or the target reaches beyond the data (by more than half a point)
 */
export function resampleLinear(x: SpectralArray, axis: Axis): SpectralArray {
  const from = convertAxis(x.axis, axis.unit);
  const n = from.values.length;
  const source = from.values;
  const rising = n < 2 || source[n - 1]! > source[0]!;
  const low = rising ? source[0]! : source[n - 1]!;
  const high = rising ? source[n - 1]! : source[0]!;
  const slack = (1e-9 + 0.5 / Math.max(1, n - 1)) * (high - low);
  const m = axis.values.length;
  const left = new Int32Array(m);
  const weight = new Float64Array(m);
  for (let j = 0; j < m; j++) {
    const v = axis.values[j]!;
    if (v < low - slack || v > high + slack)
      throw new SpectraiError(
        "SPECTRAI_DATA_AXIS",
        `The data cover ${describeRange(x.axis)}${from === x.axis ? "" : ` (${describeRange(from)})`}, but the model needs ${describeRange(axis)}; give data of its whole range${from === x.axis ? "" : ", on an axis in its unit where that is a Raman shift"}.`,
      );
    let a = 0;
    let b = n - 1;
    while (b - a > 1) {
      const mid = (a + b) >> 1;
      if (source[mid]! <= v === rising) a = mid;
      else b = mid;
    }
    left[j] = a;
    weight[j] = n < 2 ? 0 : Math.min(1, Math.max(0, (v - source[a]!) / (source[b]! - source[a]!)));
  }
  const rows = sizeOf(x.shape) / n;
  const out = floatLike(x.data, rows * m);
  for (let r = 0; r < rows; r++)
    for (let j = 0; j < m; j++) {
      const at = r * n + left[j]!;
      out[r * m + j] = x.data[at]! * (1 - weight[j]!) + (weight[j]! === 0 ? 0 : x.data[at + 1]! * weight[j]!);
    }
  return spectralArray(out, [...x.shape.slice(0, -1), m], axis);
}

/** `500–1800 cm-1`, to as many digits as a range needs. */
export function describeRange({ values, unit }: Axis): string {
  const ends = [values[0]!, values.at(-1)!].sort((a, b) => a - b);
  return `${ends.map((v) => Number(v.toPrecision(6))).join("–")} ${unit === "index" ? "points" : unit}`;
}

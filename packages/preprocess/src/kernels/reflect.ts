import { type Axis } from "@spectrai/core";

/**
 * Where point `i` of a series that is reflected at both ends, without repeating the end points, comes from (NumPy's mode
 * "reflect"): …, 2, 1, | 0, 1, …, n − 1, | n − 2, n − 3, … Any distance beyond the ends; a series of one point repeats it.
 */
export function reflectIndex(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const r = ((i % period) + period) % period;
  return r < n ? r : period - r;
}

/**
 * The axis of a series padded by reflection: it goes on rising or falling, with the steps of the reflected points.
 *
 * @param left - points in front
 * @param length - points of the result
 */
export function reflectAxis(axis: Axis, left: number, length: number): Axis {
  const { values } = axis;
  const n = values.length;
  const out = new Float64Array(length);
  for (let k = 0; k < length; k++) {
    const i = k - left;
    if (n === 1) {
      out[k] = values[0]! + i;
      continue;
    }
    const turns = Math.floor(i / (n - 1));
    const within = i - turns * (n - 1);
    const along = turns % 2 === 0 ? values[within]! - values[0]! : values[n - 1]! - values[n - 1 - within]!;
    out[k] = values[0]! + turns * (values[n - 1]! - values[0]!) + along;
  }
  return { ...axis, values: out };
}

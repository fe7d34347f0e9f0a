import { type Axis, sameAxis } from "@spectrai/core";

/** Remembers what was made for the last axis, so that work for one axis is done once for all its spectra. */
export function perAxis<T>(make: (axis: Axis) => T): (axis: Axis) => T {
  let last: { readonly axis: Axis; readonly value: T } | undefined;
  return (axis) => {
    if (!last || !sameAxis(last.axis, axis)) last = { axis, value: make(axis) };
    return last.value;
  };
}

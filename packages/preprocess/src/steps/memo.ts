import { type Axis, sameAxis } from "@spectrai/core";

/** Inputs and targets may differ in axis and alternate, so more than one is remembered. */
const remembered = 4;

/** Remembers what was made for the last few axes, so that work for one axis is done once for all its spectra. */
export const perAxis = <T>(make: (axis: Axis) => T): ((axis: Axis) => T) => remember(sameAxis, make);

/** Remembers what was made for the last few lengths. */
export const perLength = <T>(make: (length: number) => T): ((length: number) => T) => remember((a, b) => a === b, make);

function remember<K, T>(same: (a: K, b: K) => boolean, make: (key: K) => T): (key: K) => T {
  const entries: { readonly key: K; readonly value: T }[] = [];
  return (key) => {
    const at = entries.findIndex((entry) => same(entry.key, key));
    if (at === 0) return entries[0]!.value;
    const entry = at > 0 ? entries.splice(at, 1)[0]! : { key, value: make(key) };
    entries.unshift(entry);
    entries.length = Math.min(entries.length, remembered);
    return entry.value;
  };
}

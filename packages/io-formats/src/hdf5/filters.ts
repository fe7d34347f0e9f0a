import type { Dataset } from "h5wasm";

/** Filters of the library itself: deflate, shuffle, fletcher32, nbit and scaleoffset. */
const builtIn: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);

/** The registered filters that are met most (support.hdfgroup.org, list of registered filter plugins). */
const names: Readonly<Record<number, string>> = {
  4: "szip",
  305: "lzo",
  307: "bzip2",
  32000: "lzf",
  32001: "blosc",
  32004: "lz4",
  32008: "bitshuffle",
  32013: "zfp",
  32015: "zstd",
  32017: "sz",
  32018: "fcidecomp",
  32019: "jpeg",
  32026: "blosc2",
};

/** The first filter of a dataset that is not there to be undone, by name. */
export function missingFilter(item: Dataset): string | undefined {
  const missing = item.filters.find(({ id }) => !builtIn.has(id));
  return missing && (names[missing.id] ?? `${missing.name || "filter"} (${missing.id})`);
}

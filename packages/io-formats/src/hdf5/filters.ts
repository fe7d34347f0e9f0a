/** How datasets are packed. The library undoes a few filters itself; more come with a package that a user may install. */
import type { Dataset, Module } from "h5wasm";

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

/** Those that the package h5wasm-plugins has. */
const inPlugins: ReadonlySet<number> = new Set([307, 32000, 32001, 32004, 32008, 32013, 32015, 32026]);

// Not a literal: the package need not be there, and a bundle for browsers does not include it.
const specifier = "h5wasm-plugins";
let withPlugins: Promise<ReadonlySet<number>> | undefined;

/** The filters that can be undone. @param local - the file is on disk, and read by the library's build for Node.js */
export function availableFilters(module: typeof Module, local: boolean): Promise<ReadonlySet<number>> {
  if (!local) return Promise.resolve(builtIn);
  return (withPlugins ??= (
    import(/* @vite-ignore */ specifier) as Promise<{ install_local_plugins(module: unknown): void }>
  ).then(
    (plugins) => {
      plugins.install_local_plugins(module);
      return new Set([...builtIn, ...inPlugins]);
    },
    () => builtIn,
  ));
}

/** Why a dataset cannot be unpacked, where it cannot. */
export function packedBeyond(item: Dataset, available: ReadonlySet<number>): string | undefined {
  const missing = item.filters.find(({ id }) => !available.has(id));
  if (!missing) return undefined;
  const name = names[missing.id] ?? `${missing.name || "a filter"} (${missing.id})`;
  const help = inPlugins.has(missing.id)
    ? "install the package h5wasm-plugins 0.2.1 to read it from a local disk, or save it with gzip"
    : "save it with gzip";
  return `compressed with ${name}; ${help}, or uncompressed`;
}

import { defineComponent } from "@spectrai/core";
import { z } from "zod";

export const zarrReaderSchema = z.strictObject({});

/**
 * Zarr folders of versions 2 and 3, on disk or behind an address. Every array is a variable, named by its path; of OME-Zarr
 * images the full resolution comes first, and the attributes name the axes. Chunks packed with blosc, zstd, lz4, gzip or zlib are read,
 * shards too; chunks that are missing have the fill value. Packed numbers, the no-data value and the spectral axis are
 * found as in NetCDF files.
 */
export const zarrReader = defineComponent({
  kind: "reader",
  name: "zarr",
  summary: "Read Zarr folders (versions 2 and 3, OME-Zarr), by region, from disk or over HTTP.",
  schema: zarrReaderSchema,
  create: () => ({
    extensions: [".zarr"],
    open: async (source) => (await import("./zarr/open.ts")).openZarr(source),
  }),
});

import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { isHdf5 } from "./mat/signature.ts";

export const hdf5ReaderSchema = z.strictObject({});

/**
 * HDF5 files, and formats built on it (NeXus, HDF-EOS5). Every dataset is a variable, named by its path (`scan/data`). Numbers
 * of 8 to 64 bits, float16 (widened to float32) and text are read; gzip, shuffle, fletcher32, nbit and scaleoffset are
 * undone. A vector `wavelength` (or `wavenumber`, `bands`, `lambda`, …) with an attribute `units`, as long as a dimension of
 * the largest dataset, is the spectral axis. On a local disk only what is asked for is read; elsewhere the file is loaded.
 */
export const hdf5Reader = defineComponent({
  kind: "reader",
  name: "hdf5",
  summary: "Read HDF5 files (also NeXus and HDF-EOS5), whole or in regions.",
  schema: hdf5ReaderSchema,
  create: () => ({
    extensions: [".h5", ".hdf5", ".hdf", ".he5", ".nxs", ".nx5"],
    sniff: isHdf5,
    open: async (source) => (await import("./hdf5/open.ts")).openHdf5File(source, "hdf5"),
  }),
});

import { defineComponent } from "@spectrai/core";
import { z } from "zod";
import { isNetcdf } from "./netcdf/signature.ts";

export const netcdfReaderSchema = z.strictObject({});

/**
 * NetCDF files: classic, with 64-bit offsets, CDF-5, and NetCDF-4 (which is HDF5). As the CF conventions say, packed numbers
 * (`scale_factor`, `add_offset`) are unpacked, `_FillValue` (or `missing_value`) is the no-data value, and a variable
 * `wavelength` with units is the spectral axis.
 */
export const netcdfReader = defineComponent({
  kind: "reader",
  name: "netcdf",
  summary: "Read NetCDF files (versions 3 and 4), whole or in regions.",
  schema: netcdfReaderSchema,
  create: () => ({
    extensions: [".nc", ".cdf", ".nc4", ".netcdf"],
    sniff: isNetcdf,
    open: async (source) => (await import("./netcdf/open.ts")).openNetcdf(source),
  }),
});

import { isHdf5 } from "../mat/signature.ts";

/** "CDF" and the version: 1 classic, 2 with 64-bit offsets, 5 with 64-bit lengths. */
export const isClassic = (head: Uint8Array): boolean =>
  head[0] === 0x43 && head[1] === 0x44 && head[2] === 0x46 && [1, 2, 5].includes(head[3]!);
/** NetCDF-4 is HDF5. */
export const isNetcdf = (head: Uint8Array): boolean => isClassic(head) || isHdf5(head);

import type { ByteSource, DataFile } from "@spectrai/core";
import { dataFile } from "../bytes/entries.ts";
import { damaged } from "../bytes/errors.ts";
import { readHead } from "../bytes/source.ts";
import { isHdf5 } from "../mat/signature.ts";
import { openClassic } from "./classic.ts";
import { isClassic } from "./signature.ts";

/** Opens any version of a NetCDF file. @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED, SPECTRAI_FILE_TOO_LARGE */
export async function openNetcdf(source: ByteSource): Promise<DataFile> {
  const head = await readHead(source, 520);
  if (isClassic(head)) return dataFile(source.name, await openClassic(source));
  // NetCDF-4 needs a library of its own, which is loaded only now.
  if (isHdf5(head)) return (await import("../hdf5/open.ts")).openHdf5File(source, "netcdf");
  throw damaged(source.name, "it is not a NetCDF file, though its name says so");
}

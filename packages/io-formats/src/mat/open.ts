import type { ByteSource, DataFile } from "@spectrai/core";
import { dataFile } from "../bytes/entries.ts";
import { damaged } from "../bytes/errors.ts";
import { readHead } from "../bytes/source.ts";
import { isHdf5, isV5 } from "./signature.ts";
import { openV4, v4Type } from "./v4.ts";
import { openV5 } from "./v5.ts";

/** Opens any version of a MATLAB file. @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED, SPECTRAI_FILE_TOO_LARGE */
export async function openMat(source: ByteSource): Promise<DataFile> {
  const head = await readHead(source, 520);
  // Level 7.3 needs a library of its own, which is loaded only now.
  if (isHdf5(head)) return dataFile(source.name, await (await import("./hdf5.ts")).openHdf5(source));
  const parts = isV5(head) ? await openV5(source) : v4Type(head) ? await openV4(source) : undefined;
  if (!parts)
    throw damaged(
      source.name,
      source.size < 128
        ? `it has only ${source.size} bytes, less than a MATLAB file's header`
        : "it is not a MATLAB file, though its name says so",
    );
  if (parts.entries.length === 0) throw damaged(source.name, "there is no variable in it");
  return dataFile(source.name, parts);
}

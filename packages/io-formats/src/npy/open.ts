import type { ByteSource, DataFile } from "@spectrai/core";
import { dataFile, type Entry } from "../bytes/entries.ts";
import { damaged } from "../bytes/errors.ts";
import { npyEntry } from "./array.ts";
import { readZip } from "./zip.ts";

/** A .npy file has one variable, `data`. */
export const openNpy = async (source: ByteSource): Promise<DataFile> =>
  dataFile(source.name, { entries: [await npyEntry(source, "data")] });

const headerRoom = 4096;

/** A .npz file has one variable a member. */
export async function openNpz(source: ByteSource): Promise<DataFile> {
  const entries: Entry[] = [];
  for (const member of await readZip(source)) {
    if (!member.name.endsWith(".npy")) continue;
    entries.push(await npyEntry(await member.head(headerRoom), member.name.slice(0, -4), () => member.load()));
  }
  if (entries.length === 0) throw damaged(source.name, "there is no array in it");
  return dataFile(source.name, { entries });
}

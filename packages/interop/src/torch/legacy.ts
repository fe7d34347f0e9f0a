/**
 * PyTorch's files before 1.6: four pickles (magic number, version, machine, content), the list of storages as a fifth, then the
 * storages themselves, each with its number of elements in front.
 */
import type { ByteSource } from "@spectrai/core";
import type { TorchContent } from "./content.ts";
import { Cursor } from "./cursor.ts";
import { damaged, short, unsupported } from "./errors.ts";
import { unpickle } from "./pickle.ts";
import { persistentLoad } from "./storage.ts";
import { widths } from "./types.ts";

const magic = 0x1950a86a20f9469cfc6cn;
/** The pickles are looked for in so much of the file's beginning. */
const longestHead = 2 ** 26;

export async function readLegacy(file: ByteSource): Promise<TorchContent> {
  const head = new Cursor(file.name, await file.read(0, Math.min(file.size, longestHead)));
  const plain = (): ReturnType<typeof unpickle> =>
    unpickle(head, () => {
      throw damaged(file.name, "it refers to a storage before it has any");
    });
  if (plain() !== magic)
    throw unsupported(file.name, "it is a Python pickle that PyTorch did not write; save it with torch.save");
  if (plain() !== 1001) throw unsupported(file.name, "it is of another version of PyTorch's format than 1001");
  const machine = plain();
  if (!(machine instanceof Map)) throw damaged(file.name, "it does not say what machine wrote it");
  if (machine.get("little_endian") !== true)
    throw unsupported(
      file.name,
      "it was written on a machine with the other byte order; load and save it again on this one",
    );

  const { load, storages } = persistentLoad(file.name);
  const value = unpickle(head, load);
  const keys = plain();
  if (!Array.isArray(keys)) throw damaged(file.name, "it has no list of its storages");
  const places = new Map<string, number>();
  let at = head.at;
  for (const key of keys) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (!storage) throw damaged(file.name, "it lists a storage that it does not use");
    const wanted = storage.elements * widths[storage.type];
    const counted = new Cursor(file.name, await file.read(at, 8)).uint64();
    if (counted !== storage.elements)
      throw damaged(file.name, `a storage has ${counted} elements, where ${storage.elements} are announced`);
    if (wanted > file.size - at - 8)
      throw damaged(file.name, `${wanted} bytes are announced at byte ${at + 8} of ${file.size}`);
    places.set(storage.key, at + 8);
    at += 8 + wanted;
  }
  return {
    value,
    storage: async ({ key, type, elements }) => {
      const place = places.get(key);
      if (place === undefined) throw damaged(file.name, `its storage "${short(key)}" is missing`);
      return file.read(place, elements * widths[type]);
    },
  };
}

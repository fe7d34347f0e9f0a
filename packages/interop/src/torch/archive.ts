/** PyTorch's files since 1.6: a zip archive with a pickle, and each storage as a member beside it. */
import type { ByteSource } from "@spectrai/core";
import { crc32, readZip, type ZipMember } from "@spectrai/io-formats/zip";
import { Cursor, decodeText } from "./cursor.ts";
import { damaged, short, tooLarge, unsupported } from "./errors.ts";
import { unpickle } from "./pickle.ts";
import { persistentLoad } from "./storage.ts";
import { widths } from "./types.ts";
import type { TorchContent } from "./content.ts";

const longestPickle = 2 ** 26;

export async function readArchive(file: ByteSource): Promise<TorchContent> {
  const members = new Map((await readZip(file)).map((m) => [m.name, m]));
  const pickle = [...members.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined)
    throw unsupported(file.name, "it is a zip archive without a PyTorch pickle (data.pkl); save it with torch.save");
  const folder = pickle.slice(0, -"data.pkl".length);
  if (members.has(`${folder}constants.pkl`))
    throw unsupported(
      file.name,
      "it is a TorchScript program; load it with torch.jit.load, and save its state_dict with torch.save",
    );
  const order = members.get(`${folder}byteorder`);
  if (order && order.size < 16 && decodeText(await bytesOf(file, order)) === "big")
    throw unsupported(
      file.name,
      "it was written on a machine with the other byte order; load and save it again on this one",
    );
  if (members.get(pickle)!.size > longestPickle)
    throw tooLarge(file.name, `its pickle has ${members.get(pickle)!.size} bytes, and ${longestPickle} are the most`);

  const { load } = persistentLoad(file.name);
  const value = unpickle(new Cursor(file.name, await bytesOf(file, members.get(pickle)!)), load);
  return {
    value,
    storage: async ({ key, type, elements }) => {
      const member = members.get(`${folder}data/${key}`);
      if (!member) throw damaged(file.name, `its storage "${short(key)}" is missing`);
      const wanted = elements * widths[type];
      if (member.size !== wanted)
        throw damaged(file.name, `its storage "${short(key)}" has ${member.size} bytes, where ${wanted} are announced`);
      return bytesOf(file, member);
    },
  };
}

async function bytesOf(file: ByteSource, member: ZipMember): Promise<Uint8Array> {
  const bytes = await (await member.load()).read(0, member.size);
  // PyTorch can be told to make no checksums; it writes 0 then.
  if (member.crc !== 0 && crc32(bytes) !== member.crc)
    throw damaged(file.name, `the checksum of its part "${short(member.name)}" is wrong`);
  return bytes;
}

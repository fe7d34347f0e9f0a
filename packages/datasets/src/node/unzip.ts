import { join } from "node:path";
import { crc32 } from "node:zlib";
import { atomicSink, errorFromSystem, makeFolder } from "@spectrai/core/node";
import { SpectraiError } from "@spectrai/core";
import { type Entry, openPromise, type ZipFile } from "yauzl";

/** Deflate cannot do better than 1032 : 1; an announcement beyond that is false. */
const mostInflated = 1040;
const mostEntries = 1_000_000;

/** The kind of file in the upper half of the attributes that Unix programs write. */
const kindOf = (entry: Entry): number => (entry.externalFileAttributes >>> 28) & 0xf;
const symbolicLink = 0xa;

/**
 * Unpacks an archive into a folder, file by file, each whole or not at all.
 *
 * @returns the files' names
 * @throws SPECTRAI_FILE_REFUSED (a name that leads out of the folder, a link), SPECTRAI_FILE_UNSUPPORTED (encrypted, or
 * another compression than deflate), SPECTRAI_FILE_DAMAGED, SPECTRAI_DISK_FULL
 */
export async function unzip(path: string, folder: string): Promise<string[]> {
  const zip = await openPromise(path, { lazyEntries: true, strictFileNames: true, autoClose: false }).catch(
    (e: unknown) => {
      throw problem(path, e);
    },
  );
  try {
    const names: string[] = [];
    let packed = 0;
    if (zip.entryCount > mostEntries) throw damaged(path, `it announces ${zip.entryCount} files`);
    for (const entry of await entriesOf(zip, path)) {
      if (entry.fileName.endsWith("/") || entry.fileName.startsWith("__MACOSX/")) continue;
      packed += entry.compressedSize;
      // Files that share their bytes would unpack to any size.
      if (packed > zip.fileSize) throw damaged(path, "its files take more room than it has");
      if (entry.uncompressedSize > mostInflated * entry.compressedSize + 1024)
        throw damaged(path, `"${entry.fileName}" cannot unpack to ${entry.uncompressedSize} bytes`);
      if (kindOf(entry) === symbolicLink)
        throw new SpectraiError(
          "SPECTRAI_FILE_REFUSED",
          `"${path}": "${entry.fileName}" is a link, which is not unpacked.`,
        );
      if (!entry.canDecodeFileData())
        throw new SpectraiError(
          "SPECTRAI_FILE_UNSUPPORTED",
          `"${path}": "${entry.fileName}" is encrypted, or compressed by method ${entry.compressionMethod}; only plain and deflate are read.`,
        );
      await unpack(zip, entry, path, join(folder, entry.fileName));
      names.push(entry.fileName);
    }
    return names;
  } finally {
    zip.close();
  }
}

async function entriesOf(zip: ZipFile, path: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry);
  } catch (e) {
    throw problem(path, e);
  }
  return entries;
}

async function unpack(zip: ZipFile, entry: Entry, path: string, target: string): Promise<void> {
  await makeFolder(join(target, "..")).catch((e: unknown) => {
    throw errorFromSystem(e, target, "write");
  });
  const sink = await atomicSink(target);
  try {
    let sum = 0;
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      sum = crc32(chunk as Uint8Array, sum);
      await sink.write(chunk as Uint8Array);
    }
    if (sum !== entry.crc32) throw damaged(path, `the checksum of "${entry.fileName}" is wrong`);
    await sink.commit();
  } catch (e) {
    await sink.abort();
    throw problem(path, e);
  }
}

const damaged = (path: string, why: string, cause?: unknown): SpectraiError =>
  new SpectraiError("SPECTRAI_FILE_DAMAGED", `"${path}" is no archive that can be unpacked: ${why}.`, { cause });

/** What an error of the library means. */
function problem(path: string, e: unknown): unknown {
  if (e instanceof SpectraiError) return e;
  const why = e instanceof Error ? e.message : String(e);
  if (/^(invalid relative path|absolute path|invalid characters in fileName)/.test(why))
    return new SpectraiError("SPECTRAI_FILE_REFUSED", `"${path}" would write outside its folder (${why}).`, {
      cause: e,
    });
  if (e instanceof Error && "syscall" in e) return errorFromSystem(e, path, "read");
  return damaged(path, why, e);
}

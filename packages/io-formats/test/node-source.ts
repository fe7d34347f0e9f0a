import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { type ByteSource, SpectraiError } from "@spectrai/core";

/** A file on disk, counting the bytes that are read. */
export function nodeSource(path: string): ByteSource & { bytesRead: number } {
  const fd = openSync(path, "r");
  const { size } = fstatSync(fd);
  const source = {
    name: basename(path),
    path,
    size,
    bytesRead: 0,
    read: (offset: number, length: number): Promise<Uint8Array> => {
      if (offset < 0 || length < 0 || offset + length > size)
        return Promise.reject(
          new SpectraiError("SPECTRAI_FILE_DAMAGED", `${path} ends at byte ${size}, before ${offset + length}.`),
        );
      const bytes = new Uint8Array(length);
      readSync(fd, bytes, 0, length, offset);
      source.bytesRead += length;
      return Promise.resolve(bytes);
    },
    close: () => Promise.resolve(closeSync(fd)),
  };
  return source;
}

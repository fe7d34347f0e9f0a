import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/**
 * Whether a shared library of Linux (ELF, 64 bits, little-endian) is as long as it says. Loading a shorter one ends the process: the
 * system maps pages that are not there. The table of sections, whose place is in the header, comes last in the file.
 */
export function isComplete(file: string): boolean {
  const descriptor = openSync(file, "r");
  try {
    const header = Buffer.alloc(64);
    if (readSync(descriptor, header, 0, 64, 0) < 64 || header.toString("latin1", 0, 4) !== "\x7fELF") return false;
    const [size, count] = [header.readUInt16LE(58), header.readUInt16LE(60)];
    return header.readBigUInt64LE(40) + BigInt(size * count) <= BigInt(fstatSync(descriptor).size);
  } finally {
    closeSync(descriptor);
  }
}

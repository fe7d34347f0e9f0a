/**
 * Reading zip archives, for packages whose files are such archives.
 *
 * @packageDocumentation
 */
export { crc32 } from "./bytes/crc32.ts";
export { bytesSource, rangeSource } from "./bytes/source.ts";
export { readZip, type ZipMember } from "./npy/zip.ts";

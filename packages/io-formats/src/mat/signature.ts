import { v4Type } from "./v4.ts";

const hdf5Signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const startsAt = (head: Uint8Array, at: number): boolean => hdf5Signature.every((b, i) => head[at + i] === b);

/** MATLAB 7.3 is HDF5 behind a header of 512 bytes; other programs leave the header out. */
export const isHdf5 = (head: Uint8Array): boolean => startsAt(head, 0) || startsAt(head, 512) || marker(head) === 2;
export const isV5 = (head: Uint8Array): boolean => marker(head) === 1;
export const isMat = (head: Uint8Array): boolean => isHdf5(head) || isV5(head) || v4Type(head) !== undefined;

/** The major version after MATLAB's 124 bytes of text, by the byte order mark `MI` or `IM`. */
function marker(head: Uint8Array): number | undefined {
  if (head.length < 128) return undefined;
  const mark = String.fromCharCode(head[126]!, head[127]!);
  return mark === "IM" ? head[125] : mark === "MI" ? head[124] : undefined;
}

/** How much Zstandard data may unpack to, from their headers alone (RFC 8878, 3.1.1). */
const magic = 0xfd2fb528;
/** A block unpacks to at most 128 KiB. */
const longestBlock = 1 << 17;

/**
 * An upper bound, in bytes; undefined where the data are not one or more sound frames. A frame that states its content's size
 * is bounded by that, for the decoder holds to it.
 */
export function zstdBound(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let bound = 0;
  while (at < bytes.length) {
    if (at + 6 > bytes.length || view.getUint32(at, true) !== magic) return undefined;
    const descriptor = bytes[at + 4]!;
    const single = (descriptor & 0x20) !== 0;
    const sizeFlag = descriptor >> 6;
    const sizeBytes = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag;
    const sizeAt = at + 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
    at = sizeAt + sizeBytes;
    if (at > bytes.length) return undefined;
    let stated: number | undefined;
    if (sizeBytes === 1) stated = bytes[sizeAt]!;
    else if (sizeBytes === 2) stated = view.getUint16(sizeAt, true) + 256;
    else if (sizeBytes === 4) stated = view.getUint32(sizeAt, true);
    else if (sizeBytes === 8) stated = Number(view.getBigUint64(sizeAt, true));
    let blocks = 0;
    for (let last = false; !last;) {
      if (at + 3 > bytes.length) return undefined;
      const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
      const size = header >> 3;
      const kind = (header >> 1) & 3;
      last = (header & 1) === 1;
      // A block of kind 1 is one byte, repeated.
      at += 3 + (kind === 1 ? 1 : size);
      blocks += kind === 2 ? longestBlock : size;
      if (kind === 3 || at > bytes.length) return undefined;
    }
    if (descriptor & 4) at += 4;
    bound += stated ?? blocks;
  }
  return bound;
}

/** Turns round the bytes of every number in place. `bytes` begins at a multiple of `width` in its buffer. */
export function swapBytes(bytes: Uint8Array, width: number): void {
  const { buffer, byteOffset, length } = bytes;
  if (width === 2) {
    const words = new Uint16Array(buffer, byteOffset, length / 2);
    for (let i = 0; i < words.length; i++) {
      const w = words[i]!;
      words[i] = (w << 8) | (w >>> 8);
    }
    return;
  }
  if (width < 4) return;
  const words = new Uint32Array(buffer, byteOffset, length / 4);
  for (let i = 0; i < words.length; i++) {
    const w = words[i]!;
    words[i] = (w << 24) | ((w & 0xff00) << 8) | ((w >>> 8) & 0xff00) | (w >>> 24);
  }
  if (width === 4) return;
  for (let i = 0; i < words.length; i += 2) {
    const first = words[i]!;
    words[i] = words[i + 1]!;
    words[i + 1] = first;
  }
}

export const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

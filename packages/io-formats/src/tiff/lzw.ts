/** LZW as TIFF uses it: codes of 9 to 12 bits, highest bit first. Source: TIFF 6.0, section 13. */

const clear = 256;
const end = 257;
const longest = 4096;

/** Unpacks at most `size` bytes; fewer where the codes end early or contradict each other. */
export function unpackLzw(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  // A code stands for a string that is in the output already: where it starts, and how long it is.
  const starts = new Int32Array(longest);
  const lengths = new Int32Array(longest);
  let at = 0;
  let next = 258;
  let bits = 9;
  let previous = -1;
  let held = 0;
  let heldBits = 0;
  let i = 0;
  while (at < size) {
    while (heldBits < bits && i < packed.length) {
      held = ((held << 8) | packed[i++]!) & 0xffffff;
      heldBits += 8;
    }
    if (heldBits < bits) break;
    heldBits -= bits;
    const code = (held >> heldBits) & ((1 << bits) - 1);
    if (code === end) break;
    if (code === clear) {
      next = 258;
      bits = 9;
      previous = -1;
      continue;
    }
    const start = at;
    if (code < 256) out[at++] = code;
    else {
      const known = code < next;
      if (!known && (code !== next || previous < 0)) break;
      // A code that is not known yet is the string before it and that string's first byte.
      const from = known ? starts[code]! : previous;
      const length = Math.min(size - at, known ? lengths[code]! : start - previous + 1);
      for (let k = 0; k < length; k++) out[at + k] = out[from + k]!;
      at += length;
    }
    if (previous >= 0 && next < longest) {
      starts[next] = previous;
      lengths[next] = start - previous + 1;
      next++;
    }
    previous = start;
    if (bits < 12 && next >= (1 << bits) - 1) bits++;
  }
  return out.subarray(0, at);
}

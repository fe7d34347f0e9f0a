/**
 * Which pixels count in both masks: one mask for the two, or undefined where all count.
 *
 * @param a - 1 for each pixel that counts; absent = all do
 */
export function bothValid(a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined {
  if (!a || !b) return a ?? b;
  return a.map((v, i) => (v && b[i] ? 1 : 0));
}

/** How many of `pixels` count. */
export function countValid(valid: Uint8Array | undefined, pixels: number): number {
  if (!valid) return pixels;
  let count = 0;
  for (let i = 0; i < pixels; i++) if (valid[i]) count++;
  return count;
}

/**
 * One half of a Gaussian of this standard deviation (pixels), from its centre outwards, cut off at 4 σ and normalised so
 * that the whole (both halves) sums to 1: no light is lost. `[1]` where there is nothing to blur.
 */
export function gaussianHalf(sigma: number): Float64Array {
  if (!(sigma > 0)) return Float64Array.of(1);
  const half = Float64Array.from({ length: Math.ceil(4 * sigma) + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2));
  const sum = half.reduce((s, v, i) => s + (i === 0 ? v : 2 * v), 0);
  return half.map((v) => v / sum);
}

/**
 * Blurs a map of `rows` × `columns` by a separable symmetric kernel. The result is smaller by the kernel's reach on every
 * side: whoever wants it in full gives more. Weights are added from the centre outwards, so that a part has the numbers of
 * the whole.
 *
 * @param across - scratch of `rows · (columns − 2·reach)` values
 */
export function blur(
  map: Float64Array,
  rows: number,
  columns: number,
  half: Float64Array,
  across: Float64Array,
  out: Float64Array,
): void {
  const reach = half.length - 1;
  const width = columns - 2 * reach;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < width; x++) {
      const at = y * columns + x + reach;
      let sum = half[0]! * map[at]!;
      for (let i = 1; i <= reach; i++) sum += half[i]! * (map[at - i]! + map[at + i]!);
      across[y * width + x] = sum;
    }
  for (let y = 0; y < rows - 2 * reach; y++)
    for (let x = 0; x < width; x++) {
      const at = (y + reach) * width + x;
      let sum = half[0]! * across[at]!;
      for (let i = 1; i <= reach; i++) sum += half[i]! * (across[at - i * width]! + across[at + i * width]!);
      out[y * width + x] = sum;
    }
}

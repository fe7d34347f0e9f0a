/** A convolution or dense layer as a matrix product: `[positions, inner] × [inner, out]`. */
export interface Product {
  /** Output positions over the whole batch. */
  readonly positions: number;
  /** Kernel points × input channels. */
  readonly inner: number;
  readonly out: number;
  /** Whether training needs the gradient of its input; not where that is the data. */
  readonly inputGradient: boolean;
}

const product = (positions: number, inner: number, out: number): Product => ({
  positions,
  inner,
  out,
  inputGradient: true,
});

/** The first layer's input is the data. */
const fromData = ([first, ...rest]: readonly Product[]): Product[] => [{ ...first!, inputGradient: false }, ...rest];

export interface UNetShape {
  readonly batch: number;
  /** Points in each spatial dimension. */
  readonly size: readonly number[];
  readonly channels: number;
  /** As `UNetOptions`. */
  readonly filters: readonly number[];
  readonly residual: boolean;
  readonly tail: { readonly kernel: number; readonly out: number };
}

/** The layers of `unetNetwork`, in order. */
export function unetProducts({ batch, size, channels, filters, residual, tail }: UNetShape): Product[] {
  const points = 3 ** size.length;
  /** Poolings leave out an odd point. */
  const positions = (level: number): number => size.reduce((n, s) => n * Math.floor(s / 2 ** level), batch);
  const block = (level: number, from: number, middle: number, out: number): Product[] => {
    const at = positions(level);
    const inner = residual ? [product(at, points * middle, middle), product(at, points * middle, middle)] : [];
    return [product(at, points * from, middle), ...inner, product(at, points * middle, out)];
  };
  const depth = filters.length - 1;
  const down = filters.flatMap((width, level) =>
    block(level, level === 0 ? channels : filters[level - 1]!, width, width),
  );
  const up = Array.from({ length: depth }, (_, i) => {
    const level = depth - 1 - i;
    const skip = filters[level]!;
    const below = i === 0 ? filters[depth]! : skip;
    return block(level, skip + below, skip, filters[Math.max(level - 1, 0)]!);
  }).flat();
  return fromData([...down, ...up, product(positions(0), tail.kernel ** size.length * filters[0]!, tail.out)]);
}

export interface RcanShape {
  readonly batch: number;
  /** Pixels of the low resolution. */
  readonly size: readonly [number, number];
  readonly channels: number;
  /** Doublings of the resolution. */
  readonly doublings: number;
  readonly groups: number;
  readonly blocks: number;
  readonly reduction: number;
}

/** The layers of `rcanNetwork`, in order. */
export function rcanProducts({ batch, size, channels, doublings, groups, blocks, reduction }: RcanShape): Product[] {
  const half = Math.floor(channels / 2);
  const squeezed = Math.floor(half / reduction);
  const positions = (doubled: number): number => batch * size[0] * size[1] * 4 ** doubled;
  const fine = positions(doublings);
  const conv = (from: number, to: number): Product => product(fine, 9 * from, to);
  const block = [conv(half, half), conv(half, half), product(batch, half, squeezed), product(batch, squeezed, half)];
  const group = [...Array.from({ length: blocks }, () => block).flat(), conv(half, half)];
  return fromData([
    ...Array.from({ length: doublings }, (_, i) => product(positions(i), 9 * channels, 4 * channels)),
    conv(channels, channels),
    conv(channels, half),
    ...Array.from({ length: groups }, () => group).flat(),
    conv(half, half),
    conv(half, half),
    conv(half, channels),
  ]);
}

/**
 * Floating-point operations, two for each multiply-add. A training step computes each product, its kernel's gradient and, but
 * for the first, its input's. Everything else (norms, activations, resizing, the optimizer) is left out.
 */
export const operations = (products: readonly Product[], training: boolean): number =>
  products.reduce(
    (sum, { positions, inner, out, inputGradient }) =>
      sum + 2 * positions * inner * out * (training ? (inputGradient ? 3 : 2) : 1),
    0,
  );

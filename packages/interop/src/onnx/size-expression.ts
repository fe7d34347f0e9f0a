import { combine, isFixed, sameSize, type Size } from "./value.ts";

/** How a size follows from known ones at run time. Division rounds down; what is divided is never negative. */
export type SizeExpression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "known"; readonly size: Size }
  | {
      readonly kind: "add" | "subtract" | "multiply" | "divide";
      readonly a: SizeExpression;
      readonly b: SizeExpression;
    };

const number = (value: number): SizeExpression => ({ kind: "number", value });
const known = (size: Size): SizeExpression => ({ kind: "known", size });
const binary = (
  kind: "add" | "subtract" | "multiply" | "divide",
  a: SizeExpression,
  b: SizeExpression,
): SizeExpression => ({ kind, a, b });

/** `expression · p / q` */
const scaled = (expression: SizeExpression, p: number, q: number): SizeExpression => {
  const times = p === 1 ? expression : binary("multiply", expression, number(p));
  return q === 1 ? times : binary("divide", times, number(q));
};

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** p and q with `size = of · p / q` throughout, in lowest terms. */
function ratio(size: Size, of: Size): [number, number] | undefined {
  if (of[0] === 0 || size[0]! <= 0) return undefined;
  const d = gcd(size[0]!, of[0]!);
  const [p, q] = [size[0]! / d, of[0]! / d];
  // What is no whole multiple or part is not how networks make sizes.
  if (p > 1 && q > 1 && q > 16) return undefined;
  return size.every((v, k) => v * q === of[k]! * p) ? [p, q] : undefined;
}

/** `expression + offset` */
const shifted = (expression: SizeExpression, offset: number): SizeExpression =>
  offset === 0 ? expression : binary(offset > 0 ? "add" : "subtract", expression, number(Math.abs(offset)));

/** Whether two sizes differ by the same small number throughout, and which. */
function offsetBetween(size: Size, of: Size, most: number): number | undefined {
  const offset = size[0]! - of[0]!;
  return Math.abs(offset) <= most && size.every((v, k) => v - of[k]! === offset) ? offset : undefined;
}

/** `of + b`, or `⌊(of + b) / c⌋`, with small numbers. */
function affine(size: Size, of: Size): SizeExpression | undefined {
  const offset = offsetBetween(size, of, 64);
  if (offset !== undefined) return shifted(known(of), offset);
  for (const c of [2, 3, 4, 5, 6, 7, 8, 16, 32])
    for (let b = -8; b <= c + 8; b++)
      if (size.every((v, k) => v === Math.floor((of[k]! + b) / c)))
        return binary("divide", shifted(known(of), b), number(c));
  return undefined;
}

/** A whole number of blocks, rounded down or up, a few points more or less, and what that leaves out or adds. */
function blocks(size: Size, of: Size): SizeExpression | undefined {
  for (let c = 2; c <= 64; c++)
    for (const b of [0, c - 1]) {
      const whole = of.map((n) => Math.floor((n + b) / c) * c);
      const expression = binary("multiply", binary("divide", shifted(known(of), b), number(c)), number(c));
      const offset = offsetBetween(size, whole, 16);
      if (offset !== undefined) return shifted(expression, offset);
      const rest = combine((n, w) => Math.abs(n - w), of, whole);
      if (!sameSize(size, rest)) continue;
      return b === 0 ? binary("subtract", known(of), expression) : binary("subtract", expression, known(of));
    }
  return undefined;
}

/** How a size follows from known ones, preferring those that come first; undefined where no simple rule holds in all traces. */
export function expressSize(size: Size, sizes: readonly Size[]): SizeExpression | undefined {
  if (isFixed(size)) return number(size[0]!);
  const varying = sizes.filter((s) => !isFixed(s));
  const same = varying.find((s) => sameSize(s, size));
  if (same) return known(same);
  for (const s of varying) {
    const r = ratio(size, s);
    if (r) return scaled(known(s), ...r);
  }
  for (const s of varying) {
    const found = affine(size, s) ?? blocks(size, s);
    if (found) return found;
  }
  for (const [i, a] of varying.entries())
    for (const b of varying.slice(i)) {
      const r = ratio(
        size,
        combine((x, y) => x * y, a, b),
      );
      if (r) return scaled(binary("multiply", known(a), known(b)), ...r);
    }
  for (const [i, a] of varying.entries())
    for (const [j, b] of varying.entries())
      for (const c of i < j ? varying.slice(j) : []) {
        const r = ratio(
          size,
          combine((x, y, z) => x * y * z, a, b, c),
        );
        if (r) return scaled(binary("multiply", binary("multiply", known(a), known(b)), known(c)), ...r);
      }
  for (const a of varying)
    for (const b of varying)
      if (
        sameSize(
          size,
          combine((x, y) => x - y, a, b),
        )
      )
        return binary("subtract", known(a), known(b));
  return undefined;
}

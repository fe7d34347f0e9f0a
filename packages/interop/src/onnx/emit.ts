import { FixedSizeError, type Operation } from "./merge.ts";
import type { Graph } from "./graph.ts";
import { isUnit, sameSize, sameSizes, Value } from "./value.ts";

/** What an operation of the network is written by. */
export type Emit = (operation: Operation, graph: Graph, following: () => readonly Operation[]) => void;

/** An attribute that must be the same at every size. */
export function attribute<T>({ attributes, kernel }: Operation, name: string): T {
  const given = attributes.filter((a) => a !== undefined).map((a) => a[name]);
  const [one] = given;
  const text = JSON.stringify(one);
  if (given.some((v) => JSON.stringify(v) !== text)) throw new FixedSizeError(`${name} of ${kernel} follows the size`);
  return one as T;
}

/** The inputs by number, for kernels that take a list. */
export const listOf = ({ inputs }: Operation): Value[] => Object.values(inputs);

export const isConstant = (value: Value): boolean => value.constant !== undefined || value.number !== undefined;

/** The value in front with axes of one point, up to a rank. */
export function widened(value: Value, rank: number): Value {
  const added = rank - value.rank;
  if (added === 0) return value;
  const one = Array.from({ length: Math.max(value.traces, 1) }, () => 1);
  const { constant, number } = value;
  const wide = new Value([...Array.from({ length: added }, () => one), ...value.sizes], value.dtype, {
    ...(constant ? { constant } : {}),
    ...(number ? { number } : {}),
  });
  for (const { name, order } of value.layouts) wide.layouts.push({ name, order: order.map((axis) => axis + added) });
  return wide;
}

/**
 * For each axis of `to`, the axis of `from` that it is, or undefined for one of one point that is added; undefined at large
 * where the two differ in more than axes of one point. Matched from the last axis on, which is the channels' in both.
 */
export function unitMatch(from: Value, to: Value): (number | undefined)[] | undefined {
  const match: (number | undefined)[] = to.sizes.map(() => undefined);
  let [i, j] = [from.rank - 1, to.rank - 1];
  while (i >= 0 || j >= 0) {
    const [a, b] = [from.sizes[i], to.sizes[j]];
    if (a && b && sameSize(a, b)) match[j--] = i--;
    else if (a && isUnit(a)) i--;
    else if (b && isUnit(b)) j--;
    else return undefined;
  }
  return match;
}

/** Makes `to` the tensors of `from`, which differs from it in axes of one point at most. */
export function alias(graph: Graph, to: Value, from: Value, match: readonly (number | undefined)[]): void {
  graph.place(from);
  const position = (axis: number): number => match.indexOf(axis);
  const there = from.layouts.slice();
  for (const layout of there) {
    const order = layout.order.filter((axis) => position(axis) >= 0);
    graph.set(to, order.length === layout.order.length ? layout.name : graph.as(from, order), order.map(position));
  }
}

/** `to` has the elements of `from` under another shape. */
export function reshape(graph: Graph, to: Value, from: Value): void {
  const candidates = [...(from.view ? [from.view] : []), ...(from.layouts.length > 0 ? [from] : [])];
  for (const candidate of candidates) {
    const match = sameSizes(candidate.sizes, to.sizes) ? candidate.sizes.map((_, i) => i) : unitMatch(candidate, to);
    if (match) return alias(graph, to, candidate, match);
  }
  to.view = from.view ?? from;
}

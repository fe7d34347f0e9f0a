import type * as tf from "@tensorflow/tfjs-core";
import type { TracedConstant } from "./trace.ts";

/**
 * A number that may depend on the size of the network's input: what it was in each trace. A dimension of a tensor is one, and
 * so is an amount of padding.
 */
export type Size = readonly number[];

export const isFixed = (size: Size): boolean => size.every((v) => v === size[0]);
export const sameSize = (a: Size, b: Size): boolean => a.every((v, i) => v === b[i]);
export const isUnit = (size: Size): boolean => size.every((v) => v === 1);
export const combine = (f: (...values: number[]) => number, ...sizes: readonly Size[]): number[] =>
  sizes[0]!.map((_, k) => f(...sizes.map((s) => s[k]!)));

/**
 * One tensor of the file that holds a value, with its dimensions in some order: `order[i]` is the value's axis that the
 * tensor's dimension i runs along. Axes of one point may be left out.
 */
export interface Layout {
  readonly name: string;
  readonly order: readonly number[];
}

/** How a value was dealt into a batch, for each axis between the first and the last. */
export interface Dealt {
  /** The value before. */
  readonly of: Value;
  /** Every how many points make one lot. */
  readonly blocks: readonly number[];
  /** Zeros that a convolution has to add yet. */
  readonly pads: readonly (readonly [Size, Size])[];
}

/** A tensor of the network, with what is known of it in all traces. Its axes are those of tfjs: channels last. */
export class Value {
  /** For each axis. */
  readonly sizes: readonly Size[];
  readonly dtype: tf.DataType;
  readonly constant: TracedConstant | undefined;
  /** A single number that depends on the input's size. */
  readonly number: Size | undefined;
  /** Where it is in the file; the first is as it was made. */
  readonly layouts: Layout[] = [];
  /** The same elements in the same order under another shape, where it is not in the file itself. */
  view: Value | undefined;
  /** Set where points were dealt into a batch for a dilated convolution. */
  dealt: Dealt | undefined;

  constructor(
    sizes: readonly Size[],
    dtype: tf.DataType,
    { constant, number }: { readonly constant?: TracedConstant; readonly number?: Size } = {},
  ) {
    this.sizes = sizes;
    this.dtype = dtype;
    this.constant = constant;
    this.number = number;
  }

  get rank(): number {
    return this.sizes.length;
  }

  get traces(): number {
    return this.sizes[0]?.length ?? 0;
  }
}

/** All axes, in tfjs's order. */
export const axesOf = ({ sizes }: Pick<Value, "sizes">): number[] => sizes.map((_, i) => i);

/** Samples, channels, then positions. */
export const channelsFirst = ({ rank }: Value): number[] => [
  0,
  rank - 1,
  ...Array.from({ length: rank - 2 }, (_, i) => i + 1),
];

/** From the shapes of each trace to the sizes of each axis. */
export const sizesOf = (shapes: readonly (readonly number[])[]): number[][] =>
  shapes[0]!.map((_, axis) => shapes.map((shape) => shape[axis]!));

export const sameSizes = (a: readonly Size[], b: readonly Size[]): boolean =>
  a.length === b.length && a.every((size, i) => sameSize(size, b[i]!));

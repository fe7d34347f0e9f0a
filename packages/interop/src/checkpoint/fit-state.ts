import { type NdArray, type Parameter, sizeOf, toFloat64 } from "@spectrai/core";
import type { State } from "./recognised.ts";

export interface FittedState {
  readonly state: State;
  /** What was left out, in sentences. */
  readonly notes: readonly string[];
}

const isSlope = (shape: readonly number[]): boolean => shape.length === 1 && shape[0] === 1;

/**
 * A state_dict of the original software as a network of ours has it:
 * - a PReLU that the whole network shares is stored once for every place it is used in;
 * - a UNet's residual convolutions, which it makes and never uses, are left out;
 * - a convolution of 1 point is the dense layer that it amounts to, where ours is one.
 *
 * What fits in no such way is left as it is, for loading to complain of.
 */
export function fitState(model: string, parameters: readonly Parameter[], state: State): FittedState {
  const wanted = new Map(parameters.map((p) => [p.name, p.variable.shape]));
  const left = new Map(Object.entries(state));
  const notes: string[] = [];

  const shared = parameters.find((p) => isSlope(p.variable.shape) && /(^|\.)act(ivation)?\.weight$/.test(p.name))?.name;
  if (shared !== undefined) {
    const repeats = [...left].filter(
      ([name, { shape }]) => !wanted.has(name) && name.endsWith(".weight") && isSlope(shape),
    );
    const slope = left.get(shared) ?? repeats[0]?.[1];
    const same = repeats.filter(([, array]) => valueOf(array) === valueOf(slope));
    if (slope && same.length === repeats.length) {
      left.set(shared, slope);
      for (const [name] of same) left.delete(name);
      if (same.length > 0)
        notes.push(`Left out ${same.length} repeats of the activation's slope, which the network shares.`);
    }
  }
  if (model === "unet") {
    const unused = [...left.keys()].filter((name) => !wanted.has(name) && name.includes(".res_conv."));
    for (const name of unused) left.delete(name);
    if (unused.length > 0)
      notes.push(
        `Left out ${unused.length} tensors of residual convolutions, which the original's UNet stores and never uses.`,
      );
  }
  for (const [name, array] of left) {
    const { shape } = array;
    if (wanted.get(name)?.length === 2 && shape.length > 2 && sizeOf(shape.slice(2)) === 1)
      left.set(name, { ...array, shape: shape.slice(0, 2) });
  }
  return { state: Object.assign(Object.create(null) as Record<string, NdArray>, Object.fromEntries(left)), notes };
}

const valueOf = (array: NdArray | undefined): number | undefined => (array ? toFloat64(array.data)[0] : undefined);

import type { DataKind, JsonObject, NdArray } from "@spectrai/core";

/** The tensors of a state_dict by name, in PyTorch's layout. */
export type State = Readonly<Record<string, NdArray>>;

/** How a network ends: what its last tensors have room for. */
export type Ending =
  | { readonly kind: "spectral" }
  | { readonly kind: "mask"; readonly classes: number }
  | { readonly kind: "numbers"; readonly count: number };

/** What the names and shapes of a state_dict say about the network. */
export interface Recognised {
  /** The models of ours it can be; more than one where names and shapes are the same. */
  readonly models: readonly string[];
  /** Options of the model that shapes tell. */
  readonly options: JsonObject;
  /** Options that they do not tell, with the values these can have. */
  readonly open: Readonly<Record<string, readonly string[]>>;
  readonly data: DataKind;
  /** Points of a spectrum that the network takes, where it is tied to them. */
  readonly points?: number;
  /** The endings it can have. */
  readonly endings: readonly Ending[];
  readonly scale?: number;
}

/** Looks at a state_dict; undefined where it is of another family. */
export type Recogniser = (state: State, file: string) => Recognised | undefined;

export const shapeOf = (state: State, name: string): readonly number[] | undefined =>
  Object.hasOwn(state, name) ? state[name]!.shape : undefined;

/** How many of the names made from 0, 1, 2, … are there, without a gap. */
export function countOf(state: State, name: (index: number) => string): number {
  let n = 0;
  while (Object.hasOwn(state, name(n))) n++;
  return n;
}

/** Whether any part of the network has a PReLU: one slope, under a name that is a layer's weight. */
export const hasSlope = (state: State): boolean =>
  Object.entries(state).some(
    ([name, { shape }]) => name.endsWith(".weight") && shape.length === 1 && shape[0] === 1 && !isNorm(state, name),
  );

const isNorm = (state: State, name: string): boolean => Object.hasOwn(state, name.replace(/weight$/, "bias"));

/**
 * What a PReLU's slope and a norm's parameters tell of the options `activation` and `norm`.
 *
 * @param norm - the name of a norm, without `.weight`
 */
export function styleOf(state: State, norm: string): Pick<Recognised, "options" | "open"> {
  const options: Record<string, string> = {};
  const open: Record<string, readonly string[]> = {};
  if (hasSlope(state)) options["activation"] = "prelu";
  else open["activation"] = ["relu", "leaky-relu"];
  if (Object.hasOwn(state, `${norm}.running_mean`)) options["norm"] = "batch";
  else if (Object.hasOwn(state, `${norm}.weight`)) open["norm"] = ["group", "layer"];
  else open["norm"] = ["none", "instance"];
  return { options, open };
}

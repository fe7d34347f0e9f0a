import { type Rng, sizeOf, SpectraiError } from "@spectrai/core";
import type { State } from "./recognised.ts";

/** Numbers that an initializer may draw for each value of a tensor. */
const drawsPerValue = 4;

const fixed = (draw: () => void, child: Rng["child"]): Rng => {
  const give =
    <T>(value: T) =>
    (): T => {
      draw();
      return value;
    };
  return {
    next: give(0),
    uniform: give(0),
    integer: give(0),
    normal: give(0),
    poisson: give(0),
    gamma: give(0),
    beta: give(0),
    chance: give(false),
    permutation: (n) => Int32Array.from({ length: n }, (_, i) => i),
    child,
  };
};

/**
 * What a network is built with whose values come from a file: it draws nothing at random, and ends the building at the first
 * parameter that the file does not have, or has fewer values of. So a small file cannot ask for a large network.
 *
 * Its methods throw SPECTRAI_MODEL_MISMATCH.
 */
export function fileValues(state: State, file: string): Rng {
  const mismatch = (why: string): SpectraiError =>
    new SpectraiError("SPECTRAI_MODEL_MISMATCH", `${file} does not have the parameters of this network: ${why}.`);
  return fixed(
    () => undefined,
    (path) => {
      // A slope that a network shares is one value, which files may have under the names of its repeats alone.
      const slope = /(^|\.)act(ivation)?\.weight$/.test(`${path}`);
      const array = Object.hasOwn(state, `${path}`) ? state[`${path}`] : undefined;
      if (!array && !slope) throw mismatch(`"${path}" is missing`);
      let left = drawsPerValue * (array ? sizeOf(array.shape) : 1);
      const one: Rng = fixed(
        () => {
          if (left-- <= 0) throw mismatch(`"${path}" has ${array ? sizeOf(array.shape) : 1} values, which are too few`);
        },
        () => one,
      );
      return one;
    },
  );
}

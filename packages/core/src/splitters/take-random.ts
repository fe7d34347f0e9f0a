import type { Rng } from "../rng.ts";
import type { Take } from "./parts.ts";

/** Any samples of the pool. */
export const takeRandom =
  (rng: Rng): Take =>
  (pool, count) => {
    const order = rng.permutation(pool.length);
    return {
      taken: Array.from(order.subarray(0, count), (i) => pool[i]!),
      rest: Array.from(order.subarray(count), (i) => pool[i]!),
    };
  };

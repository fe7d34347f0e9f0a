import { logGamma, type Rng } from "@spectrai/core";

/**
 * Fast numbers for one exposure: xoshiro128** (D. Blackman, S. Vigna, ACM Trans. Math. Softw. 47 (2021) 36), started from
 * four words of a counter-based stream. A spectrum needs thousands of draws from one key, in order; only the key has to be
 * counter-based for sample i to be the same whatever is drawn before it. Four times as fast as one Philox block a draw.
 */
export class Noise {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spare = 0;
  #hasSpare = false;

  constructor(seed: Rng) {
    this.#a = seed.integer(2 ** 32) | 0;
    this.#b = seed.integer(2 ** 32) | 0;
    this.#c = seed.integer(2 ** 32) | 0;
    this.#d = seed.integer(2 ** 32) | 1; // not all four may be 0
  }

  /** Uniform in (0, 1), the middles of 2³² equal intervals. */
  next(): number {
    const five = Math.imul(this.#b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return ((result >>> 0) + 0.5) / 4294967296;
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    if (this.#hasSpare) {
      this.#hasSpare = false;
      return this.#spare;
    }
    const r = Math.sqrt(-2 * Math.log(this.next()));
    const angle = 2 * Math.PI * this.next();
    this.#spare = r * Math.sin(angle);
    this.#hasSpare = true;
    return r * Math.cos(angle);
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(this.next());
  }

  /** Poisson. Below 12: inversion by sequential search. Above: PTRS, W. Hörmann, Insurance Math. Econ. 12 (1993) 39. */
  poisson(mean: number): number {
    if (!(mean > 0)) return 0;
    if (mean < 12) {
      let u = this.next();
      let probability = Math.exp(-mean);
      let k = 0;
      // The bound is never reached by chance (P < 1e-60); it ends the search should rounding leave u above the sum.
      while (u > probability && k < 150) {
        u -= probability;
        k++;
        probability *= mean / k;
      }
      return k;
    }
    const b = 0.931 + 2.53 * Math.sqrt(mean);
    const a = -0.059 + 0.02483 * b;
    const vr = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
      const u = this.next() - 0.5;
      const v = this.next();
      const us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= vr) return k;
      if (k < 0 || (us < 0.013 && v > us)) continue;
      const accept = Math.log((v * (1.1239 + 1.1328 / (b - 3.4))) / (a / (us * us) + b));
      if (accept <= k * Math.log(mean) - mean - logGamma(k + 1)) return k;
    }
  }
}

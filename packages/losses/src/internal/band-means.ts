import type { JsonObject } from "@spectrai/core";

/** The weighted mean over samples of one value a band, as long as all samples have the same bands. */
export class BandMeans {
  #sums = new Float64Array(0);
  #weight = 0;
  #alike = true;

  /** @param values - those of one sample, already times its weight */
  add(values: Float64Array, weight = 1): void {
    if (this.#weight === 0) this.#sums = new Float64Array(values.length);
    this.#alike &&= values.length === this.#sums.length;
    if (!this.#alike) return;
    this.#weight += weight;
    for (let b = 0; b < values.length; b++) this.#sums[b] = this.#sums[b]! + values[b]!;
  }

  /** `{ perBand }` for the details; nothing without samples or where they differ in bands. */
  details(finish = (mean: number): number => mean): JsonObject {
    if (this.#weight === 0 || !this.#alike) return {};
    return { perBand: Array.from(this.#sums, (sum) => finish(sum / this.#weight)) };
  }
}

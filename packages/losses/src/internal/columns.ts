import type { Prediction, Target } from "@spectrai/core";
import { pair } from "./pairs.ts";
import { Sum } from "./sum.ts";

/** Errors and spread of one quantity over samples. Sums are taken around the first value, so that an offset costs no digits. */
class Column {
  readonly #errors = new Sum();
  readonly #values = new Sum();
  readonly #squares = new Sum();
  readonly #differences = new Sum();
  readonly #differenceSquares = new Sum();
  #origin = 0;
  #difference = 0;
  count = 0;

  add(output: number, target: number): void {
    if (this.count++ === 0) [this.#origin, this.#difference] = [target, output - target];
    this.#errors.add((output - target) ** 2);
    this.#values.add(target - this.#origin);
    this.#squares.add((target - this.#origin) ** 2);
    this.#differences.add(output - target - this.#difference);
    this.#differenceSquares.add((output - target - this.#difference) ** 2);
  }

  /** Σ (output − target)². */
  get error(): number {
    return this.#errors.value;
  }

  /** Mean of output − target. */
  get bias(): number {
    return this.#difference + this.#differences.value / this.count;
  }

  /** Σ (e − mean e)² with e = output − target. */
  get errorSpread(): number {
    return Math.max(0, this.#differenceSquares.value - this.#differences.value ** 2 / this.count);
  }

  /** Σ (target − mean)². */
  get spread(): number {
    return Math.max(0, this.#squares.value - this.#values.value ** 2 / this.count);
  }
}

/** One column for every number of a regression target; one in all for the points of spectra and cubes. */
export class Columns {
  readonly #metric: string;
  readonly all: Column[] = [];

  constructor(metric: string) {
    this.#metric = metric;
  }

  add(output: Prediction, target: Target): void {
    const both = pair(this.#metric, output, target);
    const own = target.kind === "numbers";
    for (let i = 0; i < both.target.length; i++)
      (this.all[own ? i : 0] ??= new Column()).add(both.output[i]!, both.target[i]!);
  }
}

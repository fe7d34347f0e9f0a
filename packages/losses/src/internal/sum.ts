/** A sum with Neumaier's compensation, so that the order of the terms does not show in the result. */
export class Sum {
  #sum = 0;
  #lost = 0;

  add(x: number): void {
    const t = this.#sum + x;
    if (Number.isFinite(t)) this.#lost += Math.abs(this.#sum) >= Math.abs(x) ? this.#sum - t + x : x - t + this.#sum;
    this.#sum = t;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}

/** A mean over samples; NaN while there are none. */
export class Mean {
  readonly #sum = new Sum();
  #count = 0;

  add(x: number, weight = 1): void {
    this.#sum.add(x);
    this.#count += weight;
  }

  get count(): number {
    return this.#count;
  }

  get value(): number {
    return this.#count > 0 ? this.#sum.value / this.#count : NaN;
  }
}

import type { Prediction } from "../contracts/metric.ts";
import type { Target } from "../contracts/sample.ts";

/** Where a method errs: the squared error of every sample, and of every point of the axis over all samples. */
export class ErrorProfile {
  readonly #perSample: number[] = [];
  #perPoint = new Float64Array(0);
  #rows = 0;

  /** Samples whose target is not a spectrum or cube are passed over. */
  add(output: Prediction, target: Target): void {
    if (target.kind !== "spectral") return;
    const { data, valid } = target.value;
    const points = target.value.shape.at(-1)!;
    if (this.#perPoint.length === 0) this.#perPoint = new Float64Array(points);
    let sum = 0;
    let rows = 0;
    for (let row = 0, at = 0; at < data.length; row++, at += points) {
      if (valid?.[row] === 0) continue;
      rows++;
      for (let k = 0; k < points; k++) {
        const square = (output.data[at + k]! - data[at + k]!) ** 2;
        sum += square;
        this.#perPoint[k]! += square;
      }
    }
    this.#rows += rows;
    this.#perSample.push(rows > 0 ? sum / (rows * points) : NaN);
  }

  /** Mean squared error of each sample, in the order they came; NaN where no pixel counts. */
  get meanSquares(): readonly number[] {
    return this.#perSample;
  }

  /** Root-mean-square error at each point of the axis. */
  rootMeanSquares(): Float64Array {
    return this.#perPoint.map((s) => Math.sqrt(s / this.#rows));
  }
}

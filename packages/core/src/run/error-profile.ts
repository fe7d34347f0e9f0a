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
    const { data } = target.value;
    const points = target.value.shape.at(-1)!;
    if (this.#perPoint.length === 0) this.#perPoint = new Float64Array(points);
    let sum = 0;
    for (let i = 0; i < data.length; i++) {
      const square = (output.data[i]! - data[i]!) ** 2;
      sum += square;
      this.#perPoint[i % points]! += square;
    }
    this.#rows += data.length / points;
    this.#perSample.push(sum / data.length);
  }

  /** Mean squared error of each sample, in the order they came. */
  get meanSquares(): readonly number[] {
    return this.#perSample;
  }

  /** Root-mean-square error at each point of the axis. */
  rootMeanSquares(): Float64Array {
    return this.#perPoint.map((s) => Math.sqrt(s / this.#rows));
  }
}

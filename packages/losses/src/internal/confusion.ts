import { type Prediction, SpectraiError, sizeOf, type Target } from "@spectrai/core";

/** More classes than this cannot be meant: the matrix would take a gigabyte. */
const mostClasses = 4096;

/** Counts of every (true class, predicted class), over samples and pixels. */
export class Confusion {
  readonly #metric: string;
  #classes = 0;
  #counts = new Float64Array(0);

  constructor(metric: string) {
    this.#metric = metric;
  }

  get classes(): number {
    return this.#classes;
  }

  /** Positions whose true class is `row` and whose prediction is `column`. */
  count(row: number, column: number): number {
    return this.#counts[row * this.#classes + column]!;
  }

  truths(row: number): number {
    let sum = 0;
    for (let c = 0; c < this.#classes; c++) sum += this.count(row, c);
    return sum;
  }

  predictions(column: number): number {
    let sum = 0;
    for (let r = 0; r < this.#classes; r++) sum += this.count(r, column);
    return sum;
  }

  get total(): number {
    return this.#counts.reduce((a, b) => a + b, 0);
  }

  get correct(): number {
    let sum = 0;
    for (let c = 0; c < this.#classes; c++) sum += this.count(c, c);
    return sum;
  }

  get matrix(): number[][] {
    return Array.from({ length: this.#classes }, (_, r) =>
      Array.from({ length: this.#classes }, (__, c) => this.count(r, c)),
    );
  }

  /**
   * Adds a sample: logits `[K]` and a class, or logits `[H, W, K]` and a mask, whose unlabelled pixels are left out.
   *
   * @throws SPECTRAI_TASK_UNSUITABLE, SPECTRAI_DATA_SHAPE, SPECTRAI_DATA_LABEL
   */
  add(output: Prediction, target: Target): void {
    forEachLabel(this.#metric, output, target, (label, start, classes) => {
      if (classes !== this.#classes) this.#start(classes);
      let best = 0;
      for (let c = 1; c < classes; c++) if (output.data[start + c]! > output.data[start + best]!) best = c;
      this.#counts[label * classes + best]!++;
    });
  }

  #start(classes: number): void {
    if (this.#classes > 0)
      throw new SpectraiError(
        "SPECTRAI_DATA_SHAPE",
        `The metric "${this.#metric}" got a prediction of ${classes} classes after predictions of ${this.#classes}.`,
      );
    this.#classes = classes;
    this.#counts = new Float64Array(classes * classes);
  }
}

/** Calls `visit` with the label of every labelled position and where its logits start. */
export function forEachLabel(
  metric: string,
  output: Prediction,
  target: Target,
  visit: (label: number, start: number, classes: number) => void,
): void {
  if (target.kind !== "class" && target.kind !== "mask")
    throw new SpectraiError(
      "SPECTRAI_TASK_UNSUITABLE",
      `The metric "${metric}" counts labels, but the target is of kind "${target.kind}"; use it for classification or segmentation.`,
    );
  const lead = target.kind === "class" ? [] : target.value.shape;
  const classes = output.shape.at(-1) ?? 0;
  const positions = sizeOf(lead);
  const fits = output.shape.length === lead.length + 1 && lead.every((d, i) => d === output.shape[i]);
  if (!fits || classes < 1 || classes > mostClasses || output.data.length !== positions * classes)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `The metric "${metric}" got logits of shape [${output.shape.join(", ")}] for labels of shape [${lead.join(", ")}].`,
    );
  for (let i = 0; i < positions; i++) {
    const label = target.kind === "class" ? target.value : target.value.data[i]!;
    if (target.kind === "mask" && label === target.value.ignored) continue;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new SpectraiError(
        "SPECTRAI_DATA_LABEL",
        `The metric "${metric}" met the label ${label}, but the model tells the classes 0 to ${classes - 1} apart.`,
      );
    visit(label, i * classes, classes);
  }
}

/** Per-class values for the details; classes that have none are null, as JSON knows no NaN. */
export const perClass = (values: readonly number[]): (number | null)[] =>
  values.map((v) => (Number.isNaN(v) ? null : v));

/** Mean of the values that are numbers; NaN when there are none. */
export function meanOfPresent(values: readonly number[]): number {
  const present = values.filter((v) => !Number.isNaN(v));
  return present.reduce((a, b) => a + b, 0) / present.length;
}

/** Native functions of losses. */
export interface NativeLoss {
  meanDifference(output: number, target: number, measure: number, parameter: number, mean: number): void;
  meanDifferenceGradient(
    output: number,
    target: number,
    measure: number,
    parameter: number,
    dy: number,
    d: number,
  ): void;
  crossEntropy(logits: number, labels: number, weights: number, smoothing: number, ignored: number, loss: number): void;
  crossEntropyGradient(
    logits: number,
    labels: number,
    weights: number,
    smoothing: number,
    ignored: number,
    dy: number,
    d: number,
  ): void;
}

import * as tf from "@tensorflow/tfjs-core";

/**
 * Kernels beyond tfjs's own that a backend may register, to do in one pass over memory what tensor operations do in
 * several. Whoever has a use for one asks {@link hasKernel}, and goes the way of tensor operations where it is missing.
 * Tensors are channels last; `[rows, C]` stands for any number of leading dimensions. Lists go to `runKernel` in place of
 * the record of inputs.
 *
 * | kernel | inputs | attributes | outputs |
 * | --- | --- | --- | --- |
 * | `ActivationGradient` | `dy` `[rows, C]`, `y` likewise (absent: the activation is linear) | `activation`, `slope`, `wantsInput`, `wantsBias` | `dy · f′` as it follows from `y = f(x)`, and its sum over rows `[C]`: those that are wanted, in this order |
 * | `AdamUpdate` | a list: `value`s, gradients `g`, `mean`s, `square`s of P parameters | `parameters` = P; `scalars`, Float32Array: `rate`, `beta1`, `beta2`, `epsilon`, `penalty`, `kept` for each parameter | none; changes values, means and squares in place: `g += penalty·value; mean ← beta1·mean + g; square ← beta2·square + g²; value ← kept·value − rate·mean / (√square + epsilon)` |
 * | `AddScaled` | `x` `[N, …, C]` or absent, `y` `[N, …, C]`, `scale` `[N, C]` | | `x + y · scale`, or `y · scale` |
 * | `AddScaledGradient` | `dy` (of the output), `y`, `scale` | | `dy · scale`, and Σ over positions of `dy · y` `[N, C]` |
 * | `BlendInPlace` | a list: averages, then as many values | `weight` | none; changes the averages in place: `average += weight·(value − average)` |
 * | `BlendStatistics` | `mean`, `variance` `[C]`; `newestMean`, `newestVariance`, of C elements each | `momentum`, `factor` | `mean + momentum·(newestMean − mean)`, `variance + momentum·(factor·newestVariance − variance)` |
 * | `FusedConv3D` | `x` `[N, D, H, W, in]`, `filter` `[kd, kh, kw, in, out]`, `bias` `[out]` or absent | as `Conv3D`, `activation`, `leakyreluAlpha` | the convolution through bias and activation |
 * | `GlobalNorm` | a list of tensors | | the root of the sum of all their squares, a scalar |
 * | `InterpolateLinear` | `x` `[N, …from, C]` | `from`, `to`: points in each spatial dimension; `alignCorners` | `[N, …to, C]` by linear interpolation along each dimension, as `interpolate` of @spectrai/nn |
 * | `InterpolateLinearGradient` | `dy` `[N, …to, C]` | as `InterpolateLinear` | its adjoint: `[N, …from, C]` |
 * | `MeanDifference` | `output`, `target` `[…]`, float32 | `measure`: `absolute`, `squared`, `huber` or `charbonnier`; `parameter`: δ or ε of the last two | the mean over all elements of `f(d)`, d = output − target: `|d|`, `d²`, `c·(d − c/2)` with c = clip(d, ±δ), `√(d² + ε²)` |
 * | `MeanDifferenceGradient` | `dy` `[]`, `output`, `target` | as `MeanDifference` | the gradient of that with respect to `output`: `dy · f′(d) / n` |
 * | `Normalize` | `x` `[N, …, C]`, `scale` `[C]`, `offset` `[C]` | `acrossBatch`, `groups`, `eps` | `(x − mean) / √(variance + eps) · scale + offset`; mean and biased variance, `[N or 1, groups]` each, of `x` over positions, the channels of a group and (`acrossBatch`) samples |
 * | `NormalizeGradient` | `dy`, `x`, `scale`, `mean`, `variance` | as `Normalize` | the gradients of that with respect to `x`, `scale` and `offset` |
 * | `PixelShuffle` | `x` `[N, …cells, C · factorᵈ]`, d the number of spatial dimensions | `factor` | `[N, …cells · factor, C]`; the output's channel runs slowest among the input's, the offset within the new points fastest, its last dimension first |
 * | `PixelUnshuffle` | `x` `[N, …cells · factor, C]` | `factor` | the inverse: `[N, …cells, C · factorᵈ]` |
 * | `PositionMean` | `x` `[N, …, C]` | `shape`: that of `x` | the mean over positions, `[N, C]` |
 * | `PositionMeanGradient` | `dy` `[N, C]` | as `PositionMean` | `dy` / number of positions, at each position: `[N, …, C]` |
 * | `RepeatPoints` | `x` `[N, …, C]` | `factors`, one for each spatial dimension | each point so many times in a row, along each dimension |
 * | `RepeatPointsGradient` | `dy` | as `RepeatPoints` | the sum over the repetitions of each point |
 * | `RmspropUpdate` | a list: `value`s, gradients `g`, `square`s, `mean`s if centred, `buffer`s if there is momentum | `parameters`; `scalars`: `rate`, `alpha`, `1 − alpha`, `epsilon`, `share`, `penalty` for each parameter; `centered`, `momentum`: whether there are means and buffers | none; changes values and slots in place: `g += penalty·value; square ← alpha·square + (1 − alpha)·g²; mean ← alpha·mean + (1 − alpha)·g; d = g / (√max(0, square − mean²) + epsilon); d ← buffer ← share·buffer + d; value −= rate·d` |
 * | `SgdUpdate` | a list: `value`s, gradients `g`, `buffer`s if there is momentum | `parameters`; `scalars`: `rate`, `share`, `entering`, `penalty` for each parameter; `momentum`: whether there are buffers; `nesterov` | none; changes values and buffers in place: `g += penalty·value; buffer ← share·buffer + entering·g; value −= rate·buffer`, with Nesterov `rate·(g + share·buffer)`, without momentum `rate·g` |
 * | `SoftmaxCrossEntropy` | `logits` `[rows, K]`, `labels` `[rows]` int32, `weights` `[K]` | `smoothing`; `ignored`: a label that counts for none, or -1 | Σ over rows of `−Σ_c T_c·log softmax(logits)_c` / Σ `weights[label]`, with `T_c = weights[c]·(smoothing/K + (1 − smoothing)·[c = label])`; rows whose label is none of 0 … K − 1 are left out, and where none is left the value is 0 |
 * | `SoftmaxCrossEntropyGradient` | `dy` `[]`, `logits`, `labels`, `weights` | as `SoftmaxCrossEntropy` | the gradient of that with respect to `logits` |
 */
export type FusedKernel =
  | "ActivationGradient"
  | "AdamUpdate"
  | "AddScaled"
  | "AddScaledGradient"
  | "BlendInPlace"
  | "BlendStatistics"
  | "FusedConv3D"
  | "GlobalNorm"
  | "InterpolateLinear"
  | "InterpolateLinearGradient"
  | "MeanDifference"
  | "MeanDifferenceGradient"
  | "Normalize"
  | "NormalizeGradient"
  | "PixelShuffle"
  | "PixelUnshuffle"
  | "PositionMean"
  | "PositionMeanGradient"
  | "RepeatPoints"
  | "RepeatPointsGradient"
  | "RmspropUpdate"
  | "SgdUpdate"
  | "SoftmaxCrossEntropy"
  | "SoftmaxCrossEntropyGradient";

/** Whether tfjs's current backend has a kernel. */
export const hasKernel = (name: FusedKernel): boolean => tf.getKernel(name, tf.getBackend()) !== undefined;

import {
  choleskySolve,
  columnMeans,
  innerGram,
  type Matrix,
  multiply,
  multiplyTransposed,
  outerGram,
  subtractRow,
  symmetricEigen,
  transposedMultiply,
  transpose,
} from "@spectrai/linalg";
import { offsetThroughMeans } from "./linear-map.ts";
import type { Pairs } from "./pairs.ts";

/** The validation error of ridge regression as a function of λ. */
export interface RidgePath {
  /** The largest eigenvalue of XᵀX: beside a λ far above it nothing is left of the inputs. */
  readonly largest: number;
  /** Mean squared error on the validation part. */
  error(lambda: number): number;
}

/**
 * One eigendecomposition for all λ. With XᵀX = Vᵀ diag(d) V (or, where rows are fewer than points, XXᵀ = Uᵀ diag(d) U and
 * V = UX, C = UY) the prediction is Z diag(s) C, where s = 1 / (d + λ), C = V XᵀY and Z = X_v Vᵀ on the validation rows.
 * Its squared error expands to ‖Y_v‖² − 2 Σ_k s_k b_k + Σ_kl s_k s_l M_kl with b = diag(Zᵀ Y_v Cᵀ) and M = ZᵀZ ∘ CCᵀ, so that
 * another λ costs no more than a pass over M.
 */
export function ridgePath(train: Pairs, validation: Pairs): RidgePath {
  const inputMean = columnMeans(train.inputs);
  const targetMean = columnMeans(train.targets);
  const x = subtractRow(train.inputs, inputMean);
  const y = subtractRow(train.targets, targetMean);
  const dual = x.rows < x.columns;
  const { values, vectors } = symmetricEigen(dual ? outerGram(x) : innerGram(x));
  const basis = dual ? multiply(vectors, x) : vectors;
  const c = multiply(vectors, dual ? y : transposedMultiply(x, y));

  const held = subtractRow(validation.targets, targetMean);
  const z = multiplyTransposed(subtractRow(validation.inputs, inputMean), basis);
  const crossed = transposedMultiply(z, held);
  const zz = innerGram(z);
  const cc = outerGram(c);
  const size = values.length;
  const total = held.data.reduce((sum, v) => sum + v * v, 0);
  const linear = Float64Array.from({ length: size }, (_, k) => rowProduct(crossed, c, k));
  const s = new Float64Array(size);
  return {
    largest: values[0]!,
    error(lambda) {
      for (let k = 0; k < size; k++) s[k] = 1 / (Math.max(values[k]!, 0) + lambda);
      let sum = total;
      for (let k = 0, at = 0; k < size; k++) {
        let inner = 0;
        for (let l = 0; l < size; l++, at++) inner += s[l]! * zz.data[at]! * cc.data[at]!;
        sum += s[k]! * (inner - 2 * linear[k]!);
      }
      return sum / held.data.length;
    },
  };
}

function rowProduct(a: Matrix, b: Matrix, k: number): number {
  let sum = 0;
  for (let j = 0; j < a.columns; j++) sum += a.data[k * a.columns + j]! * b.data[k * b.columns + j]!;
  return sum;
}

export interface LinearFit {
  /** Row j makes point j of the target from the points of the input. */
  readonly weights: Matrix;
  readonly offset: Float64Array;
}

/**
 * Multi-output ridge regression with an unpenalized intercept: W = (XᵀX + λ)⁻¹ XᵀY on centred data, or where rows are fewer
 * than points Xᵀ (XXᵀ + λ)⁻¹ Y, which is the same.
 */
export function ridgeFit(pairs: Pairs, lambda: number): LinearFit {
  const inputMean = columnMeans(pairs.inputs);
  const targetMean = columnMeans(pairs.targets);
  const x = subtractRow(pairs.inputs, inputMean);
  const y = subtractRow(pairs.targets, targetMean);
  const weights =
    x.rows < x.columns
      ? multiply(choleskySolve(outerGram(x), lambda, transpose(y)), x)
      : choleskySolve(innerGram(x), lambda, transposedMultiply(y, x));
  return { weights, offset: offsetThroughMeans(weights, inputMean, targetMean) };
}

import {
  conv,
  dropout as dropoutLayer,
  type Layer,
  makeNorm,
  type NormName,
  type ParameterScope,
  relu,
  sequential,
} from "@spectrai/nn";

/** What all stages share. */
export interface Surroundings {
  readonly dimension: 2 | 3;
  readonly norm: NormName;
  /** Probability that a value is dropped at the end of a stage of three convolutions, in training. */
  readonly dropout: number;
}

/**
 * Convolutions of 3 points, each with a norm and a ReLU, by the reference's names.
 *
 * @param filters - of the input, and of each convolution
 */
export function stage(scope: ParameterScope, around: Surroundings, filters: readonly number[]): Layer {
  const { dimension, norm, dropout } = around;
  const count = filters.length - 1;
  const units = filters.slice(1).map((out, i) => {
    const body = scope.at("features", i, "body");
    const after = makeNorm(body.at(1), norm, out);
    const activation = after ? "linear" : "relu";
    const convolution = conv(body.at(0), { dimension, in: filters[i]!, out, activation });
    return after ? sequential(convolution, after, relu()) : convolution;
  });
  const drop = dropoutLayer(scope.at("features", count), { rate: dropout });
  return sequential(...units, ...(count > 2 ? [drop] : []));
}

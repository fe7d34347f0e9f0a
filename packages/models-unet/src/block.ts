import {
  conv,
  type Initializer,
  kaimingUniform,
  type Layer,
  type ParameterScope,
  residual,
  sequential,
  torchBias,
} from "@spectrai/nn";
import type { Style } from "./style.ts";

/** Layers that are there, in order. */
export const chain = (...layers: readonly (Layer | undefined)[]): Layer =>
  sequential(...layers.filter((l) => l !== undefined));

const magnitude =
  (init: Initializer): Initializer =>
  (shape, rng) =>
    init(shape, rng).map(Math.abs);

export interface UnitOptions {
  readonly in: number;
  readonly out: number;
  /**
   * The network's output is what this unit rectifies. Its kernel and bias start without negative values then: with PyTorch's
   * start about every second rectified output would be 0 for all inputs, and stay so, for want of a gradient.
   */
  readonly isOutput?: boolean;
}

/** Convolution of 3 points → activation → norm, in the reference's order and by its names `body.0` and `body.2`. */
export function unit(scope: ParameterScope, style: Style, { in: from, out: to, isOutput = false }: UnitOptions): Layer {
  const kernel = Array.from({ length: style.dimension }, () => 3);
  const start =
    isOutput && style.fused === "relu"
      ? { init: magnitude(kaimingUniform()), biasInit: magnitude(torchBias([...kernel, from, to])) }
      : {};
  return chain(
    conv(scope.at("body", 0), { dimension: style.dimension, in: from, out: to, activation: style.fused, ...start }),
    style.activation,
    style.norm(scope.at("body", 2), to),
  );
}

export interface BlockOptions {
  readonly in: number;
  readonly middle: number;
  readonly out: number;
  /** Two more units within a residual connection between the two. */
  readonly residual: boolean;
  readonly isOutput?: boolean;
}

/** Two units; in a ResUNet with two more between them, inside a residual connection. */
export function block(scope: ParameterScope, style: Style, options: BlockOptions): Layer {
  const { in: from, middle, out, isOutput = false } = options;
  const inner = (i: number): Layer => unit(scope.at("res_conv", i), style, { in: middle, out: middle });
  return chain(
    unit(scope.at("initial_conv"), style, { in: from, out: middle }),
    options.residual ? residual(sequential(inner(0), inner(1))) : undefined,
    unit(scope.at("final_conv"), style, { in: middle, out, isOutput }),
    style.dropout(scope.at("dropout")),
  );
}

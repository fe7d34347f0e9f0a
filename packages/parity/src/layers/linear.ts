import { type ConvOptions, conv, dense, type Dimension } from "@spectrai/nn";
import type { LayerCase } from "./layer-case.ts";

/** Odd sizes in one to three dimensions, `[N, …spatial, C]` with 4 channels. */
const shapes: Readonly<Record<Dimension, readonly number[]>> = {
  1: [2, 13, 4],
  2: [2, 7, 5, 4],
  3: [2, 5, 4, 3, 4],
};

const variants: readonly (readonly [string, Partial<ConvOptions>])[] = [
  ["same", {}],
  ["stride 2, padded by 1", { stride: 2, padding: 1 }],
  ["1 point", { kernel: 1 }],
  ["2 groups", { groups: 2 }],
  ["depthwise", { groups: 4 }],
  ["no bias", { bias: false, padding: "valid" }],
  ["with ReLU", { activation: "relu" }],
  ["with leaky ReLU", { activation: { leakyRelu: 0.1 } }],
  ["with sigmoid", { activation: "sigmoid" }],
];

/** Convolutions, dense layers, and activations fused into them. */
export const linearLayers = (): LayerCase[] => [
  ...([1, 2, 3] as const).flatMap((dimension) =>
    // tfjs dilates no volumes.
    [...variants, ...(dimension < 3 ? [["dilated", { dilation: 2 }] as const] : [])].map(
      ([of, options]): LayerCase => ({
        layer: "conv",
        of: `${dimension}-D, ${of}`,
        inputs: [shapes[dimension]],
        make: (scope) => {
          const layer = conv(scope, { dimension, in: 4, out: 4, ...options });
          return ([x], context) => layer(x!, context);
        },
      }),
    ),
  ),
  ...(["linear", "relu", "sigmoid", { leakyRelu: 0.1 }] as const).map((activation): LayerCase => ({
    layer: "dense",
    of: typeof activation === "string" ? activation : "leaky ReLU",
    inputs: [[5, 7]],
    make: (scope) => {
      const layer = dense(scope, { in: 7, out: 3, activation });
      return ([x], context) => layer(x!, context);
    },
  })),
];

import { type Dimension, type Layer, type ParameterScope, relu, sequential } from "@spectrai/nn";
import { unetNetwork, type UNetOptions } from "@spectrai/models-unet";
import { type Product, rcanProducts, unetProducts, type UNetShape } from "./products.ts";
import { rcanNetwork } from "./rcan.ts";

/** A network with the batch it is timed on. The PyTorch side, `bench/peer/peer.py`, has the same four. */
export interface Workload {
  /** `[N, …spatial, C]`. */
  readonly input: readonly number[];
  /** Of the output's shape for `l1`; class indices `[N, …spatial]` for `cross-entropy`. */
  readonly target: readonly number[];
  readonly loss: "l1" | "cross-entropy";
  /** What `cross-entropy` chooses among. */
  readonly classes?: number;
  readonly network: (scope: ParameterScope) => Layer;
  readonly products: readonly Product[];
  /** Whether PyTorch has a second memory layout for it that may be faster. */
  readonly channelsLast: boolean;
}

/** The reference's widths: doubled at each level, and the last as wide as the one before. */
const filters = (width: number): number[] => [width, 2 * width, 4 * width, 4 * width];

/** What a UNet workload's network and its list of products both follow from. */
function unet(
  shape: Omit<UNetShape, "tail">,
  norm: "none" | "batch",
  tail: UNetOptions["tail"],
): Pick<Workload, "input" | "network" | "products"> {
  const { batch, size, channels } = shape;
  const masks = tail.kind === "mask";
  return {
    input: [batch, ...size, channels],
    network: (scope) =>
      unetNetwork(scope, {
        dimension: size.length as Dimension,
        channels,
        filters: shape.filters,
        residual: shape.residual,
        activation: "relu",
        norm,
        dropout: 0,
        upsampling: "auto",
        tail,
      }),
    products: unetProducts({ ...shape, tail: masks ? { kernel: 1, out: tail.classes } : { kernel: 3, out: 1 } }),
  };
}

const resunet1d: Workload = {
  ...unet({ batch: 64, size: [500], channels: 1, filters: filters(64), residual: true }, "none", {
    kind: "spectral",
    channels: 1,
    activated: true,
  }),
  target: [64, 500, 1],
  loss: "l1",
  channelsLast: false,
};

const unet2d: Workload = {
  ...unet({ batch: 4, size: [64, 64], channels: 51, filters: filters(51), residual: false }, "batch", {
    kind: "mask",
    classes: 6,
    bands: 51,
  }),
  target: [4, 64, 64],
  loss: "cross-entropy",
  classes: 6,
  channelsLast: true,
};

const volumes = unet(
  { batch: 1, size: [32, 32, 32], channels: 1, filters: filters(32), residual: false },
  "batch",
  // With `activated` there would be a norm after the last activation.
  { kind: "spectral", channels: 1, activated: false },
);

const unet3d: Workload = {
  ...volumes,
  network: (scope) => sequential(volumes.network(scope), relu()),
  target: [1, 32, 32, 32, 1],
  loss: "l1",
  channelsLast: false,
};

const rcanOptions = { channels: 102, doublings: 2, groups: 18, blocks: 6, reduction: 16 };

const rcan: Workload = {
  input: [1, 8, 8, 102],
  target: [1, 32, 32, 102],
  loss: "l1",
  network: (scope) => rcanNetwork(scope, rcanOptions),
  products: rcanProducts({ ...rcanOptions, batch: 1, size: [8, 8] }),
  channelsLast: true,
};

export const workloads = { resunet1d, unet2d, rcan, unet3d } as const satisfies Record<string, Workload>;
export type WorkloadName = keyof typeof workloads;
export const workloadNames = Object.keys(workloads) as readonly WorkloadName[];

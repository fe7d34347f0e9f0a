import { type Dimension, type Layer, type ParameterScope, relu, sequential } from "@spectrai/nn";
import { unetNetwork, type UNetOptions } from "@spectrai/models-unet";
import { type Product, rcanProducts, unetProducts, type UNetShape } from "./products.ts";
import { rcanNetwork, type RcanOptions } from "./rcan.ts";

/** A network with the batch it is timed on. The PyTorch side, `bench/peer/networks.py`, has the same four. */
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

const resunet1d = (batch: number, points: number, width: number): Workload => ({
  ...unet({ batch, size: [points], channels: 1, filters: filters(width), residual: true }, "none", {
    kind: "spectral",
    channels: 1,
    activated: true,
  }),
  target: [batch, points, 1],
  loss: "l1",
  channelsLast: false,
});

const unet2d = (batch: number, pixels: number, bands: number): Workload => ({
  ...unet({ batch, size: [pixels, pixels], channels: bands, filters: filters(bands), residual: false }, "batch", {
    kind: "mask",
    classes: 6,
    bands,
  }),
  target: [batch, pixels, pixels],
  loss: "cross-entropy",
  classes: 6,
  channelsLast: true,
});

function unet3d(points: number, width: number): Workload {
  const volumes = unet(
    { batch: 1, size: [points, points, points], channels: 1, filters: filters(width), residual: false },
    "batch",
    // With `activated` there would be a norm after the last activation.
    { kind: "spectral", channels: 1, activated: false },
  );
  return {
    ...volumes,
    network: (scope) => sequential(volumes.network(scope), relu()),
    target: [1, points, points, points, 1],
    loss: "l1",
    channelsLast: false,
  };
}

function rcan(pixels: number, options: RcanOptions): Workload {
  const { channels, doublings } = options;
  const fine = pixels * 2 ** doublings;
  return {
    input: [1, pixels, pixels, channels],
    target: [1, fine, fine, channels],
    loss: "l1",
    network: (scope) => rcanNetwork(scope, options),
    products: rcanProducts({ ...options, batch: 1, size: [pixels, pixels] }),
    channelsLast: true,
  };
}

export const workloads = {
  resunet1d: resunet1d(64, 500, 64),
  unet2d: unet2d(4, 64, 51),
  rcan: rcan(8, { channels: 102, doublings: 2, groups: 18, blocks: 6, reduction: 16 }),
  unet3d: unet3d(32, 32),
} as const satisfies Record<string, Workload>;
export type WorkloadName = keyof typeof workloads;
export const workloadNames = Object.keys(workloads) as readonly WorkloadName[];

/** The same networks, so narrow and on so few points that a step takes moments anywhere: for trying out, not for figures. */
export const smallWorkloads: Readonly<Record<WorkloadName, Workload>> = {
  resunet1d: resunet1d(2, 20, 4),
  unet2d: unet2d(1, 16, 6),
  rcan: rcan(2, { channels: 16, doublings: 2, groups: 1, blocks: 1, reduction: 4 }),
  unet3d: unet3d(16, 2),
};

import type * as tf from "@tensorflow/tfjs-core";
import { output } from "../program.ts";
import { forEach, zeros } from "./elements.ts";
import { type Call, replace } from "./kernel.ts";
import type { Pass } from "./pass.ts";
import { reduceElements, reduceRows, type RowPass, type Rows, sum } from "./rows.ts";

/** `[N, …spatial, C]` as samples of positions. */
const rowsOf = (shape: readonly number[]): Rows => ({
  segments: shape[0]!,
  rows: shape.slice(1, -1).reduce((product, size) => product * size, 1),
  channels: shape.at(-1)!,
});

/** WGSL: the place of an element's sample and channel in `[N, C]`. */
const factorAt = "at / (scalars.positions * scalars.channels) * scalars.channels + at % scalars.channels";
const sizes = { positions: "u32", channels: "u32" } as const;

const addScaled = (added: boolean): Pass => ({
  key: `addScaled/${added}`,
  tensors: { ...(added && { x: "read" }), y: "read", scale: "read", out: "written" },
  scalars: sizes,
  code: `fn each(at: u32) { out[at] = ${added ? "x[at] + " : ""}y[at] * scale[${factorAt}]; }`,
});
const [scaled, sumScaled] = [addScaled(false), addScaled(true)];

const addScaledGradient: RowPass = {
  key: "addScaledGradient",
  tensors: { dout: "read", y: "read", scale: "read", dy: "written" },
  code: `fn term(at: u32, segment: u32, channel: u32) -> T {
    dy[at] = dout[at] * scale[segment * scalars.channels + channel];
    return dout[at] * y[at];
  }`,
};

const repeat: Pass = {
  key: "positionMeanGradient",
  tensors: { dy: "read", dx: "written" },
  scalars: { ...sizes, share: "f32" },
  code: `fn each(at: u32) { dx[at] = dy[${factorAt}] * scalars.share; }`,
};

const blendStatistics: Pass = {
  key: "blendStatistics",
  tensors: {
    mean: "read",
    variance: "read",
    newestMean: "read",
    newestVariance: "read",
    nextMean: "written",
    nextVariance: "written",
  },
  scalars: { momentum: "f32", factor: "f32" },
  code: `fn each(at: u32) {
    nextMean[at] = mean[at] + scalars.momentum * (newestMean[at] - mean[at]);
    nextVariance[at] = variance[at] + scalars.momentum * (scalars.factor * newestVariance[at] - variance[at]);
  }`,
};

/** Runs a pass that finds the factors of samples and channels by the elements' places. */
function forEachScaled(
  { backend }: Call,
  pass: Pass,
  tensors: readonly tf.TensorInfo[],
  { segments, rows, channels }: Rows,
  scalars: readonly number[] = [],
): void {
  const wide = channels % 4 === 0 ? channels / 4 : channels;
  forEach(backend, pass, tensors, [rows, wide, ...scalars], segments * rows * channels, channels);
}

/**
 * Kernels of channel attention and of running statistics: core's `fused-kernels.ts` says what they do. Each reads its large
 * tensors once and writes them once.
 */
export function registerChannels(): void {
  replace("AddScaled", (call) => {
    const { x, y, scale } = call.inputs;
    const out = output(call.backend, y!.shape);
    forEachScaled(call, x ? sumScaled : scaled, [...(x ? [x] : []), y!, scale!, out], rowsOf(y!.shape));
    return out;
  });
  replace("AddScaledGradient", ({ inputs, backend }) => {
    const { dy, y, scale } = inputs;
    if (y!.shape.includes(0)) return [zeros(backend, y!.shape), zeros(backend, scale!.shape)];
    const d = output(backend, y!.shape);
    const tensors = [dy!, y!, scale!, d];
    const dscale = reduceRows(backend, sum, addScaledGradient, tensors, [], rowsOf(y!.shape), scale!.shape);
    return [d, dscale];
  });
  replace("PositionMean", ({ inputs, backend }) => {
    const { shape } = inputs.x!;
    const rows = rowsOf(shape);
    const means = [rows.segments, rows.channels];
    if (shape.includes(0)) return zeros(backend, means);
    return reduceElements(backend, sum, inputs.x!, rows, means, "float32", 1 / rows.rows);
  });
  replace("PositionMeanGradient", (call) => {
    const shape = call.attrs.shape as readonly number[];
    const dx = output(call.backend, shape);
    const rows = rowsOf(shape);
    forEachScaled(call, repeat, [call.inputs.dy!, dx], rows, [1 / rows.rows]);
    return dx;
  });
  replace("BlendStatistics", ({ inputs, backend, attrs }) => {
    const { mean, variance, newestMean, newestVariance } = inputs;
    const [nextMean, nextVariance] = [output(backend, mean!.shape), output(backend, variance!.shape)];
    const tensors = [mean!, variance!, newestMean!, newestVariance!, nextMean, nextVariance];
    const channels = mean!.shape.reduce((product, size) => product * size, 1);
    forEach(backend, blendStatistics, tensors, [attrs.momentum as number, attrs.factor as number], channels);
    return [nextMean, nextVariance];
  });
}
